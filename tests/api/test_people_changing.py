"""What an account is changed to, what its devices hear of it, and that a city is never left without an admin."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest

from server.access import admins, audit, changing, closing, invitations, people
from server.access.people import Chosen
from server.access.staff import add_staff
from server.commands import quarantine
from server.services import Services
from sync.errors import Conflict, Forbidden, Invalid, NotFound
from tests.api.device import Device
from tests.api.filing import act, arrive, file
from tests.conftest import Server

PASSWORD = "kata sandi panjang"
OTHER = "hujan di jendela"


def add(server: Server, login: str, *roles: str, scopes: tuple[str, ...] = (), **more: Any) -> str:
    given: dict[str, Any] = {"password": PASSWORD, "name": f"Petugas {login}", "roles": roles, "scopes": scopes}
    return add_staff(server.engine, server.city, server.world.sources, login=login, **(given | more))


def change(server: Server, login: str, who: str = "cli", **to: Any) -> tuple[str, ...]:
    return changing.change(server.engine, server.city, server.world.sources, login, who, **to)[1]


def disable(server: Server, login: str, who: str = "cli") -> closing.Closed:
    return closing.disable(server.engine, server.world.sources, login, who)


def set_password(server: Server, login: str, password: str | None = None, **how: Any) -> closing.NewPassword:
    return closing.set_password(server.engine, server.city, server.world.sources, login, "cli", password, **how)


def device_of(server: Server, login: str, password: str = PASSWORD) -> Device:
    made = server.app.test_client().post("/api/v1/devices", json={"login": login, "password": password})
    assert made.status_code == 201, made.get_data()
    return Device(server.app, made.get_json()["token"], guest=False)


def signs_in(server: Server, login: str, password: str) -> int:
    given = {"login": login, "password": password}
    return server.app.test_client().post("/api/v1/devices", json=given).status_code


def noted(server: Server) -> list[tuple[str, str, dict[str, Any]]]:
    return [(one.action, one.target, one.details) for one in audit.entries(server.engine)][::-1]


# ---- Looking for people ----


def _found(server: Server, *chosen: Any, **more: Any) -> list[str]:
    """The logins of those who are chosen; there are as many as are counted."""
    found = people.people(server.engine, Chosen(*chosen, **more), now=server.clock())
    assert people.count(server.engine, Chosen(*chosen, **more), now=server.clock()) == len(found)
    return [one.login for one in found]


def test_staff_are_listed_searched_and_chosen(server: Server) -> None:
    survey = add(server, "survei", "surveyor", scopes=("office:distaru/33.74.01",))
    desk = add(server, "Loket", "front_desk", "planner", scopes=("office:distaru", "office:dpu"), name="Ibu Loket")
    add(server, "tutup", "surveyor", scopes=("office:dlh",))
    disable(server, "tutup")
    found = partial(_found, server)
    assert found() == ["loket", "survei"], "by name, and without whoever left"
    assert found(state="all") == ["loket", "survei", "tutup"]
    assert found(state="disabled") == ["tutup"]
    assert found(words=" IBU") == found(words="oke") == found(role="planner") == found(office="dpu") == ["loket"]
    assert found(office="distaru") == ["loket", "survei"]
    assert found(words="%") == found(words="_") == found(role="plan") == found(office="dist") == []
    (one,) = people.people(server.engine, Chosen(words="loket"), now=server.clock())
    assert (one.id, one.roles) == (desk, ("front_desk", "planner"))
    assert one.scopes == ("office:distaru", "office:dpu")
    assert people.person(server.engine, survey) == people.person(server.engine, " SURVEI ")
    assert [one.login for one in people.people(server.engine, now=server.clock(), most=1, skip=1)] == ["survei"]
    for nobody in ("bukan-siapa", "", "\0", "é\0"):
        with pytest.raises(NotFound, match="account list"):
            people.person(server.engine, nobody)


def test_a_citizen_is_found_by_the_whole_login_or_a_part_of_the_name(server: Server, guest: Device) -> None:
    guest.exchange()
    for login, name in (("melati99", "Warga Sekayu"), ("anggrek", "Warga Tembalang")):
        given = {"login": login, "password": OTHER, "name": name}
        assert server.app.test_client().post("/api/v1/accounts", json=given).status_code == 201
    found = partial(_found, server, "citizen")
    assert found("sekayu") == found("melati99") == ["melati99"]
    assert found("melati") == [], "a part of a login tells nobody's"
    assert found("warga") == ["melati99", "anggrek"]
    for few in ("", "  a ", "wa"):
        with pytest.raises(Invalid, match="3 letters"):
            found(few)
    assert _found(server, state="all") == [], "and no citizen is among the staff"
    with pytest.raises(NotFound):
        people.person(server.engine, guest.exchange().hello["person"]["id"])


def test_a_person_with_all_that_hangs_on_them(server: Server, guest: Device) -> None:
    add(server, "survei", "surveyor", scopes=("office:distaru",))
    case, other = file(server, guest), file(server, guest)
    desk = add(server, "loket", "front_desk", scopes=("office:distaru",))
    counter = device_of(server, "loket")
    act(counter, case, "accept")
    device = device_of(server, "survei")
    device.exchange(health={"waiting": 3})
    invitations.invite(server.engine, server.world.sources, "survei")
    shown = people.show(server.engine, server.city, "survei", server.clock())
    assert (shown.work, shown.person.waits, shown.person.devices) == (1, 3, 1)
    assert [one.state(server.clock()) for one in shown.invitations] == ["open"]
    assert shown.person.seen == "2026-03-16T02:00:00Z"
    assert people.show(server.engine, server.city, desk, server.clock()).work == 1, "the other one is at the counter"
    change(server, "survei", scopes=[scope for scope in guest.held[case]["scopes"] if scope.startswith("office:")])
    assert people.show(server.engine, server.city, "survei", server.clock()).work == 1, "seen twice, counted once"
    change(server, "survei", scopes=["office:dpu"])
    assert people.show(server.engine, server.city, "survei", server.clock()).work == 0
    given = {"login": "melati", "password": OTHER, "name": "Warga Sekayu"}
    header = {"Authorization": f"Bearer {guest.token}"}
    assert server.app.test_client().post("/api/v1/accounts", json=given, headers=header).status_code == 201
    assert people.show(server.engine, server.city, "melati", server.clock()).work == 2
    act(guest, other, "withdraw")
    assert people.show(server.engine, server.city, "melati", server.clock()).work == 1, "one of them has ended"


# ---- Changing them ----


def test_what_is_changed_is_noted_without_a_name(server: Server) -> None:
    person = add(server, "survei", "surveyor", scopes=("office:distaru",), email="a@kota.example")
    assert change(server, "survei", name=" Petugas Baru ", roles=["planner", "surveyor"], email="b@kota.example") == (
        "name",
        "email",
        "roles",
    )
    assert change(server, "survei", name="Petugas Baru", roles=["surveyor", "planner"], email="b@kota.example") == ()
    assert change(server, "survei", scopes=["office:dpu/33.74.01", "office:distaru"], email="") == ("email", "scopes")
    found = people.person(server.engine, "survei")
    assert (found.name, found.email) == ("Petugas Baru", None)
    assert noted(server) == [
        ("person.add", person, {"roles": ["surveyor"], "scopes": ["office:distaru"]}),
        ("person.rename", person, {}),
        ("person.email", person, {"set": True}),
        ("person.roles", person, {"added": ["planner"], "removed": []}),
        ("person.email", person, {"set": False}),
        ("person.scopes", person, {"added": ["office:dpu/33.74.01"], "removed": []}),
    ]
    assert "Baru" not in str(noted(server))
    assert audit.verify(server.engine)[0] == 6


@pytest.mark.parametrize(
    ("to", "told"),
    [
        ({"roles": ["surveyor", "raja"]}, "there are: admin, complaint_officer"),
        ({"roles": []}, "at least one role"),
        ({"roles": ["owner"]}, "there are:"),
        ({"scopes": ["office:bulan"]}, "There are: distaru, dpu"),
        ({"scopes": ["office:dpu/99.99"]}, "33.74.01 Semarang Tengah"),
        ({"scopes": ["office:dpu", "distaru"]}, "write it like office:distaru"),
        ({"scopes": [f"office:dpu/{n}" for n in range(70)]}, "At most 59"),
        ({"name": " "}, "1 to 120 letters"),
        ({"name": "x" * 121}, "1 to 120 letters"),
        ({"name": "a\u202eb"}, "cannot be kept"),
        ({"email": "bukan alamat"}, "looks like"),
        ({"email": "a@b.id\nBcc: c@d.id"}, "looks like"),
    ],
)
def test_what_cannot_be_is_refused_with_what_there_is_and_changes_nothing(
    server: Server, to: dict[str, Any], told: str
) -> None:
    add(server, "survei", "surveyor", scopes=("office:distaru",))
    before = people.person(server.engine, "survei")
    with pytest.raises(Invalid, match="nothing was changed") as caught:
        change(server, "survei", **({"name": "Lain"} | to))
    assert told in caught.value.detail
    (problem,) = caught.value.extra["problems"].values()
    assert problem["id"] != problem["en"]
    assert people.person(server.engine, "survei") == before
    assert len(noted(server)) == 1


def test_an_account_that_cannot_be_is_not_made(server: Server) -> None:
    for wrong in ({"login": "ab"}, {"name": ""}, {"email": "x"}, {"roles": ["raja"]}, {"scopes": ["office:x"]}):
        with pytest.raises(Invalid) as caught:
            add(server, **({"login": "survei"} | wrong))  # type: ignore[arg-type]
        assert set(wrong) <= set(caught.value.extra["problems"])
    assert server.rows("SELECT * FROM person") == []


def test_a_citizen_gets_no_roles_and_no_scopes(server: Server) -> None:
    given = {"login": "melati", "password": OTHER, "name": "Warga"}
    server.app.test_client().post("/api/v1/accounts", json=given)
    for to in ({"roles": ["admin"]}, {"scopes": ["office:dpu"]}):
        with pytest.raises(Conflict, match="citizen"):
            change(server, "melati", **to)
    assert change(server, "melati", name="Warga Lain") == ("name",)


# ---- What a device hears of it ----


def test_narrowed_scopes_take_cases_from_the_device_at_its_next_exchange(server: Server, guest: Device) -> None:
    first, second = [area for area in server.city.areas if area.kind == "kecamatan"][:2]
    near, far = (
        file(server, guest, area=next(a.code for a in server.city.areas if a.parent == kecamatan.code))
        for kecamatan in (first, second)
    )
    person = add(server, "survei", "surveyor", scopes=("office:distaru",))
    device = device_of(server, "survei")
    device.pull()
    assert set(device.held) == {near, far}
    change(server, "survei", scopes=[f"office:distaru/{first.code}"])
    answer = device.pull()[0]
    assert answer.hello["scopes"] == [f"person:{person}", f"office:distaru/{first.code}"]
    assert answer.one("reset")["why"] == "scopes"
    assert set(device.held) == {near}, "and the digest at its end was right"
    assert act(device, far, "report_visit", form={}).result["code"] == "no_such_case"
    change(server, "survei", scopes=[f"office:distaru/{first.code}", f"office:distaru/{second.code}"])
    device.pull()
    assert set(device.held) == {near, far}, "what came back is sent"
    change(server, "survei", scopes=[])
    device.pull()
    assert device.held == {}


def test_a_device_hears_of_other_roles_and_may_do_no_more_than_these(server: Server, guest: Device) -> None:
    case = file(server, guest)
    arrive(guest, case)
    add(server, "loket", "surveyor", scopes=("office:distaru",))
    device = device_of(server, "loket")
    assert act(device, case, "accept").result["code"] == "not_your_role"
    change(server, "loket", roles=["front_desk"])
    answer = act(device, case, "accept")
    assert answer.result["status"] == "applied"
    assert answer.hello["person"]["roles"] == ["front_desk"]
    change(server, "loket", roles=["planner"])
    assert device.exchange().hello["person"]["roles"] == ["planner"]


def test_a_closed_account_hands_over_what_waits_and_is_wiped(server: Server, guest: Device) -> None:
    case = file(server, guest)
    add(server, "survei", "surveyor", scopes=("office:distaru",))
    device = device_of(server, "survei")
    device.pull()
    device.exchange(health={"waiting": 1})
    closed = disable(server, "survei")
    assert (closed.devices, closed.waits) == (1, 1)
    line = device.command("case.act", case, {"action": "report_visit", "form": {}})
    answer = device.exchange(line)
    assert (answer.hello["wipe"], answer.hello.get("scopes")) == (True, None)
    assert (answer.result["status"], answer.result["code"]) == ("quarantined", "device_revoked")
    assert device.held == {}
    (item,) = quarantine.items(server.engine)
    assert item.case == case
    assert bytes(server.rows("SELECT payload FROM command WHERE status = 'quarantined'")[0].payload) == line
    assert signs_in(server, "survei", PASSWORD) == 401
    headers = {"Authorization": f"Bearer {device.token}"}
    assert server.app.test_client().get("/api/v1/me", headers=headers).status_code == 401


def test_a_device_that_was_out_for_weeks_hands_over_after_the_account_was_opened_again_too(
    server: Server, guest: Device
) -> None:
    add(server, "survei", "surveyor", scopes=("office:distaru",))
    device = device_of(server, "survei")
    device.exchange()
    disable(server, "survei")
    closing.enable(server.engine, server.world.sources, "survei", "cli")
    server.clock.move(days=20)
    assert device.exchange(device.command("case.edit", device.instance, {})).result["code"] == "device_revoked"
    assert signs_in(server, "survei", PASSWORD) == 201, "and its person comes in anew"
    assert device.exchange().hello["wipe"] is True
    for again, word in ((disable, "closed already"), (closing.enable, "is open")):
        if again is disable:
            disable(server, "survei")
            with pytest.raises(Conflict, match=word):
                disable(server, "survei")
        else:
            closing.enable(server.engine, server.world.sources, "survei", "cli")
            with pytest.raises(Conflict, match=word):
                closing.enable(server.engine, server.world.sources, "survei", "cli")


def test_nothing_that_was_begun_outlasts_a_closing(server: Server) -> None:
    add(server, "admin", "admin")
    person = add(server, "survei", "surveyor")
    code, _ = invitations.invite(server.engine, server.world.sources, "survei")
    assert disable(server, "survei").invitations == 1
    closing.enable(server.engine, server.world.sources, "survei", "cli")
    post = server.app.test_client().post
    assert post("/api/v1/enrolments", json={"code": code}).get_json()["code"] == "invitation_revoked"
    # An account that was closed before devices were taken back with it.
    device = device_of(server, "survei")
    server.execute("UPDATE person SET disabled = '2026-03-16T00:00:00Z' WHERE id = :id", id=person)
    closing.enable(server.engine, server.world.sources, "survei", "cli")
    assert device.exchange().hello["wipe"] is True


def test_who_signs_in_while_the_account_is_closed_is_not_let_in(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    from server.access import accounts

    add(server, "survei", "surveyor")
    real = accounts.recognised

    def recognised_just_before(world: Services, *args: Any) -> tuple[str, str]:
        found = real(world, *args)
        disable(server, "survei")
        return found

    monkeypatch.setattr(accounts, "recognised", recognised_just_before)
    assert signs_in(server, "survei", PASSWORD) == Forbidden.status
    assert server.rows("SELECT * FROM device") == []


# ---- Passwords ----


def test_a_password_is_made_up_told_once_and_nothing_else_changes(server: Server) -> None:
    add(server, "survei", "surveyor")
    device = device_of(server, "survei")
    done = set_password(server, "survei")
    assert done.told is not None and len(done.told) == 23
    assert (signs_in(server, "survei", PASSWORD), signs_in(server, "survei", done.told)) == (401, 201)
    assert device.exchange().hello.get("wipe") is not True, "what waits on a device goes on by itself"
    assert done.told not in str(noted(server)) + str(server.rows("SELECT * FROM person"))
    assert set_password(server, "survei").told != done.told


def test_a_given_password_must_be_one_and_may_take_the_devices_along(server: Server) -> None:
    add(server, "survei", "surveyor")
    device = device_of(server, "survei")
    for wrong in ("", "pendek", "survei12345"):
        with pytest.raises(Invalid) as caught:
            set_password(server, "survei", wrong)
        assert "password" in caught.value.extra["problems"]
    assert signs_in(server, "survei", PASSWORD) == 201
    done = set_password(server, "survei", OTHER, revoke=True)
    assert (done.told, done.devices) == (None, 2)
    assert device.exchange().hello["wipe"] is True
    assert signs_in(server, "survei", OTHER) == 201


def test_who_was_slowed_down_may_come_in_with_the_new_password(server: Server) -> None:
    add(server, "survei", "surveyor")
    for _ in range(10):
        signs_in(server, "survei", "salah terus")
    assert signs_in(server, "survei", PASSWORD) == 429
    assert signs_in(server, "survei", set_password(server, "survei").told or "") == 201


# ---- Never without an admin ----


@pytest.mark.parametrize("way", ["disable", "roles"])
def test_the_last_admin_stays(server: Server, way: str) -> None:
    add(server, "admin", "admin", "planner")
    other = add(server, "lain", "admin")
    ways: dict[str, Callable[[str], object]] = {
        "disable": lambda login: disable(server, login),
        "roles": lambda login: change(server, login, roles=["planner"]),
    }
    ways[way]("lain")
    with pytest.raises(Conflict, match="last admin") as caught:
        ways[way]("admin")
    assert "admin terakhir" in caught.value.extra["text"].id
    assert people.person(server.engine, "admin").roles == ("admin", "planner")
    assert change(server, "admin", roles=["admin", "signer"]) == ("roles",), "what else they do may change"
    if way == "disable":
        closing.enable(server.engine, server.world.sources, other, "cli")
    else:
        change(server, "lain", roles=["admin"])
    ways[way]("admin")


def test_nobody_shuts_themselves_out(server: Server) -> None:
    mine = add(server, "admin", "admin")
    add(server, "lain", "admin")
    for way in (lambda: disable(server, "admin", mine), lambda: change(server, "admin", mine, roles=["planner"])):
        with pytest.raises(Conflict, match="themselves"):
            way()
    assert people.person(server.engine, "admin").disabled is None


def _both_close_each_other(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each comes as far as the other before either is held off, round after round."""
    first, second = add(server, "satu", "admin"), add(server, "dua", "admin")
    together, real = Barrier(2), admins.hold

    def hold(connection: Any) -> None:
        if server.engine.dialect.name == "postgresql":
            together.wait(20)
        real(connection)

    monkeypatch.setattr(admins, "hold", hold)

    def close(who: str, whom: str) -> str:
        try:
            disable(server, whom, who)
        except Conflict as refused:
            return refused.detail
        return "done"

    for _ in range(5):
        with ThreadPoolExecutor(2) as pool:
            told = sorted(pool.map(close, (first, second), (second, first)))
        assert told[0] == "done" and "last admin" in told[1], told
        assert server.rows("SELECT count(*) FROM person WHERE disabled IS NULL") == [(1,)]
        server.execute("UPDATE person SET disabled = NULL")


def test_of_two_admins_who_close_each_other_one_stays(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    _both_close_each_other(server, monkeypatch)


def test_of_two_admins_who_close_each_other_on_postgresql_one_stays(
    make_server: Callable[..., Server], postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _both_close_each_other(make_server(database=postgres_url), monkeypatch)
