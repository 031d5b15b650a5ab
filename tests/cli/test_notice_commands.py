"""`tenggat-server template` and `tenggat-server notice`, as an administrator types them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from server.cli import main
from server.notices import sending, walking
from tests.api.device import Device
from tests.api.filing import file
from tests.conftest import Server
from tests.notices.office import post_office

Run = Callable[..., str]


@pytest.fixture
def run(server: Server, tmp_path: Path) -> Run:
    """Types one command at the server's city; what it said, both ways."""

    def typed(*words: str, exits: int = 0, smtp: str = "", answer: str | None = None) -> str:
        environment = {"TENGGAT_SMTP_URL": smtp or None}
        result = CliRunner().invoke(
            main, ["--data", str(tmp_path / "data"), *words], env=environment, input=answer, catch_exceptions=False
        )
        assert result.exit_code == exits, result.output
        return result.output

    return typed


def test_a_text_from_its_first_word_to_its_retirement(run: Run) -> None:
    assert "there are no texts yet" in run("template", "list")
    assert "sudah-diteruskan: officers' devices have it" in run(
        "template", "add", "Sudah diteruskan", "-", "--service", "lapor", "--action", "answer",
        answer="Sudah kami teruskan.\n",
    )  # fmt: skip
    assert "(lapor; answer)" in run("template", "list")
    assert "version 2" in run("template", "change", "sudah-diteruskan", "--text", "Sudah.", "--everywhere")
    assert "nothing changed" in run("template", "change", "sudah-diteruskan")
    shown = run("template", "show", "sudah-diteruskan")
    assert shown.index("Sudah.") < shown.index("Sudah kami teruskan.")
    assert "(all services; all actions)" in shown
    assert "offered no more" in run("template", "retire", "sudah-diteruskan")
    assert json.loads(run("template", "list", "--json")) == []
    [held] = json.loads(run("template", "list", "--all", "--json"))
    assert (held["retired"], held["version"]) == (True, 3)
    assert len(json.loads(run("template", "show", "sudah-diteruskan", "--json"))) == 3


def test_what_cannot_be_is_said_in_a_line(run: Run) -> None:
    assert "bulan" in run("template", "add", "A", "b", "--service", "bulan", exits=1)
    assert "there is no text" in run("template", "change", "tidak-ada", exits=1)
    assert "there is no text" in run("template", "retire", "tidak-ada", exits=1)
    assert "say which" in run("notice", "retry", exits=1)
    assert "nothing of this key" in run("notice", "retry", "tidak-ada", exits=1)
    assert "no member of staff" in run("notice", "address", "siapa", "a@kota.example", exits=1)
    assert "no e-mail address" in run("notice", "test", "bukan alamat", exits=1)
    assert "TENGGAT_SMTP_URL" in run("notice", "test", "a@kota.example", exits=1)
    assert "TENGGAT_SMTP_URL" in run("notice", "test", "a@kota.example", exits=1, smtp="http://kota")


def test_a_notice_from_waiting_to_sent(server: Server, run: Run) -> None:
    server.staff("front_desk")
    assert "there are no such notices" in run("notice", "list")
    assert "is told at loket@kota.example" in run("notice", "address", "petugas1", "loket@kota.example")
    with post_office() as post:
        server.world.smtp = post.url
        file(server, Device(server.app))
        walking.walk(server.world, server.clock())
        [waiting] = json.loads(run("notice", "list", "--state", "waiting", "--json"))
        assert (waiting["kind"], waiting["login"]) == ("due_soon", "petugas1")
        post.refuses["loket@kota.example"] = "550 5.1.1 nobody"
        sending.send(server.world, server.clock())
        failed = run("notice", "list", "--state", "failed")
        assert "550 5.1.1" in failed and "Due soon: KRK-2026-000001" in failed and waiting["key"] in failed
        assert "1 notices wait again" in run("notice", "retry", "--all")
        post.refuses.clear()
        sending.send(server.world, server.clock())
        assert "sent" in run("notice", "list")
        assert f"127.0.0.1:{post.port} took the letter" in run("notice", "test", "admin@kota.example", smtp=post.url)
        assert [letter.to for letter in post.letters] == ["loket@kota.example", "admin@kota.example"]
    assert "told nothing by mail" in run("notice", "address", "petugas1", "")
    assert [row.email for row in server.rows("SELECT email FROM person")] == [None, None]
    said = str(server.rows("SELECT action, details FROM audit"))
    assert "person.email" in said and "kota.example" not in said
