from collections.abc import Callable, Iterator

import pytest

from tests.conftest import Server

from .office import Office, PostOffice, post_office


@pytest.fixture(params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest, make_server: Callable[..., Server]) -> Server:
    return make_server(database=request.getfixturevalue("postgres_url") if request.param == "postgresql" else None)


@pytest.fixture
def office(server: Server) -> Office:
    made = Office(server)
    for role in ("front_desk", "surveyor", "supervisor", "section_head"):
        made.add(role)
    made.add("admin", scopes=())
    return made


@pytest.fixture
def post() -> Iterator[PostOffice]:
    with post_office() as made:
        yield made


@pytest.fixture
def mailing(office: Office, post: PostOffice) -> Office:
    """The office, with that mail server to send through."""
    office.server.world.smtp = post.url
    office.server.world.address = "https://layanan.example.id"
    return office
