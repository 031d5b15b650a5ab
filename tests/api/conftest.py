from collections.abc import Callable

import pytest

from tests.conftest import Server

from .device import Device

Make = Callable[..., Device]


@pytest.fixture
def guest(server: Server) -> Device:
    """A citizen's phone, never signed in."""
    return Device(server.app)


@pytest.fixture
def staff(server: Server) -> Make:
    """Makes devices of staff: roles, and scopes where they are not the planning office's."""

    def make(*roles: str, scopes: tuple[str, ...] = ("office:distaru",)) -> Device:
        return Device(server.app, server.staff(*roles, scopes=scopes)[1], guest=False)

    return make
