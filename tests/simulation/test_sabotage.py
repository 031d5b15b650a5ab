"""What is broken on purpose turns the simulation red."""

from collections.abc import Iterator

import pytest

from tests.simulation.sabotage import BREAKS, caught
from tests.simulation.simulation import Simulation

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def simulation() -> Iterator[Simulation]:
    made = Simulation()
    yield made
    made.close()


@pytest.mark.parametrize("name", BREAKS)
def test_a_break_is_caught(simulation: Simulation, name: str) -> None:
    assert caught(simulation, name) is not None
