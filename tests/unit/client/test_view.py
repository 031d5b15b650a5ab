"""The picture of a case: the server's record with this device's own commands laid over it, each told apart."""

from client.view import local_case
from schemas.catalogue.model import DRAFT, City
from sync.messages import Status
from tests.unit.client.conftest import Bench


def test_what_waits_lies_over_what_is_known_and_is_named(bench: Bench) -> None:
    record = bench.record(fields={"name": "Tetangga", "street": "Jl. A"})
    bench.arrive(record)
    bench.desk.edit(record.id, {"name": "Warga", "street": None, "rt_rw": "1/2"})
    case = bench.desk.case(record.id)
    assert case.fields == case.expected == {"name": "Warga", "rt_rw": "1/2"}
    assert case.unsent == {"name", "street", "rt_rw"} and not case.moved and case.version == 1


def test_what_was_refused_is_still_shown_but_not_expected(bench: Bench) -> None:
    record = bench.record(fields={"name": "Tetangga"})
    bench.arrive(record)
    bench.desk.edit(record.id, {"name": "Warga"})
    bench.send(Status.REJECTED)
    case = bench.desk.case(record.id)
    assert case.fields == {"name": "Warga"} and case.expected == {"name": "Tetangga"} and case.unsent == {"name"}
    assert case.last is None and len(case.refused) == 1


def test_a_stage_is_expected_only_from_actions_that_fit(bench: Bench) -> None:
    case_id = bench.draft()
    bench.desk.submit(case_id)
    assert bench.desk.case(case_id).stage == "completeness" and bench.desk.case(case_id).moved
    bench.desk.act(case_id, "withdraw")
    assert bench.desk.case(case_id).stage == "withdrawn"
    with bench.store.transaction():
        bench.store.outbox.add("case.act", case_id, {"action": "accept"}, bench.store.stamp(), 0)
        bench.store.outbox.add("case.act", case_id, {"action": "unheard_of"}, bench.store.stamp(), 0)
    assert bench.desk.case(case_id).stage == "withdrawn"


def test_nothing_known_or_an_unknown_service_is_no_case(bench: Bench, city: City) -> None:
    assert local_case("x", city, None, ()) is None
    assert local_case("x", city, bench.record(service="pajak"), ()) is None
    case = local_case("x", city, bench.record(), ())
    assert case is not None and case.stage == DRAFT and case.number is None
