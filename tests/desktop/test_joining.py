"""A laptop's profile comes in by an admin's link, at the gate or in the window."""

from collections.abc import Callable
from typing import Any

import pytest

from server.access import invitations, roster
from server.access.staff import add_staff
from sync import __version__
from tests.conftest import Server

from .conftest import CITY, PASSWORD, PIN, Laptop, Network, Refused


@pytest.fixture
def link(server: Server) -> str:
    add_staff(
        server.engine, server.city, server.world.sources, login="lapangan", password=PASSWORD, name="Petugas Survei",
        roles=["surveyor"], scopes=["office:distaru"],
    )  # fmt: skip
    return f"{CITY}/#/gabung/{invitations.invite(server.engine, server.world.sources, 'lapangan')[0]}"


def test_a_profile_that_is_made_with_a_link_is_that_officers(laptop: Laptop, link: str) -> None:
    window = laptop.window
    made = window.gate("make", title="Laptop survei", secret=PIN, link=link)
    assert made["recovery"]
    assert window.desk("person")["name"] == "Petugas Survei"
    window.desk("sync")
    assert window.desk("city")["code"] == "semarang"
    assert (window.standing()["server"], window.standing()["open"]["title"]) == (CITY, "Laptop survei")


def test_a_link_that_opens_nothing_makes_no_profile(
    laptop: Laptop, network: Network, server: Server, link: str
) -> None:
    window = laptop.window

    def make(given: str) -> str:
        with pytest.raises(Refused) as refused:
            window.gate("make", title="Laptop survei", secret=PIN, link=given)
        assert window.standing()["profiles"] == []
        return str(refused.value.code)

    assert make("halo") == "bad_link"
    assert make(link[:-1] + ("A" if link[-1] != "A" else "E")) == "invitation_unknown"
    network.offline = True
    assert make(link) == "unreachable"
    network.offline, network.wifi = False, True
    assert make(link) == "not_our_server"
    network.wifi = False
    assert server.rows("SELECT used FROM invitation")[0].used is None
    assert window.gate("make", title="Laptop survei", secret=PIN, link=link)["recovery"]


def test_where_the_answer_is_lost_the_profile_stays_and_asks_again(
    laptop: Laptop, network: Network, server: Server, link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole: Callable[..., Any] = network.connect

    def lossy(*given: Any) -> Any:
        line = whole(*given)
        call = line.call

        def lost(method: str, path: str, *more: Any) -> Any:
            found = call(method, path, *more)
            if path.endswith("enrolments"):
                network.offline = True
                call(method, path, *more)
            return found

        line.call = lost
        return line

    monkeypatch.setattr(laptop.bridge.gate, "_connect", lossy)
    window = laptop.window
    window.gate("make", title="Laptop survei", secret=PIN, link=link)
    assert (window.desk("person"), window.standing()["open"]["server"]) == (None, CITY)
    network.offline = False
    monkeypatch.setattr(laptop.bridge.gate.desk(), "_connect", whole)
    assert window.desk("enrol", link)["name"] == "Petugas Survei"
    assert len(roster.devices(server.engine)) == 1


def test_in_the_window_a_link_is_looked_at_before_it_is_taken(laptop: Laptop, server: Server, link: str) -> None:
    window = laptop.window
    window.make(server=None)
    found = window.desk("invitation", link)
    assert (found["person"]["name"], found["login"], found["city"]["id"]) == (
        "Petugas Survei",
        "lapangan",
        server.city.name.id,
    )
    assert window.desk("person") is None
    assert window.desk("enrol", link)["name"] == "Petugas Survei"
    window.desk("sync")
    assert window.desk("status")["last_success"]
    code = invitations.invite(server.engine, server.world.sources, "lapangan")[0]
    with pytest.raises(Refused) as refused:
        window.desk("enrol", code)
    assert refused.value.code == "already_in", "a code alone will do, since the server is known"


def test_serve_takes_a_link_as_well_and_nothing_else(laptop: Laptop, link: str) -> None:
    window = laptop.window
    window.make(server=None)
    for given in ({}, {"link": 7}, {"link": "x" * 5_000}):
        with pytest.raises(Refused):
            window.gate("serve", **given)
    window.gate("serve", link=link)
    assert window.desk("person")["name"] == "Petugas Survei"
    assert window.standing()["server"] == CITY


def test_somebody_elses_link_is_refused_where_work_is_held(laptop: Laptop, link: str) -> None:
    window = laptop.signed_in("planner")
    with pytest.raises(Refused) as refused:
        window.desk("enrol", link)
    assert (refused.value.code, bool(refused.value.body["name"])) == ("conflict", True)
    with pytest.raises(Refused) as other:
        window.desk("enrol", link.replace(CITY, "https://kota-lain.example"))
    assert other.value.code == "other_servers_link"
    assert (other.value.body["server"], other.value.body["held"]) == ("https://kota-lain.example", CITY)


def test_the_status_tells_of_a_newer_version(laptop: Laptop, link: str, monkeypatch: pytest.MonkeyPatch) -> None:
    window = laptop.window
    window.gate("make", title="Laptop survei", secret=PIN, link=link)
    window.desk("sync")
    assert window.desk("status")["newer"] is None
    monkeypatch.setattr("client.newer.protocol.__version__", "0.0.1")
    assert window.desk("status")["newer"] == __version__
