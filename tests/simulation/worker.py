"""One simulation in each process, for as many seeds as it is given."""

from tests.simulation.simulation import Report, Simulation

_here: Simulation | None = None


def run(seed: int, *, tell: bool = False) -> Report:
    """One seed, in this process's simulation."""
    global _here
    _here = _here or Simulation()
    return _here.run(seed, tell=tell)
