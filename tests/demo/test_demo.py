"""The demonstration tells the truth, and would not keep quiet about a lie."""

import subprocess
import sys

import pytest

from tests.demo import telling


def test_every_sentence_of_the_demonstration_is_true() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.demo"], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "UNTRUE" not in done.stdout
    assert "Every command was applied once." in done.stdout


def test_one_untrue_sentence_fails_it(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(telling, "_untrue", [])
    telling.check(False, "The moon is a permit.")
    with pytest.raises(SystemExit) as stopped:
        telling.end()
    assert stopped.value.code == 1
    assert "UNTRUE" in capsys.readouterr().out
