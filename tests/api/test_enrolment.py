"""Coming in by an admin's link: whose account it is, once, and every code that opens nothing."""

from collections.abc import Callable
from typing import Any

import pytest

from server.access import asking, invitations, roster, throttle
from server.access.accounts import seated
from server.access.naming import called
from server.access.roster import Chosen
from server.access.staff import add_staff
from sync.errors import Conflict, Invalid, NotFound
from tests.conftest import Server

from .device import Device
from .filing import edit, file

MINTED = "m" * 43
PASSWORD = "kata sandi panjang"


def _post(server: Server, path: str, body: Any, token: str | None = None) -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    response = server.app.test_client().post(f"/api/v1/{path}", json=body, headers=headers)
    return response.status_code, response.json


def _enrol(server: Server, code: str, token: str | None = None, guest: str | None = None) -> tuple[int, Any]:
    return _post(server, "enrolments", {"code": code} | ({"token": token} if token else {}), guest)


@pytest.fixture
def officer(server: Server) -> str:
    """The login of a surveyor."""
    add_staff(
        server.engine, server.city, server.world.sources, login="survei", password=PASSWORD, name="Petugas Survei",
        roles=["surveyor"], scopes=["office:distaru"],
    )  # fmt: skip
    return "survei"


@pytest.fixture
def citizen(server: Server) -> str:
    """The login of somebody who signed up."""
    _post(server, "accounts", {"login": "warga1", "password": PASSWORD, "name": "Warga Satu"})
    return "warga1"


def _invite(server: Server, login: str, days: int = 7) -> str:
    return invitations.invite(server.engine, server.world.sources, login, days)[0]


def test_a_code_makes_a_device_of_the_account_as_a_sign_in_does(server: Server, officer: str) -> None:
    status, made = _enrol(server, _invite(server, " Survei "))
    _, signed = _post(server, "devices", {"login": officer, "password": PASSWORD})
    assert (status, sorted(made), made["person"]) == (201, sorted(signed), signed["person"])
    answer = Device(server.app, made["token"], guest=False).exchange()
    assert answer.hello["scopes"][1:] == ["office:distaru"]


def test_looking_says_whose_account_and_city_it_is_and_uses_nothing_up(server: Server, officer: str) -> None:
    code = _invite(server, officer)
    for _ in range(2):
        status, found = _post(server, "invitations", {"code": code})
        assert status == 200
    assert (found["person"]["name"], found["person"]["roles"], found["login"]) == (
        "Petugas Survei",
        ["surveyor"],
        "survei",
    )
    assert (found["city"]["id"], found["expires"]) == (server.city.name.id, "2026-03-23T02:00:00Z")
    status, made = _enrol(server, code)
    assert (status, made["person"]) == (201, found["person"])


def test_an_invitation_is_for_one_device(server: Server, officer: str) -> None:
    code = _invite(server, officer)
    assert _enrol(server, code, MINTED)[0] == 201
    for token in (None, "n" * 43):
        status, refused = _enrol(server, code, token)
        assert (status, refused["code"]) == (410, "invitation_used")
    assert _post(server, "invitations", {"code": code})[1]["code"] == "invitation_used"
    assert len(roster.devices(server.engine)) == 1


def test_a_device_that_minted_its_token_asks_again_where_the_answer_was_lost(server: Server, officer: str) -> None:
    code = _invite(server, officer)
    first = _enrol(server, code, MINTED)
    server.clock.move(days=30)
    assert _enrol(server, code, MINTED) == first == (201, {"token": MINTED, "person": first[1]["person"]})
    assert _post(server, "invitations", {"code": code, "token": MINTED})[0] == 200
    assert len(roster.devices(server.engine)) == 1
    (device,) = roster.devices(server.engine)
    asking.revoke(server.engine, server.world.sources, [device.id], "cli")
    assert _enrol(server, code, MINTED)[1]["code"] == "invitation_used", "a revoked device does not come back so"


def test_a_crash_between_taking_the_code_and_making_the_device_strands_nobody(
    server: Server, officer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = _invite(server, officer)

    def crash(*_: object) -> None:
        raise RuntimeError("the process died here")

    with monkeypatch.context() as patch:
        patch.setattr("server.access.accounts.seated", crash)
        assert _enrol(server, code, MINTED)[0] == 500
    assert _enrol(server, code, "n" * 43)[1]["code"] == "invitation_used"
    assert _enrol(server, code, MINTED)[0] == 201


def test_the_same_request_twice_at_once_makes_one_device(
    server: Server, officer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = _invite(server, officer)
    inner: list[tuple[int, Any]] = []

    def beside(*given: Any) -> Any:
        if not inner:
            inner.append((0, None))
            inner[0] = _enrol(server, code, MINTED)
        return seated(*given)

    monkeypatch.setattr("server.access.accounts.seated", beside)
    outer = _enrol(server, code, MINTED)
    assert outer == inner[0]
    assert outer[0] == 201
    assert len(roster.devices(server.engine)) == 1


def test_a_token_that_another_device_has_is_refused_and_the_code_stays_good(
    server: Server, officer: str, staff: Callable[..., Device]
) -> None:
    code, other = _invite(server, officer), staff("planner")
    status, refused = _enrol(server, code, other.token)
    assert (status, refused["code"]) == (409, "conflict")
    assert _enrol(server, code, MINTED)[0] == 201


def test_codes_that_open_nothing(server: Server, officer: str) -> None:
    for wrong in ("x", "tidak ada", "\ud800", "\x00", "a" * 43, _invite(server, officer) + "\n", "ü" * 43):
        status, refused = _enrol(server, wrong)
        assert (status, refused["code"]) == (404, "invitation_unknown"), wrong
        assert _post(server, "invitations", {"code": wrong})[1]["code"] == "invitation_unknown"
    old = _invite(server, officer, 2)
    server.clock.move(days=2, seconds=-1)
    assert _post(server, "invitations", {"code": old})[0] == 200
    server.clock.move(seconds=1)
    assert (_enrol(server, old)[0], _enrol(server, old)[1]["code"]) == (410, "invitation_expired")
    back = _invite(server, officer)
    found = invitations.invitations(server.engine)[0]
    invitations.withdraw(server.engine, server.world.sources, found.id[:6].upper())
    assert (_enrol(server, back)[0], _enrol(server, back)[1]["code"]) == (410, "invitation_revoked")
    closed = _invite(server, officer)
    server.execute("UPDATE person SET disabled = '2026-03-16T00:00:00Z'")
    assert _enrol(server, closed)[1]["code"] == "invitation_revoked"
    assert roster.devices(server.engine) == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        "x",
        {"code": 7},
        {"code": ""},
        {"code": "x" * 501},
        {"code": "x", "token": "short"},
        {"code": "x", "y": 1},
    ],
)
def test_bad_bodies_are_problems(server: Server, body: Any) -> None:
    for path in ("enrolments", "invitations"):
        status, problem = _post(server, path, body)
        assert (status, problem["code"], bool(problem["problems"])) == (422, "invalid", True)


def test_guessing_is_slowed_down_for_an_address(server: Server, officer: str) -> None:
    code = _invite(server, officer)
    for path in ("enrolments", "invitations"):
        for _ in range(throttle.MOST_ADDRESS // 2):
            assert _post(server, path, {"code": "b" * 43})[0] == 404
    status, body = _enrol(server, code)
    assert (status, body["code"]) == (429, "too_many")
    server.clock.move(seconds=body["retry_after"])
    assert _enrol(server, code)[0] == 201


def test_right_codes_are_not_counted(server: Server, officer: str) -> None:
    for _ in range(throttle.MOST_ADDRESS + 1):
        assert _post(server, "invitations", {"code": _invite(server, officer)})[0] == 200


def test_only_the_hash_of_a_code_is_kept(server: Server, officer: str) -> None:
    code = _invite(server, officer)
    _enrol(server, code, MINTED)
    dump = server.everything()
    assert "invitation" in dump
    assert code not in dump
    assert MINTED not in dump


def test_a_guests_cases_go_along(server: Server, citizen: str, guest: Device) -> None:
    case, old = file(server, guest), guest.token
    waiting = edit(guest, case, {"name": "x"})
    code = _invite(server, citizen)
    status, made = _enrol(server, code, MINTED, old)
    assert (status, made["token"]) == (201, MINTED)
    assert _enrol(server, code, MINTED, old) == (201, made), "also where the answer was lost"
    guest.token, guest.guest = MINTED, False
    answer = guest.exchange(waiting)
    assert answer.one("reset")["why"] == "scopes"
    assert answer.result["seq"] == 2, "the outbox goes on under the same keys"
    assert guest.held[case]["owner"] == made["person"]["id"]


def test_a_guest_does_not_become_an_officer_and_the_code_stays_good(
    server: Server, officer: str, guest: Device
) -> None:
    case, code = file(server, guest), _invite(server, officer)
    status, refused = _enrol(server, code, MINTED, guest.token)
    assert (status, refused["code"]) == (409, "conflict")
    guest.pull()
    assert case in guest.held
    assert _enrol(server, code, "n" * 43)[0] == 201, "nothing was used up for the token that was refused"


def test_an_invitation_needs_an_open_account_and_a_sensible_time(server: Server, officer: str) -> None:
    sources = server.world.sources
    with pytest.raises(NotFound):
        invitations.invite(server.engine, sources, "tidak-ada")
    for days in (0, -1, 91):
        with pytest.raises(Invalid):
            invitations.invite(server.engine, sources, officer, days)
    server.execute("UPDATE person SET disabled = '2026-03-16T00:00:00Z'")
    with pytest.raises(Conflict):
        invitations.invite(server.engine, sources, officer)
    assert invitations.invitations(server.engine) == []


def test_the_admin_sees_what_became_of_each_invitation(server: Server, officer: str) -> None:
    engine, sources = server.engine, server.world.sources
    (used, first), (_, second), (_, third) = (invitations.invite(engine, sources, officer, days) for days in (7, 1, 7))
    _enrol(server, used, MINTED)
    invitations.withdraw(engine, sources, third.id)
    server.clock.move(days=2)
    code, fourth = invitations.invite(engine, sources, officer)
    (device,) = roster.devices(engine)
    found = {i.id: (i.state(server.clock()), i.device) for i in invitations.invitations(engine)}
    assert found == {
        first.id: ("used", device.id),
        second.id: ("expired", None),
        third.id: ("revoked", None),
        fourth.id: ("open", None),
    }
    with pytest.raises(Conflict, match="device revoke"):
        invitations.withdraw(engine, sources, first.id)
    for wrong in ("", "abc", "zzzzzz", fourth.id[:5]):
        with pytest.raises(NotFound):
            invitations.withdraw(engine, sources, wrong)
    assert _enrol(server, code)[0] == 201


def test_the_roster_tells_owner_last_contact_and_what_waits(
    server: Server, staff: Callable[..., Device], guest: Device, officer: str
) -> None:
    silent, busy = staff("planner"), staff("surveyor")
    guest.exchange()
    busy.exchange(health={"waiting": 3, "files": 2, "refused": 1, "oldest": "2026-03-16T08:00:00+07:00"})
    server.clock.move(hours=5)
    second, first = roster.devices(server.engine)
    assert first.seen is None, "after the one with work on it comes the one that was longest silent"
    assert (second.waiting, second.files, second.refused, second.oldest) == (3, 2, 1, "2026-03-16T08:00:00+07:00")
    assert len(roster.devices(server.engine, Chosen("all"))) == 3
    assert len(roster.devices(server.engine, most=1)) == 1
    assert [d.login for d in roster.devices(server.engine, Chosen(login=first.login))] == [first.login]
    assert roster.devices(server.engine, Chosen(login="tidak-ada")) == []
    found = called(first.id[:8], roster.beginning(server.engine, first.id[:8]), "a device")
    assert asking.revoke(server.engine, server.world.sources, [found.id], "cli") == 1
    assert asking.revoke(server.engine, server.world.sources, [found.id], "cli") == 0
    assert [d.id for d in roster.devices(server.engine)] == [second.id]
    assert len(roster.devices(server.engine, Chosen(gone=True))) == 2
    assert silent.exchange().hello["wipe"]
    server.execute("UPDATE device SET health = '{\"waiting\": 3'")
    assert roster.devices(server.engine)[0].waiting == 0, "what was cut off is no number"


def test_a_beginning_is_taken_as_it_is_written(server: Server, staff: Callable[..., Device]) -> None:
    staff("planner")
    for rubbish in ("%" * 8, "_" * 8, "\\", "", "' OR 1=1"):
        with pytest.raises(NotFound):
            called(rubbish, roster.beginning(server.engine, rubbish), "a device")
    server.execute("UPDATE device SET id = 'aaaaaa-1'")
    staff("planner")
    server.execute("UPDATE device SET id = 'aaaaaa-2' WHERE id != 'aaaaaa-1'")
    with pytest.raises(Conflict):
        called("aaaaaa", roster.beginning(server.engine, "aaaaaa"), "a device")
