"""Another password that is being written, and not committed, while somebody comes in with the old one."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from time import sleep
from typing import Any

import pytest

from server.access import closing
from tests.conftest import Server


@contextmanager
def new_password_under_way(server: Server, login: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """On PostgreSQL, where two write at once. Within, an admin has put all devices and sessions out; that is committed
    once somebody waits for it, or at the end."""
    revoke, written, through = closing._revoke_devices, Event(), Event()

    def out(*args: Any) -> int:
        done = revoke(*args)
        written.set()
        while not through.is_set() and not server.rows("SELECT 1 FROM pg_locks WHERE NOT granted"):
            sleep(0.01)
        return done

    with monkeypatch.context() as patch, ThreadPoolExecutor(1) as pool:
        patch.setattr(closing, "_revoke_devices", out)
        where = (server.engine, server.city, server.world.sources)
        changing = pool.submit(closing.set_password, *where, login, "cli", revoke=True)
        try:
            assert written.wait(20)
            yield
        finally:
            through.set()
        changing.result(20)
