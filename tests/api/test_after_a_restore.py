"""What several people did to a case in the lost day comes back from each one's device, in whatever order they come by:
what builds on somebody else's waits for theirs, for some days."""

from typing import Any

import pytest

from server.backup.anew import begin_anew
from server.commands.batch import COMING
from server.store.database import writing
from tests.api.device import Device, new_id
from tests.api.filing import application
from tests.conftest import Server

Line = dict[str, Any]


@pytest.fixture
def guest(server: Server) -> Device:
    return Device(server.app)


@pytest.fixture
def officer(server: Server) -> Device:
    _, token = server.staff("complaint_officer", scopes=("office:diskominfo",))
    return Device(server.app, token, guest=False)


def _restored(server: Server, *devices: Device) -> None:
    with writing(server.engine) as connection:
        begin_anew(connection, server.city, "KEMBALI", None, server.clock())
    for device in devices:
        device.exchange()


def _report(server: Server, guest: Device) -> tuple[str, bytes]:
    case = new_id()
    return case, guest.command("case.act", case, {"action": "submit"} | application(server, "lapor"))


def _answer(device: Device, line: bytes) -> tuple[str, str | None]:
    result = device.exchange(line).result
    return result["status"], result.get("code")


def test_a_case_that_another_device_has_yet_to_bring_is_waited_for(
    server: Server, guest: Device, officer: Device
) -> None:
    case, report = _report(server, guest)
    passed_on = officer.command("case.act", case, {"action": "dispatch"}, base=1)
    answered = officer.command("case.act", case, {"action": "answer", "note": "Sudah dicatat."}, base=2, after=1)
    _restored(server, guest, officer)
    found = officer.exchange(passed_on, answered).results
    assert [(one["status"], one["code"]) for one in found] == [("retry", "missing_earlier")] * 2
    assert server.rows("SELECT * FROM command") == []
    assert _answer(guest, report) == ("applied", None)
    assert _answer(officer, passed_on) == ("applied", None)


def test_a_stage_that_another_device_has_yet_to_bring_is_waited_for_and_no_evidence_is_kept_twice(
    server: Server, guest: Device, officer: Device
) -> None:
    """A colleague passed it on, and this one answered; this one is back first."""
    case, report = _report(server, guest)
    guest.exchange(report)
    _, token = server.staff("complaint_officer", scopes=("office:diskominfo",))
    colleague = Device(server.app, token, guest=False)
    passed_on = colleague.command("case.act", case, {"action": "dispatch"}, base=1)
    forwarded = officer.command(
        "case.act", case, {"action": "forward", "form": {"office": "dpu"}, "note": "Bukan di sini."}, base=2
    )
    _restored(server, guest, officer, colleague)
    for _ in range(2):
        assert _answer(officer, forwarded) == ("retry", "missing_earlier")
    assert _answer(colleague, passed_on) == ("applied", None)
    assert _answer(officer, forwarded) == ("applied", None)
    guest.exchange()
    assert [step["action"] for step in guest.held[case]["steps"]] == ["submit", "dispatch", "forward"]


def test_what_never_comes_is_not_waited_for_for_ever(server: Server, guest: Device, officer: Device) -> None:
    case, _ = _report(server, guest)
    passed_on = officer.command("case.act", case, {"action": "dispatch"}, base=1)
    _restored(server, officer)
    server.clock.move(seconds=COMING.total_seconds() - 1)
    assert _answer(officer, passed_on) == ("retry", "missing_earlier")
    server.clock.move(seconds=1)
    assert _answer(officer, passed_on) == ("rejected", "no_such_case")


@pytest.mark.parametrize("restored", [True, False])
def test_nobody_learns_from_the_wait_which_cases_there_are(server: Server, guest: Device, restored: bool) -> None:
    """A case of others' is answered as one that is not there."""
    case, report = _report(server, guest)
    guest.exchange(report)
    other = Device(server.app)
    other.exchange()
    if restored:
        _restored(server, guest, other)
    for base in (1, 2, 0):
        theirs, none = (
            _answer(other, other.command("case.act", one, {"action": "withdraw"}, base=base))
            for one in (case, new_id())
        )
        assert theirs == none == (("retry", "missing_earlier") if restored and base else ("rejected", "no_such_case"))
