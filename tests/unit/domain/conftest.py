import pytest

from schemas.catalogue.model import City
from server.domain.calendar import Calendar, CalendarRules

from .people import Desk


@pytest.fixture
def desk(stall_city: City) -> Desk:
    """The shipped city with the food stall, on a Monday morning."""
    return Desk(stall_city, Calendar(CalendarRules.of(stall_city)))
