"""The rows of a list: what the server sent, with what this device did laid over it."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import msgspec

from client.rows import julian, rows
from client.store import Store
from schemas.record import CaseRecord, Step
from sync.messages import Result, Status, Welcome
from tests.unit.client.conftest import ME, NOW, Bench

OTHER = "00000000-0000-4000-8000-00000000000"


def listed(bench: Bench) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(rows(bench.store, bench.city))
    return found


def case(bench: Bench, n: int, **given: Any) -> CaseRecord:
    return bench.record(id=f"{OTHER}{n}", **given)


def test_the_nearest_date_comes_first_then_what_was_touched_last(bench: Bench) -> None:
    step = Step("submit", "completeness", "2026-03-18T02:00:00Z", ME, "owner")
    bench.arrive(
        case(bench, 1, due="2026-05-01", title="satu"),
        case(bench, 2, created="2026-03-10T02:00:00Z"),
        case(bench, 3, due="2026-04-01", opened=NOW, number="KRK-2026-000003", district="tugu", office="distaru"),
        case(bench, 4, created="2026-03-10T02:00:00Z", steps=(step,)),
    )
    found = listed(bench)
    assert [row["id"][-1] for row in found] == ["3", "1", "4", "2"]
    assert found[0] == {
        "id": f"{OTHER}3", "service": "krk", "number": "KRK-2026-000003", "stage": "draft", "office": "distaru",
        "district": "tugu", "due": "2026-04-01", "title": "", "opened": True, "conflicts": 0, "mine": True,
        "waiting": 0, "refused": 0, "touched": NOW,
    }  # fmt: skip
    assert found[1]["title"] == "satu" and found[1]["opened"] is False and found[2]["touched"] == step.at


def test_what_is_of_an_office_is_not_mine(bench: Bench) -> None:
    bench.arrive(case(bench, 1, scopes=("office:distaru",)), case(bench, 2), scopes=["office:distaru", f"person:{ME}"])
    assert {row["id"][-1]: row["mine"] for row in listed(bench)} == {"1": False, "2": True}


def test_drafts_and_what_waits_are_among_them(bench: Bench) -> None:
    bench.arrive(case(bench, 1, fields={"name": "Tetangga"}, title="lama", due="2026-04-01"))
    draft = bench.desk.new("krk", {"name": "Warga"})
    bench.desk.edit(f"{OTHER}1", {"street": "Jl. Baru"})
    first, second = listed(bench)
    assert first["id"] == f"{OTHER}1" and first["waiting"] == 1
    assert first["title"] == bench.city.service("krk").title_of({"name": "Tetangga", "street": "Jl. Baru"})
    assert julian(first["touched"]) > julian(NOW)
    assert second["id"] == draft and second["service"] == "krk" and second["mine"] and second["stage"] == "draft"
    bench.send(Status.REJECTED)
    assert [(row["waiting"], row["refused"]) for row in listed(bench)] == [(0, 1), (0, 1)]


def test_what_was_received_before_its_record_came_is_still_there(bench: Bench) -> None:
    case_id = bench.desk.new("krk", {"name": "Warga"})
    device = bench.store.take()
    bench.hear(device, now="2026-03-16T02:00:00Z")
    device = bench.store.take()
    result = Result(device.seqs[0], Status.APPLIED, case=case_id, version=1, number="KRK-2026-000001")
    welcome = {"protocol": 1, "epoch": "e1", "now": "2026-03-16T03:00:00Z", "highest": 1, "catalogue": "c"}
    bench.store.apply_answers(device, Welcome(**welcome, scopes=[f"person:{ME}"]), [result])
    [row] = listed(bench)
    assert row["id"] == case_id and row["waiting"] == 0
    picture = bench.desk.case(case_id)
    assert picture.number == "KRK-2026-000001" and picture.fields == {"name": "Warga"} and not picture.unsent
    bench.arrive(bench.record(id=case_id, fields={"name": "Warga"}))
    assert bench.desk.case(case_id).received == () and len(listed(bench)) == 1


def test_without_a_catalogue_there_are_rows_all_the_same(bench: Bench) -> None:
    bench.desk.new("krk", {"name": "Warga"})
    assert json.loads(rows(bench.store, None))[0]["title"] == ""


def test_records_of_before_are_listed_as_well(tmp_path: Path, bench: Bench) -> None:
    path = tmp_path / "old.sqlite"
    folder = Path(__file__).parents[3] / "client" / "store"
    old = sqlite3.connect(path)
    for name in ("schema.sql", "files.sql"):
        old.executescript((folder / name).read_text(encoding="utf-8"))
    old.execute("PRAGMA user_version = 2")
    step = Step("submit", "completeness", "2026-03-18T02:00:00Z", ME, "owner")
    lines = [
        msgspec.json.encode(bench.record(id=f"{OTHER}1", opened=NOW, steps=(step,))),
        msgspec.json.encode(bench.record(id=f"{OTHER}2")),
        b"damaged",
    ]
    for n, line in enumerate(lines, 1):
        old.execute(
            "INSERT INTO record VALUES (?, 'case', 1, 0, 0, 0, 'krk', NULL, 'draft', '', NULL, NULL, '', 0, ?)",
            (f"{OTHER}{n}", line),
        )
    old.commit()
    old.close()
    store = Store(path)
    found = {row["id"][-1]: (row["opened"], row["touched"]) for row in json.loads(rows(store, bench.city))}
    assert found == {"1": (True, step.at), "2": (False, NOW), "3": (False, "")}
    store.close()
