"""One upload, two processes: requests alternate between them, and neither holds more of the file than a piece."""

import hashlib
import http.client
import os
import random
import sys
import time
from pathlib import Path

import pytest

from tests.api.sending import MEDIA, coded
from tests.browser.serving import ServerProcess
from tests.uploads.conftest import MB, Parcel, packed

MOST_MEMORY = 24 * MB
"""What a process may grow by while 50 MB go through it: pieces, the network's buffers, and what was not used before."""


def _ask(
    port: int, method: str, path: str, parcel: Parcel, body: bytes = b"", **headers: str
) -> http.client.HTTPMessage:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        told = {"Tus-Resumable": "1.0.0", "Authorization": f"Bearer {parcel.device.token}"}
        told |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, told)
        response = connection.getresponse()
        said = response.read()
        assert response.status < 300, (response.status, said)
        return response.headers
    finally:
        connection.close()


def _begin(port: int, parcel: Parcel) -> str:
    ids = f"case {coded(parcel.case)},attachment {coded(parcel.attachment)}"
    headers = _ask(port, "POST", "/api/v1/uploads", parcel, Upload_Length=str(len(parcel.content)), Upload_Metadata=ids)
    return str(headers["Location"])


def _patch(port: int, upload: str, parcel: Parcel, at: int, n: int) -> int:
    headers = _ask(
        port, "PATCH", upload, parcel, parcel.content[at : at + n], Content_Type=MEDIA, Upload_Offset=str(at)
    )
    return int(headers["Upload-Offset"])


def _memory(server: ServerProcess) -> dict[int, int]:
    """The most that each process of this server ever held, in bytes, by its id."""
    assert server._process is not None
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if os.getpgid(int(folder.name)) != server._process.pid:
                continue
            status = (folder / "status").read_text()
        except OSError:
            continue
        for line in status.splitlines():
            if line.startswith("VmHWM:"):
                found[int(folder.name)] = int(line.split()[1]) * 1024
    return found


def test_requests_that_alternate_between_two_processes(servers: list[ServerProcess], tmp_path: Path) -> None:
    parcel = packed(tmp_path, servers[0].port, 3 * MB)
    chance, at = random.Random(3), 0
    upload = _begin(servers[0].port, parcel)
    for number in range(1_000):
        port = servers[number % 2].port
        assert int(_ask(port, "HEAD", upload, parcel)["Upload-Offset"]) == at
        at = _patch(port, upload, parcel, at, chance.randrange(1, 300_000))
        if at == len(parcel.content):
            break
    assert number > 10
    for server in servers:
        assert hashlib.sha256(parcel.fetched(server.port)).hexdigest() == parcel.sha256


@pytest.mark.skipif(sys.platform != "linux", reason="how much memory a process held is read from Linux's /proc")
def test_memory_stays_flat(servers: list[ServerProcess], tmp_path: Path) -> None:
    small = packed(tmp_path, servers[0].port, MB, seed=5)
    assert _patch(servers[0].port, _begin(servers[0].port, small), small, 0, MB) == MB
    small.fetched(servers[0].port)
    before = _memory(servers[0])
    parcel = packed(tmp_path, servers[0].port, 50 * MB, seed=4)
    begun = time.perf_counter()
    assert _patch(servers[0].port, _begin(servers[0].port, parcel), parcel, 0, 50 * MB) == 50 * MB
    took = time.perf_counter() - begun
    assert len(parcel.fetched(servers[0].port)) == 50 * MB
    after = _memory(servers[0])
    assert set(before) == set(after), "no process died of it"
    grown = {process: after[process] - held for process, held in before.items()}
    print(f"50 MB in {took:.2f} s; held before {[n // MB for n in before.values()]} MB, grown by {[*grown.values()]}")
    assert 0 <= max(grown.values()) < MOST_MEMORY


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux is asked to watch, and shows it in /proc")
def test_a_connection_whose_phone_is_gone_is_watched(servers: list[ServerProcess], tmp_path: Path) -> None:
    """The kernel's keepalive timer (2 in /proc/net/tcp) runs on the connection of an upload that hangs."""
    parcel = packed(tmp_path, servers[0].port, MB)
    upload = _begin(servers[0].port, parcel)
    assert _patch(servers[0].port, upload, parcel, 0, 1_000) == 1_000
    hanging = http.client.HTTPConnection("127.0.0.1", servers[0].port, timeout=60)
    headers = {
        "Tus-Resumable": "1.0.0", "Authorization": f"Bearer {parcel.device.token}", "Content-Type": MEDIA,
        "Upload-Offset": "1000", "Content-Length": str(MB - 1_000),
    }  # fmt: skip
    hanging.request("PATCH", upload, parcel.content[1_000:2_000], headers)
    try:
        mine = f":{hanging.sock.getsockname()[1]:04X}"
        rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()]
        (timer,) = [row[5] for row in rows if row[2].endswith(mine)]
        assert timer.startswith("02:")
        assert int(timer[3:], 16) <= 6_100, "hundredths of a second: a minute, not the kernel's two hours"
        # The one that hangs holds up nobody.
        assert _patch(servers[1].port, upload, parcel, 1_000, MB) == MB
    finally:
        hanging.close()
