"""Signing up, in and out, and what becomes of a guest's cases."""

from collections.abc import Callable
from typing import Any

import pytest

from server.access import accounts, closing, throttle
from server.access.staff import add_staff
from server.services import Services
from sync.errors import Conflict, Invalid
from tests.conftest import Server

from .device import Device
from .filing import edit, file
from .under_way import new_password_under_way

LOGIN = {"login": "warga1", "password": "kata sandi panjang"}
NEW = LOGIN | {"name": "Warga Satu"}


def _post(server: Server, path: str, body: Any, token: str | None = None) -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    response = server.app.test_client().post(f"/api/v1/{path}", json=body, headers=headers)
    return response.status_code, response.json


def _me(server: Server, token: str) -> tuple[int, Any]:
    response = server.app.test_client().get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
    return response.status_code, response.json


def test_sign_up_in_and_out(server: Server) -> None:
    status, made = _post(server, "accounts", NEW)
    assert (status, made["person"]["kind"], made["person"]["roles"]) == (201, "citizen", ["citizen"])
    assert _post(server, "accounts", NEW | {"login": " WARGA1 "})[1]["code"] == "conflict"
    status, again = _post(server, "devices", LOGIN | {"login": "Warga1"})
    assert (status, again["person"]) == (201, made["person"])
    assert again["token"] != made["token"]
    assert _me(server, again["token"]) == (200, made["person"])
    client = server.app.test_client()
    assert client.delete("/api/v1/devices", headers={"Authorization": f"Bearer {again['token']}"}).status_code == 204
    assert _me(server, again["token"])[0] == 401
    assert _me(server, made["token"])[0] == 200, "the other device stays signed in"


def test_only_hashes_are_kept(server: Server, guest: Device) -> None:
    guest.exchange()
    _, made = _post(server, "accounts", NEW)
    row = server.rows("SELECT password FROM person WHERE login = 'warga1'")[0]
    assert row.password.startswith("$argon2id$")
    dump = server.everything()
    assert LOGIN["password"] not in dump
    assert made["token"] not in dump
    assert guest.token not in dump


def test_wrong_name_and_wrong_password_are_the_same_answer(server: Server) -> None:
    _post(server, "accounts", NEW)
    one = _post(server, "devices", LOGIN | {"password": "salah"})
    two = _post(server, "devices", LOGIN | {"login": "tidak-ada"})
    # But for the request's own name.
    assert one[1].pop("request") != two[1].pop("request")
    assert one == two
    assert (one[0], one[1]["code"]) == (401, "wrong_credentials")


def test_guessing_is_slowed_down(server: Server) -> None:
    _post(server, "accounts", NEW)
    for _ in range(throttle.MOST):
        assert _post(server, "devices", LOGIN | {"password": "salah"})[0] == 401
    status, body = _post(server, "devices", LOGIN)
    assert (status, body["code"]) == (429, "too_many")
    assert 0 < body["retry_after"] <= throttle.WINDOW
    server.clock.move(seconds=body["retry_after"])
    assert _post(server, "devices", LOGIN)[0] == 201


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        "x",
        NEW | {"password": "pendek"},
        NEW | {"password": "x" * 201},
        NEW | {"login": "ab"},
        NEW | {"login": 7},
        NEW | {"name": "   "},
        NEW | {"name": "Warga\x00Satu"},
        NEW | {"login": "warga\x00satu"},
        NEW | {"name": "\ud800"},
        NEW | {"login": "ab\udfff"},
        NEW | {"password": "\ud800" * 12},
        NEW | {"extra": 1},
    ],
)
def test_bad_accounts_are_problems(server: Server, body: Any) -> None:
    status, problem = _post(server, "accounts", body)
    assert (status, problem["code"], bool(problem["problems"])) == (422, "invalid", True)
    assert _post(server, "devices", body)[0] in {401, 422}
    assert server.rows("SELECT * FROM person") == []


def test_a_guest_signs_up_and_keeps_everything(server: Server, guest: Device) -> None:
    case = file(server, guest)
    status, made = _post(server, "accounts", NEW, guest.token)
    assert (status, made["token"]) == (201, guest.token)
    answer = guest.exchange(edit(guest, case, {}))
    assert answer.hello["person"]["kind"] == "citizen"
    assert answer.all("reset") == [], "same person, same scopes: nothing is sent anew"
    assert case in guest.held


def test_a_guest_signs_in_and_the_cases_move_along(server: Server, guest: Device) -> None:
    _, made = _post(server, "accounts", NEW)
    account = Device(server.app, made["token"], guest=False)
    case = file(server, guest)
    waiting = edit(guest, case, {"name": "x"})
    old = guest.token
    status, signed = _post(server, "devices", LOGIN, guest.token)
    assert status == 201
    guest.token, guest.guest = signed["token"], False
    answer = guest.exchange(waiting)
    assert answer.one("reset")["why"] == "scopes"
    assert answer.result["seq"] == 2, "the outbox goes on under the same keys"
    account.pull()
    assert account.held[case]["owner"] == made["person"]["id"]
    assert guest.held == account.held
    assert _me(server, old)[0] == 401
    assert server.rows("SELECT kind FROM feed WHERE case_id = :c ORDER BY pos", c=case)[-1].kind == "case.hand_over"


def test_a_crash_while_signing_in_strands_no_case(
    server: Server, guest: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cases go first: once the guest is closed, nobody could ask for them again."""
    _post(server, "accounts", NEW)
    case = file(server, guest)
    real = Services.hand_over

    def crash(world: Services, person: str, to: str) -> None:
        if server.rows("SELECT disabled FROM person WHERE id = :id", id=person)[0].disabled is not None:
            raise RuntimeError("the process died here")
        real(world, person, to)

    with monkeypatch.context() as patch:
        patch.setattr(Services, "hand_over", crash)
        assert _post(server, "devices", LOGIN, guest.token)[0] == 500
    _, signed = _post(server, "devices", LOGIN)
    device = Device(server.app, signed["token"], guest=False)
    device.pull()
    assert case in device.held


def _another_password(server: Server, **how: Any) -> str:
    where = (server.engine, server.city, server.world.sources)
    return closing.set_password(*where, LOGIN["login"], "cli", **how).told or ""


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_no_device_comes_in_beside_a_new_password(
    request: pytest.FixtureRequest, make_server: Callable[..., Server], monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """An admin gives another one and puts all devices out between the look at the old one and the device."""
    server = make_server("beside", database=request.getfixturevalue("postgres_url") if kind == "postgresql" else None)
    _post(server, "accounts", NEW)
    seated, told = accounts.seated, []

    def late(*args: Any) -> Any:
        told.append(_another_password(server, revoke=True))
        return seated(*args)

    with monkeypatch.context() as patch:
        patch.setattr(accounts, "seated", late)
        status, problem = _post(server, "devices", LOGIN)
    assert (status, problem["code"]) == (401, "wrong_credentials")
    assert server.rows("SELECT count(*) FROM device WHERE revoked IS NULL") == [(0,)]
    assert _post(server, "devices", LOGIN | {"password": told[0]})[0] == 201


@pytest.mark.parametrize("closed", [False, True])
def test_no_case_of_a_guest_goes_to_an_account_that_lets_nobody_in(
    server: Server, guest: Device, monkeypatch: pytest.MonkeyPatch, closed: bool
) -> None:
    """It was closed, or has another password, since its owner was recognised."""
    _post(server, "accounts", NEW)
    case = file(server, guest)
    guest.pull()
    before, recognised = dict(guest.held), accounts.recognised

    def late(*args: Any) -> Any:
        known = recognised(*args)
        if closed:
            server.execute("UPDATE person SET disabled = '2026-03-16T00:00:00Z' WHERE login = 'warga1'")
        else:
            _another_password(server)
        return known

    with monkeypatch.context() as patch:
        patch.setattr(accounts, "recognised", late)
        assert _post(server, "devices", LOGIN, guest.token)[0] == (403 if closed else 401)
    guest.pull()
    assert case in before and guest.held == before


def test_whoever_comes_in_waits_for_a_new_password_that_is_under_way(
    make_server: Callable[..., Server], postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = make_server("waits", database=postgres_url)
    _post(server, "accounts", NEW)
    seated = accounts.seated

    def beside(*args: Any) -> Any:
        with new_password_under_way(server, LOGIN["login"], monkeypatch):
            return seated(*args)

    monkeypatch.setattr(accounts, "seated", beside)
    assert _post(server, "devices", LOGIN)[0] == 401
    assert server.rows("SELECT count(*) FROM device WHERE revoked IS NULL") == [(0,)]


def test_whose_cases_went_ahead_into_an_account_with_another_password_is_told_so(
    make_server: Callable[..., Server], postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was being changed as the account was looked at, and was changed by the time the device came in."""
    server = make_server("ahead", database=postgres_url)
    _post(server, "accounts", NEW)
    guest = Device(server.app)
    case, seated = file(server, guest), accounts.seated

    def beside(*args: Any) -> Any:
        with new_password_under_way(server, LOGIN["login"], monkeypatch):
            return seated(*args)

    with monkeypatch.context() as patch:
        patch.setattr(accounts, "seated", beside)
        status, problem = _post(server, "devices", LOGIN, guest.token)
    assert (status, problem["code"]) == (401, "wrong_credentials")
    assert "Your cases are in the account already" in problem["text"]["en"]
    password = _another_password(server)
    _, signed = _post(server, "devices", LOGIN | {"password": password}, guest.token)
    device = Device(server.app, signed["token"], guest=False)
    device.pull()
    assert case in device.held


def test_a_guest_cannot_sign_out(server: Server, guest: Device) -> None:
    guest.exchange()
    response = server.app.test_client().delete("/api/v1/devices", headers={"Authorization": f"Bearer {guest.token}"})
    assert (response.status_code, response.json and response.json["code"]) == (403, "forbidden")


def test_a_disabled_account_is_out_at_once(server: Server) -> None:
    _, made = _post(server, "accounts", NEW)
    server.execute("UPDATE person SET disabled = '2026-03-16T00:00:00Z'")
    assert _me(server, made["token"])[0] == 401
    assert _post(server, "devices", LOGIN)[0] == 401


def test_staff_accounts(server: Server) -> None:
    def add(**changed: Any) -> str:
        given: dict[str, Any] = {
            "login": "Petugas",
            "password": "kata sandi panjang",
            "name": "Petugas Loket",
            "roles": ["front_desk"],
            "scopes": ["office:distaru", "office:dpu/33.74.01"],
        }
        return add_staff(server.engine, server.city, server.world.sources, **(given | changed))

    person = add()
    with pytest.raises(Conflict):
        add()
    _, made = _post(server, "devices", {"login": "petugas", "password": "kata sandi panjang"})
    assert made["person"] == {"id": person, "name": "Petugas Loket", "kind": "staff", "roles": ["front_desk"]}
    device = Device(server.app, made["token"], guest=False)
    assert device.exchange().hello["scopes"][1:] == ["office:distaru", "office:dpu/33.74.01"]
    cases: tuple[dict[str, Any], ...] = (
        {"roles": []},
        {"roles": ["system"]},
        {"roles": ["owner"]},
        {"password": "pendek"},
        {"scopes": ["office:nope"]},
        {"scopes": ["person:" + person]},
        {"scopes": ["office:dpu/33.74.01.1001"]},
        {"scopes": ["office:dpu/"]},
        {"scopes": ["distaru"]},
        {"scopes": ["office:dpu/33.74.01/x"]},
    )
    for wrong in cases:
        with pytest.raises(Invalid) as caught:
            add(login="lain", **wrong)
        assert set(caught.value.extra["problems"]) == set(wrong)
