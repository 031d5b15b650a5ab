"""Coming in by a link, from the device's side: what a link says, and that no loss on the way costs anything."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from client import account, plain_http, trust
from client.engine import Engine
from client.enrolment import AlreadyIn, BadLink, Link, OtherServersLink, enrol, look, parse
from client.roads import Road
from client.store import Store
from client.transport import Transport
from client.troubles import NotOurServer, Unreachable, UntrustedServer
from server.access import invitations, roster
from server.access.staff import add_staff
from sync.errors import Conflict, InvitationUsed
from tests.certificates import self_signed
from tests.conftest import Server
from tests.roadside import city
from tests.wsgi_transport import WsgiTransport

KOTA = "https://kota.example"
PASSWORD = "kata sandi panjang"


CASES = json.loads((Path(__file__).parents[2] / "vectors" / "enrolment.json").read_bytes())["links"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"].encode("ascii", "backslashreplace").decode()[:60])
def test_links_as_they_arrive(case: dict[str, Any]) -> None:
    if case["link"] is not None:
        assert parse(case["text"], case["known"]) == Link(**case["link"])
        return
    with pytest.raises(BadLink) as refused:
        parse(case["text"], case["known"])
    assert refused.value.code == case.get("code", refused.value.code)
    assert refused.value.extra["text"].id and refused.value.extra["text"].en


@pytest.fixture
def store(tmp_path: Path, server: Server) -> Iterator[Store]:
    made = Store(tmp_path / "profil" / "device.sqlite", clock=server.clock)
    yield made
    made.close()


@pytest.fixture
def network(server: Server) -> WsgiTransport:
    return WsgiTransport(server.app)


Connected = Callable[[str, Road], Transport]


@pytest.fixture
def connect(network: WsgiTransport) -> Connected:
    return lambda *_: network


@pytest.fixture
def invite(server: Server) -> Callable[[str], str]:
    """Makes links for accounts, which are made where they are not there."""

    def make(login: str, at: str = KOTA, **more: Any) -> str:
        if not server.rows("SELECT 1 FROM person WHERE login = :login", login=login):
            add_staff(
                server.engine, server.city, server.world.sources, login=login, password=PASSWORD, name=f"Nama {login}",
                roles=["surveyor"], scopes=["office:distaru"],
            )  # fmt: skip
        code, _ = invitations.invite(server.engine, server.world.sources, login)
        return f"{at}/#/gabung/{code}"

    return make


def test_a_link_brings_a_device_in_with_its_server_and_nothing_else_to_type(
    store: Store, network: WsgiTransport, connect: Connected, invite: Callable[[str], str]
) -> None:
    link = invite("survei")
    found = look(store, link, connect)
    assert (found["person"]["name"], found["login"], found["server"]) == ("Nama survei", "survei", KOTA)
    assert store.meta.get("token") is None, "looking changes nothing"
    person = enrol(store, link, connect)
    assert person == found["person"] == store.meta.get("person")
    assert (store.meta.get("server"), store.meta.get("login"), store.meta.get("enrolling")) == (KOTA, "survei", None)
    assert Engine(store, network).sync().exchanges == 1


def test_a_code_alone_goes_to_no_server_where_others_can_read_it(
    store: Store, connect: Connected, invite: Callable[[str], str]
) -> None:
    code, plain = invite("survei").rpartition("/")[2], "http://10.0.0.7:8000"
    store.meta.set("server", plain)

    def no(*_: Any) -> Transport:
        raise AssertionError("nobody is asked")

    for deed in (look, enrol):
        with pytest.raises(plain_http.PlainHttp):
            deed(store, code, no)
    plain_http.agree(store, plain)
    assert look(store, code, connect)["login"] == "survei"
    assert enrol(store, code, connect)["name"] == "Nama survei"
    assert store.meta.get("server") == plain


def test_a_lost_answer_costs_nothing(
    store: Store, server: Server, network: WsgiTransport, invite: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    link, whole = invite("survei"), network.call

    def lost(method: str, path: str, body: Any = None, token: str | None = None) -> Any:
        found = whole(method, path, body, token)
        if path.endswith("enrolments"):
            raise Unreachable("the connection broke")
        return found

    monkeypatch.setattr(network, "call", lost)
    for _ in range(2):
        with pytest.raises(Unreachable):
            enrol(store, link, lambda *_: network)
    assert (store.meta.get("token"), store.meta.get("server")) == (None, None)
    monkeypatch.setattr(network, "call", whole)
    assert look(store, link, lambda *_: network)["login"] == "survei", "also looking knows the device again"
    enrol(store, link, lambda *_: network)
    assert len(roster.devices(server.engine)) == 1
    assert Engine(store, network).sync().exchanges == 1


def test_a_link_is_for_one_device(
    store: Store, tmp_path: Path, connect: Connected, invite: Callable[[str], str]
) -> None:
    link = invite("survei")
    enrol(store, link, connect)
    other = Store(tmp_path / "lain" / "device.sqlite")
    with pytest.raises(InvitationUsed):
        enrol(other, link, connect)
    assert (other.meta.get("token"), other.meta.get("server")) == (None, None)
    other.close()


def test_no_network_and_portals_leave_all_as_it_was(
    store: Store, network: WsgiTransport, connect: Connected, invite: Callable[[str], str]
) -> None:
    link = invite("survei")
    for trouble, kind in (("offline", Unreachable), ("wifi", NotOurServer)):
        setattr(network, trouble, True)
        with pytest.raises(kind):
            enrol(store, link, connect)
        setattr(network, trouble, False)
    assert enrol(store, link, connect)["name"] == "Nama survei"


def test_another_persons_work_is_never_mixed_and_the_invitation_stays_good(
    store: Store, network: WsgiTransport, connect: Connected, invite: Callable[[str], str], tmp_path: Path
) -> None:
    enrol(store, invite("survei"), connect)
    link = invite("lain")
    with pytest.raises(Conflict) as refused:
        enrol(store, link, connect)
    assert refused.value.extra["name"] == "Nama survei"
    fresh = Store(tmp_path / "lain" / "device.sqlite")
    assert enrol(fresh, link, connect)["name"] == "Nama lain"
    fresh.close()


def test_whoever_is_in_already_keeps_the_device_that_they_have(
    store: Store, server: Server, network: WsgiTransport, connect: Connected, invite: Callable[[str], str]
) -> None:
    enrol(store, invite("survei"), connect)
    token, link = store.meta.get("token"), invite("survei")
    with pytest.raises(AlreadyIn):
        enrol(store, link, connect)
    assert store.meta.get("token") == token
    server.execute("DELETE FROM invitation WHERE used IS NOT NULL")
    server.execute("DELETE FROM device")
    with pytest.raises(Exception, match="not valid"):
        Engine(store, network).sync()
    enrol(store, link, connect)
    assert Engine(store, network).sync().exchanges == 1, "a device whose token went bad comes back by a link too"


def test_a_profile_stays_with_its_server(store: Store, connect: Connected, invite: Callable[..., str]) -> None:
    link = invite("survei", at="https://kota-lain.example")
    store.meta.set("server", KOTA)
    assert parse(link, KOTA).server == "https://kota-lain.example"
    account.begin_as_guest(store)
    store.meta.set("person", {"id": "p", "name": "Tamu", "kind": "guest", "roles": ["citizen"]})
    with pytest.raises(OtherServersLink) as refused:
        look(store, link, connect)
    assert (refused.value.extra["held"], refused.value.extra["server"]) == (KOTA, "https://kota-lain.example")
    store.meta.set("person", None)
    assert enrol(store, link, connect)["name"] == "Nama survei", "where nothing was done yet, it may change"
    assert store.meta.get("server") == "https://kota-lain.example"


def test_a_guest_who_has_nothing_is_no_hindrance_to_an_officer(
    store: Store, network: WsgiTransport, connect: Connected, invite: Callable[[str], str]
) -> None:
    account.begin_as_guest(store)
    Engine(store, network).sync()
    enrol(store, invite("survei"), connect)
    report = Engine(store, network).sync()
    assert (store.meta.get("person")["kind"], store.meta.get("guest"), report.trouble) == ("staff", None, None)


# A city with a certificate of its own.


def test_the_certificate_that_the_link_names_is_trusted_from_then_on(
    store: Store, server: Server, invite: Callable[..., str], tmp_path: Path
) -> None:
    own = self_signed("127.0.0.1")
    with city(server.app, own, tmp_path) as address:
        plain = invite("survei", at=address)
        with pytest.raises(UntrustedServer):
            enrol(store, plain)
        assert trust.held(store) == []
        enrol(store, f"{plain}/{own.fingerprint}")
        assert [trust.fingerprint_of(each) for each in trust.held(store)] == [own.fingerprint]


def test_what_was_trusted_for_another_server_goes_with_it(
    store: Store, connect: Connected, invite: Callable[..., str]
) -> None:
    trust.trust(store, self_signed("kota-lain.example").certificate)
    roads: list[Road] = []

    def noted(server: str, road: Road) -> Transport:
        roads.append(road)
        return connect(server, road)

    look(store, invite("survei"), noted)
    assert roads[-1].verify is not None, "an admin's file may come before the link"
    store.meta.set("server", "https://kota-lain.example")
    enrol(store, invite("survei"), noted)
    assert (roads[-1].verify, trust.held(store)) == (None, [])


def test_somebody_in_between_with_another_certificate_learns_no_code(
    store: Store, server: Server, invite: Callable[..., str], tmp_path: Path
) -> None:
    own, theirs = self_signed("127.0.0.1"), self_signed("127.0.0.1")
    with city(server.app, theirs, tmp_path) as address:
        link = invite("survei", at=address)
        with pytest.raises(UntrustedServer) as refused:
            enrol(store, f"{link}/{own.fingerprint}")
    assert refused.value.extra["why"] == "changed"
    assert (trust.held(store), store.meta.get("server"), store.meta.get("enrolling")) == ([], None, None)
    assert server.rows("SELECT used FROM invitation")[0].used is None
