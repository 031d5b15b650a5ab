"""Tests in this folder kill their server, look through its database or count what is in it: each has its own."""

import pytest

from tests.browser.backstage import Backstage
from tests.browser.serving import ServerProcess


@pytest.fixture
def server(own_city: tuple[ServerProcess, Backstage]) -> ServerProcess:
    return own_city[0]


@pytest.fixture
def behind(own_city: tuple[ServerProcess, Backstage]) -> Backstage:
    return own_city[1]
