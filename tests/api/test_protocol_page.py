"""What docs/protocol.md says, where somebody who wrote a client from it alone found the server to do otherwise."""

import json

from server.access import throttle
from tests.conftest import Server

from .conftest import Make
from .device import Device, new_id
from .filing import act, application, edit, file


def test_a_late_action_never_names_the_applicant(server: Server, guest: Device, staff: Make) -> None:
    """The office must not learn who an anonymous reporter is, whatever it asks."""
    name = "Pelapor Rahasia"
    signed_up = server.app.test_client().post(
        "/api/v1/accounts", json={"login": "rahasia", "password": "kata sandi panjang", "name": name}
    )
    assert signed_up.json is not None
    reporter = Device(server.app, signed_up.json["token"], guest=False)
    case = file(server, reporter, "lapor", anonymous="office")
    officer = staff("complaint_officer", scopes=("office:diskominfo",))
    officer.pull()
    refused = act(officer, case, "resolve").result
    assert refused["code"] == "wrong_stage"
    assert refused["details"]["by"] == "owner"
    withdrawn = act(reporter, case, "withdraw")
    assert withdrawn.result["status"] == "applied"
    assert name not in json.dumps(act(officer, case, "dispatch").lines)


def test_a_control_line_that_cannot_be_read_is_a_problem_and_no_command(guest: Device) -> None:
    many = {"t": "fetch", "ids": [new_id() for _ in range(1_001)]}
    refused = guest.post(guest.body([], many))
    assert refused.status_code == 400
    assert refused.json is not None
    assert "ids" in refused.json["detail"]


def test_a_line_of_an_unknown_type_is_set_aside_like_a_command(server: Server, guest: Device) -> None:
    answer = guest.exchange(b'{"t":"wish","seq":1,"text":"a lamp"}')
    assert (answer.result["status"], answer.result["code"]) == ("quarantined", "malformed")
    assert b"a lamp" in server.rows("SELECT payload FROM command")[0].payload


def test_a_large_limit_and_a_broken_health_stop_nothing(guest: Device) -> None:
    guest.take(guest.exchange())
    for odd in ({"limit": 99_999}, {"health": {"waiting": "x"}}, {"health": "fine"}, {"cursor": "x" * 5_000}):
        assert guest.exchange(edit(guest, new_id(), {"name": "x"}), **odd).result["status"] == "applied", odd


def test_only_a_submitted_case_has_a_number_in_its_result(server: Server, guest: Device) -> None:
    case = new_id()
    first = edit(guest, case, {"street": "Jalan Baru"})
    second = guest.command("case.act", case, {"action": "submit"} | application(server), after=1)
    results = guest.exchange(first, second).results
    if results[1]["status"] == "applied":
        assert "number" in results[1]
    assert "number" not in results[0]


def test_an_edit_that_says_nothing_new_changes_nothing(guest: Device) -> None:
    case = new_id()
    guest.exchange(edit(guest, case, {"street": "Jalan Baru"}))
    again = guest.exchange(edit(guest, case, {"street": "Jalan Baru"}))
    assert again.result["status"] == "applied"
    assert guest.held[case]["v"] == 1


def test_an_officer_does_not_take_over_a_guests_cases(server: Server, guest: Device) -> None:
    case = new_id()
    guest.exchange(edit(guest, case, {"street": "Jalan Baru"}))
    server.staff("planner")
    login = server.rows("SELECT login FROM person WHERE kind = 'staff'")[0].login
    refused = server.app.test_client().post(
        "/api/v1/devices",
        json={"login": login, "password": "kata sandi panjang"},
        headers={"Authorization": f"Bearer {guest.token}"},
    )
    assert refused.status_code == 409
    assert case in guest.held


def test_where_a_complaint_went_stands_on_it(server: Server, guest: Device, staff: Make) -> None:
    """Routed by hand to the very office complained about, it goes elsewhere, and the case says where."""
    city = server.city.service("lapor")
    assert city.routes is not None
    accused = next(o for o in city.routes.table.values() if o not in {city.office, city.routes.instead})
    case = file(server, guest, "lapor", category="officials", accused_office=accused, anonymous="no")
    officer = staff("complaint_officer", scopes=tuple({f"office:{o.code}" for o in server.city.offices}))
    officer.pull()
    assert act(officer, case, "dispatch", form={"office": accused}).result["status"] == "applied"
    guest.pull()
    record = guest.held[case]
    assert record["office"] != accused
    assert record["forms"]["dispatch"]["office"] == record["office"]


def test_a_village_behind_one_address_can_still_sign_in(server: Server) -> None:
    """Ten wrong passwords of one person do not lock everybody else out."""
    server.staff("planner")
    login = server.rows("SELECT login FROM person WHERE kind = 'staff'")[0].login
    client = server.app.test_client()
    for number in range(throttle.MOST + 5):
        client.post("/api/v1/devices", json={"login": f"orang{number}", "password": "bukan ini"})
    done = client.post("/api/v1/devices", json={"login": login, "password": "kata sandi panjang"})
    assert done.status_code == 201


def test_the_value_that_was_shown_is_the_one_chosen(guest: Device) -> None:
    """Two values are kept beside the field; who saw the first one and chose it gets that one, not the newest."""
    case = new_id()
    guest.exchange(edit(guest, case, {"street": "Jalan Satu"}))
    for street in ("Jalan Dua", "Jalan Tiga"):
        assert guest.exchange(edit(guest, case, {"street": street})).result["code"] == "both_kept"
    data = {"field": "street", "take": "theirs"}
    missing = guest.exchange(guest.command("case.choose", case, data | {"value": "Jalan Lain"}))
    assert missing.result["code"] == "nothing_to_choose"
    guest.exchange(guest.command("case.choose", case, data | {"value": "Jalan Dua"}))
    assert guest.held[case]["fields"]["street"] == "Jalan Dua"
    assert "conflicts" not in guest.held[case]
