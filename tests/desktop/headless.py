"""The window's program without a window, in a process of its own that may be killed, and what a page asks of it."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import requests

from tests.desktop.conftest import PIN, Refused

PROFILE = "warga"
"""Of a profile with the title “Warga”."""
ROOT = Path(__file__).parents[2]


class Headless:
    """`home`: the folder of its profiles; its keyring lies beside that one. Starts at once."""

    def __init__(self, home: Path, module: str = "client.desktop.headless", **environment: str) -> None:
        self.home = home
        home.parent.mkdir(parents=True, exist_ok=True)
        temporary = home.parent / "tmp"
        temporary.mkdir(exist_ok=True)
        more = {
            "PYTHON_KEYRING_BACKEND": "tests.keyrings.FileKeyring",
            "TENGGAT_TEST_KEYRING": str(home.parent / "keyring.json"),
            "TMPDIR": str(temporary),
        }
        self._log = (home.parent / "headless.log").open("a")
        self.process = subprocess.Popen(
            [sys.executable, "-m", module, "--home", str(home)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, text=True, cwd=ROOT,
            env=os.environ | more | environment,
        )  # fmt: skip
        self.http = requests.Session()
        self.http.trust_env = False
        self.origin = ""

    def enter(self) -> None:
        """As the window does that it was started for. `requests.ConnectionError` where it was killed before that."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise requests.ConnectionError("it is no more")
        url = json.loads(line)["url"]
        self.origin = url.partition("/enter")[0]
        self.http.get(url, timeout=30).close()

    def opens(self, pin: str = PIN) -> None:
        """From the start to the profile that is on this computer."""
        self.enter()
        self.gate("open", profile=PROFILE, secret=pin)

    def gate(self, deed: str, **given: Any) -> Any:
        return self._post(f"/gate/{deed}", json.dumps(given).encode())

    def standing(self) -> Any:
        return self._told(self.http.get(f"{self.origin}/gate", timeout=60))

    def desk(self, method: str, *given: Any) -> Any:
        return self._post(f"/desk/{method}", json.dumps(given).encode())

    def keep(self, content: bytes, name: str) -> Any:
        return self._post(f"/desk/keep_file?{urlencode({'name': name, 'types': 'image', 'max_mb': 5})}", content)

    def file(self, case: str, attachment: str) -> bytes:
        asked = urlencode({"case": case, "attachment": attachment, "size": "original"})
        response = self.http.get(f"{self.origin}/desk/file?{asked}", timeout=60)
        return response.content if response.status_code == 200 else self._told(response)

    def _post(self, path: str, body: bytes) -> Any:
        return self._told(self.http.post(self.origin + path, data=body, headers={"X-Tenggat": "desk"}, timeout=60))

    def _told(self, response: requests.Response) -> Any:
        if response.status_code != 200:
            raise Refused(response.status_code, response.json())
        return response.json()

    def kill(self) -> None:
        if self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGKILL)

    def end(self) -> int:
        """In good order, unless it was killed; its exit status. Also twice."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.close()
        status = self.process.wait(60)
        self.process.stdout.close()
        self.http.close()
        self._log.close()
        return status

    def __enter__(self) -> "Headless":
        return self

    def __exit__(self, failed: object, *_: object) -> None:
        if failed:
            self.kill()
        self.end()
