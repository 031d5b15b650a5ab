"""People with devices, and a city that is kept and comes back."""

from tests.cli.conftest import fresh, person

__all__ = ["fresh", "person"]
