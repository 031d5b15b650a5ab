"""A number that stands on somebody's receipt never comes to stand for another case, however old the database is that
was brought back, and whoever brought it."""

import gc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy.exc import DBAPIError

from server.backup.anew import LEAST, begin_anew, gap
from server.cli import main
from server.store.database import writing
from tests.api.device import Device, new_id
from tests.api.filing import application
from tests.backup.city import restore, take
from tests.conftest import Server

A_DAY, DAYS, MORE = 40, 30, 3_000
"""Complaints of a busy day; for how many days nothing was kept; how many numbers were given out on those."""


@pytest.fixture(params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest, make_server: Callable[..., Server]) -> Server:
    return make_server(database=request.getfixturevalue("postgres_url") if request.param == "postgresql" else None)


def _file(server: Server, cases: int = 1) -> str:
    """Complaints that come in one exchange; the number of the last."""
    guest = Device(server.app)
    data = {"action": "submit"} | application(server, "lapor")
    found = guest.exchange(*(guest.command("case.act", new_id(), data) for _ in range(cases))).results
    assert {one["status"] for one in found} == {"applied"}
    return str(found[-1]["number"])


def _command(server: Server, *words: str) -> str:
    """What a command says; its connections end here, as they would with its process."""
    done = CliRunner().invoke(main, [*server.told, *words])
    assert done.exit_code == 0, done.output
    gc.collect()
    return done.output


def _admin_is_in(server: Server) -> None:
    person, _ = server.staff("admin", scopes=())
    server.execute("INSERT INTO admin_session VALUES (:t, :p, '', '')", t=b"x" * 32, p=person)


@pytest.mark.parametrize(
    ("age", "busiest", "passed"),
    [
        (timedelta(hours=1), 0, LEAST),
        (timedelta(days=365), 0, LEAST),
        (timedelta(hours=1), 5_000, 15_000),
        (timedelta(days=1), 5_000, 15_000),
        (timedelta(days=1, seconds=1), 5_000, 30_000),
        (timedelta(days=30), 5_000, 450_000),
        (timedelta(days=-3), 5_000, 15_000),
    ],
)
def test_the_older_and_the_busier_the_more_is_passed_over(age: timedelta, busiest: int, passed: int) -> None:
    assert gap(age, busiest) == passed


def test_more_were_given_out_since_the_backup_than_the_least(server: Server, tmp_path: Path) -> None:
    _file(server, A_DAY)
    backup = take(server, tmp_path / "shelf")
    server.execute("UPDATE counter SET value = value + :n", n=MORE)
    server.clock.move(days=DAYS)
    lost = _file(server)
    passed = restore(backup, server, replace=True)
    assert _file(server) > lost, "the next one is nobody's yet"
    assert (passed["LPR"], passed["KRK"]) == (3 * DAYS * A_DAY, LEAST)


def test_a_database_that_its_own_tools_brought_back_tells_its_age_by_its_newest_change(server: Server) -> None:
    _file(server, A_DAY)
    server.clock.move(days=2)
    _file(server)
    server.clock.move(days=DAYS)
    with writing(server.engine) as connection:
        passed = begin_anew(connection, server.city, "BARU", None, server.clock())
    assert passed["LPR"] == 3 * DAYS * A_DAY
    assert _file(server) == f"LPR-2026-{A_DAY + 1 + passed['LPR'] + 1:06}"


def test_a_new_year_since_then_begins_behind_what_it_may_have_given_out(server: Server) -> None:
    _file(server, A_DAY)
    with writing(server.engine) as connection:
        passed = begin_anew(connection, server.city, "BARU", None, server.clock() + timedelta(days=365))
    counters = {row.name: row.value for row in server.rows("SELECT name, value FROM counter")}
    assert counters["LPR-2027"] == passed["LPR"] and counters["LPR-2026"] == A_DAY


def test_new_epoch_does_what_restore_does(server: Server) -> None:
    _file(server)
    _admin_is_in(server)
    server.execute("UPDATE feed SET at = :now", now=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    [before] = server.rows("SELECT epoch FROM feed_head")
    year = datetime.now(UTC).year
    server.execute("UPDATE counter SET name = :name", name=f"LPR-{year}")
    assert "LPR 1,000" in _command(server, "new-epoch", "--yes")
    assert server.rows("SELECT epoch FROM feed_head") != [before]
    assert server.rows("SELECT * FROM admin_session") == []
    assert server.rows("SELECT value FROM counter WHERE name = :n", n=f"LPR-{year}") == [(1 + LEAST,)]
    assert "KRK 12,345, LPR 12,345" in _command(server, "new-epoch", "--yes", "--pass-over", "12345")


def test_restore_passes_over_what_is_said(server: Server, tmp_path: Path) -> None:
    _file(server)
    _admin_is_in(server)
    take(server, tmp_path / "shelf")
    words = ["restore", str(tmp_path / "shelf"), "--replace", "--yes", "--pass-over", "1000000"]
    assert "LPR 1,000,000" in _command(server, *words)
    assert server.rows("SELECT * FROM admin_session") == []
    assert [row.value for row in server.rows("SELECT max(value) AS value FROM counter")] >= [1_000_000]


def test_a_city_whose_admins_did_something_can_be_replaced_and_its_log_is_guarded_again(
    server: Server, tmp_path: Path
) -> None:
    backup = take(server, tmp_path / "shelf")
    _admin_is_in(server)
    assert server.rows("SELECT count(*) FROM audit") != [(0,)]
    restore(backup, server, replace=True)
    assert server.rows("SELECT count(*) FROM audit") == [(0,)]
    _admin_is_in(server)
    for statement in ("DELETE FROM audit", "UPDATE audit SET person = ''"):
        with pytest.raises(DBAPIError, match="never changed"):
            server.execute(statement)
