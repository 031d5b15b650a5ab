"""From `tenggat` to a window: what is asked for, what may be lacking, and that there is one window."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from client.cli import main
from client.cli.machine import Machine
from client.desktop import toolkit
from client.desktop.single import LOCK, PLACE, Single
from client.start import window_asked
from tests.desktop.conftest import Laptop
from tests.keyrings import QUICK, ring


@pytest.mark.parametrize(
    ("words", "profile"),
    [
        ([], ""),
        (["window"], ""),
        (["--profile", "loket"], "loket"),
        (["--profile=loket", "window"], "loket"),
        (["--profile"], None),
        (["--help"], None),
        (["list"], None),
        (["window", "--help"], None),
        (["--lang", "en"], None),
    ],
)
def test_only_what_asks_for_the_window_takes_the_short_way(words: list[str], profile: str | None) -> None:
    assert window_asked(words) == profile


def run(tmp_path: Path, *words: str) -> tuple[int, str]:
    machine = Machine(home=tmp_path, ring=ring(), cost=QUICK)
    environment = {"DISPLAY": None, "WAYLAND_DISPLAY": None, "TENGGAT_DEBUG": "1", "TENGGAT_LANG": None}
    result = CliRunner().invoke(main, list(words), obj=machine, env=environment)
    return result.exit_code, result.output


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there always is a screen")
def test_without_a_screen_it_says_so_and_shows_the_help(tmp_path: Path) -> None:
    status, said = run(tmp_path)
    assert status == 0 and "Tidak ada layar di sini" in said and "sign-in" in said
    status, said = run(tmp_path, "window")
    assert status == 1 and "Tidak ada layar di sini" in said and "sign-in" not in said
    assert "There is no screen here" in run(tmp_path, "--lang", "en", "window")[1]


def test_what_else_may_lack_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(toolkit, "screen", lambda: True)
    monkeypatch.setattr(toolkit, "found", lambda: False)
    assert "gir1.2-webkit2-4.1" in run(tmp_path, "window")[1]
    monkeypatch.setattr("client.desktop.lacking.LIBRARIES", ("no_such_library",))
    assert "tenggat[desktop]" in run(tmp_path, "window")[1]


def test_gi_of_another_python_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "gi", raising=False)
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    (tmp_path / "gi").mkdir()
    assert not toolkit.find_gi(tmp_path)
    (tmp_path / "gi" / "__init__.py").write_text("raise ImportError('built for another Python')")
    (tmp_path / "gi" / "_gi.cpython-27-x86_64-linux-gnu.so").touch()
    assert not toolkit.find_gi(tmp_path) and "gi" not in sys.modules


def test_the_second_program_shows_the_first_ones_window(laptop: Laptop) -> None:
    first, second = Single(laptop.home), Single(laptop.home)
    assert first.first() and not second.first()
    shown: list[bool] = []
    laptop.bridge.window._key = first.key
    laptop.bridge.show = lambda: shown.append(True)
    first.here(laptop.bridge.port)
    assert stat.S_IMODE((laptop.home / PLACE).stat().st_mode) == 0o600
    assert second.show_other("petugas-survei") and shown == [True]
    first.leave()
    assert not (laptop.home / PLACE).exists()
    assert second.show_other() is False, "nobody holds the place any more: the second one is the first"
    second.leave()


def test_one_that_does_not_answer_is_not_waited_for_forever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("client.desktop.single.PATIENCE", 0.2)
    first, second = Single(tmp_path), Single(tmp_path)
    assert first.first()
    for text in ("", "[]", '{"port": 1, "key": "x"}', '{"port": "no"}'):
        (tmp_path / PLACE).write_text(text)
        with pytest.raises(TimeoutError):
            second.show_other()
    first.leave()


def test_a_killed_program_holds_no_place(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from client.desktop.single import Single\n"
        f"s = Single(Path({str(tmp_path)!r})); assert s.first(); s.here(1); print('here', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stdout.readline() == b"here\n"
        second = Single(tmp_path)
        assert not second.first()
        process.kill()
        process.wait()
    assert second.first() and (tmp_path / LOCK).exists()
    second.leave()


def test_headless_serves_until_its_input_ends(tmp_path: Path) -> None:
    import requests

    command = [sys.executable, "-m", "client.desktop.headless", "--home", str(tmp_path / "home")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=dict(os.environ)) as process:
        assert process.stdin is not None and process.stdout is not None
        url = json.loads(process.stdout.readline())["url"]
        with requests.Session() as http:
            http.trust_env = False
            page = http.get(url, timeout=10)
            assert page.status_code == 200 and page.url == url.partition("/enter")[0] + "/"
            assert http.get(page.url + "gate", timeout=10).json()["profiles"] == []
        process.stdin.close()
        assert process.wait(20) == 0
