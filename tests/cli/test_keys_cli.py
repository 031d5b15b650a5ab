"""tenggat-server keys: what there is, another pair, and the end of old ones."""

import json
from collections.abc import Callable

import pytest
from click.testing import CliRunner

from server.cli import main
from tests.conftest import Server

Run = Callable[..., str]


@pytest.fixture
def run(server: Server, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`tenggat-server keys`, on the server of this test."""
    monkeypatch.setattr("server.cli.keys.open_city", lambda _settings: server.world)

    def keys(*words: str, typed: str = "", exits: int = 0) -> str:
        done = CliRunner().invoke(main, ["keys", *words], input=typed)
        assert done.exit_code == exits, done.output
        return done.output

    return keys


def test_looking_at_them_makes_none(run: Run, server: Server) -> None:
    """Who looks may be another than the server's own user, who could then not read them."""
    assert "none yet" in run("list") and json.loads(run("list", "--json")) == []
    assert "none to forget" in run("forget", "--all", "--yes")
    assert not server.world.keys.folder.exists()


def test_what_an_earlier_one_left_is_deleted_where_there_are_none_to_forget(run: Run, server: Server) -> None:
    run("renew", "--yes")
    [half] = server.world.keys.folder.glob("sign.*.key")
    half.unlink()
    assert "what was left of earlier ones on the disk is deleted" in run("forget", "--all")
    assert {path.name for path in server.world.keys.folder.iterdir()} == {"seal.key", "sign.key"}


def test_renewed_listed_and_forgotten(run: Run, server: Server) -> None:
    server.world.keys.make()
    [first] = json.loads(run("list", "--json"))
    assert first["renewed"] is None and f"{first['id']}  made" in run("list") and "in use" in run("list")
    run("renew", typed="n\n", exits=1)
    assert server.world.keys.used.id == first["id"], "who says no renews nothing"
    told = run("renew", "--yes")
    second, former = json.loads(run("list", "--json"))
    assert former["id"] == first["id"] and former["renewed"] == "2026-03-16T02:00:00Z" and second["id"] in told
    server.clock.move(days=40)
    run("renew", typed="y\n")
    assert "none to forget" in run("forget", "--before", "2026-03-16", "--yes")
    run("forget", "--before", "2026-04-01", typed="n\n", exits=1)
    assert len(server.world.keys.pairs) == 3
    told = run("forget", "--before", "2026-04-01", typed="y\n")
    assert first["id"] in told and second["id"] not in told and "becomes unreadable" in told
    assert "update it first" in told
    assert [pair.id for pair in server.world.keys.pairs[1:]] == [second["id"]]
    run("forget", "--all", "--yes")
    assert len(server.world.keys.pairs) == 1
    noted = [row.action for row in server.rows("SELECT action FROM audit ORDER BY pos")]
    assert noted == ["keys.renew", "keys.renew", "keys.forget", "keys.forget"]


def test_a_day_begins_in_the_city(run: Run, server: Server) -> None:
    server.clock.move(hours=15, minutes=30)
    run("renew", "--yes")
    assert server.clock().isoformat() == "2026-03-16T17:30:00+00:00", "half past midnight of the 17th in Semarang"
    assert "none to forget" in run("forget", "--before", "2026-03-17", "--yes")
    assert server.world.keys.used.id not in run("forget", "--before", "2026-03-18", "--yes")


@pytest.mark.parametrize("words", [(), ("--all", "--before", "2026-03-16")])
def test_which_are_to_go_must_be_said(run: Run, words: tuple[str, ...]) -> None:
    assert "one of them" in run("forget", *words, exits=1)
