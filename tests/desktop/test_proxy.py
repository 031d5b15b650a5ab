"""A city that is reached through a proxy only, through the real program without its window: the system's proxy at
first, and another that somebody sets in the terminal while the program runs."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4
from wsgiref.simple_server import make_server

import pytest

from tests.conftest import Server
from tests.desktop.conftest import PIN, Refused
from tests.desktop.headless import PROFILE, ROOT, Headless
from tests.roadside import _QuietWsgi, _Wsgi, listening, proxy


@pytest.fixture
def city(server: Server) -> Iterator[str]:
    serving = make_server("127.0.0.1", 0, server.app, server_class=_Wsgi, handler_class=_QuietWsgi)
    with listening(serving):
        yield f"http://127.0.0.1:{serving.server_port}"


def terminal(home: Path, *command: str) -> str:
    """What `tenggat` says to this, beside the program that runs."""
    beside = {
        "PYTHON_KEYRING_BACKEND": "tests.keyrings.FileKeyring",
        "TENGGAT_TEST_KEYRING": str(home.parent / "keyring.json"),
        "TENGGAT_HOME": str(home),
    }
    asked = [sys.executable, "-m", "client.start", "--profile", PROFILE, "--pin-stdin", *command]
    done = subprocess.run(asked, input=f"{PIN}\n", env=os.environ | beside, cwd=ROOT, text=True, capture_output=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def waits(program: Headless) -> int:
    found: dict[str, Any] = program.desk("status")
    return int(found["waiting"])


def test_the_systems_proxy_and_one_that_is_set_meanwhile(server: Server, city: str, tmp_path: Path) -> None:
    home = tmp_path / "laptop" / "home"
    with proxy() as first, proxy() as second:
        where = dict.fromkeys(("http_proxy", "HTTP_PROXY"), f"http://127.0.0.1:{first.server_port}")
        with Headless(home, **where, no_proxy="", NO_PROXY="") as program:
            program.enter()
            program.gate("make", title="Warga", secret=PIN, server=city)
            assert program.desk("city")
            case = str(uuid4())
            program.desk("edit", case, {"title": "Lewat proxy pertama"}, "lapor")
            program.desk("sync")
            assert waits(program) == 0 and any("/api/v1/sync" in passed for passed in first.passed)
            # The road breaks: what is typed stays, and it is said that it is the proxy that does not answer.
            first.wants = "Basic nobody"
            program.desk("edit", case, {"title": "Lewat proxy kedua"})
            with pytest.raises(Refused) as refused:
                program.desk("sync")
            assert refused.value.code == "proxy_trouble" and waits(program) == 1
            assert str(second.server_port) in terminal(home, "proxy", f"http://127.0.0.1:{second.server_port}")
            program.desk("sync")
            assert waits(program) == 0 and any("/api/v1/sync" in passed for passed in second.passed)
    [(state,)] = server.rows("SELECT state FROM case_record WHERE id = :id", id=case)
    assert "Lewat proxy kedua" in str(state)
