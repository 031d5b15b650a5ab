"""One simulation in each process, for as many seeds as it is given."""

from tests.postgres import Databases
from tests.simulation.simulation import Report, Simulation

_here: Simulation | None = None
_url: str | None = None


def begin(url: str | None) -> None:
    """What this process's server stands on: a PostgreSQL, or files."""
    global _url
    _url = url


def run(seed: int, *, tell: bool = False) -> Report:
    """One seed, in this process's simulation."""
    global _here
    _here = _here or Simulation(Databases(_url) if _url else None)
    return _here.run(seed, tell=tell)
