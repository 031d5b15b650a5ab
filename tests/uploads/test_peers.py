"""Clients that we did not write bring a file over a road that is cut, to a server that is killed, and send next to
nothing twice.

`make soak` does it with 50 MB, 20 cuts and two kills; here with 10 MB, so that it takes seconds.
"""

import hashlib
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from client.web import npm
from tests.browser.serving import ServerProcess
from tests.uploads.conftest import MB, Parcel, packed
from tests.uploads.road import Road

PEER = Path(__file__).parent / "peer"

SIZE, CUTS, KILLS = (50 * MB, 20, 2) if os.environ.get("TENGGAT_SOAK") else (10 * MB, 6, 1)
SEED = int(os.environ.get("TENGGAT_SOAK_SEED", "7"))
CHUNK = 2_500_000
MOST_TWICE = 1.1


def _road(servers: list[ServerProcess], seed: int) -> Road:
    """Cut at random places; at some of them the server is killed too, and started again."""
    chance = random.Random(seed)
    places = sorted(chance.sample(range(1, SIZE), CUTS + KILLS))
    fatal = chance.sample(places, KILLS)

    def kill() -> None:
        servers[0].kill()
        servers[0].start()

    return Road(servers[0].port, places, dict.fromkeys(fatal, kill))


def _check(parcel: Parcel, road: Road, servers: list[ServerProcess]) -> None:
    assert len(road.done) == CUTS + KILLS, "every cut and every kill happened"
    ratio = road.passed / SIZE
    print(f"{SIZE / MB:.0f} MB, {CUTS} cuts, {KILLS} kills: {ratio:.4f} times its bytes sent")
    assert 1 <= ratio <= MOST_TWICE
    for server in servers:
        assert parcel.arrived(server.port)
        assert hashlib.sha256(parcel.fetched(server.port)).hexdigest() == parcel.sha256
    (stored,) = (servers[0].data / "files" / "blobs").glob("*/*")
    assert stored.name == parcel.sha256
    assert not list((servers[0].data / "files" / "parts").iterdir())


@pytest.mark.parametrize("summed", [False, True], ids=["plain", "with checksums"])
def test_tuspy(servers: list[ServerProcess], tmp_path: Path, summed: bool) -> None:
    parcel = packed(tmp_path, servers[0].port, SIZE)
    with _road(servers, SEED + summed) as road:
        _send([sys.executable, str(PEER / "send.py")], dict(os.environ), parcel, road, str(int(summed)))
    _check(parcel, road, servers)


def test_tus_js_client(servers: list[ServerProcess], tmp_path: Path) -> None:
    parcel = packed(tmp_path, servers[0].port, SIZE, seed=2)
    node, environment = _peer()
    with _road(servers, SEED + 2) as road:
        _send([node, str(PEER / "send.mjs")], environment, parcel, road)
    _check(parcel, road, servers)


def _send(program: list[str], environment: dict[str, str], parcel: Parcel, road: Road, *more: str) -> None:
    endpoint = f"http://127.0.0.1:{road.port}/api/v1/uploads"
    words = [endpoint, parcel.device.token, parcel.case, parcel.attachment, str(parcel.path), str(CHUNK), *more]
    done = subprocess.run([*program, *words], env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout) == (0, "sent\n"), done.stderr


def _peer() -> tuple[str, dict[str, str]]:
    """Node, and its environment; with the packages that the lock file names."""
    node, program, environment = npm.node_and_npm()
    lock, stamp = PEER / "package-lock.json", PEER / "node_modules" / ".package-lock.json"
    if not stamp.exists() or stamp.stat().st_mtime < lock.stat().st_mtime:
        subprocess.run([*program, "ci", "--loglevel=error"], cwd=PEER, env=environment, check=True)
    return node, environment
