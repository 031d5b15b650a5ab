"""A deed that is being written, and not committed, while somebody comes in or does another."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from time import sleep
from types import ModuleType
from typing import Any

import pytest

from server.access import closing, own_sessions
from tests.conftest import Server


@contextmanager
def under_way(
    server: Server,
    monkeypatch: pytest.MonkeyPatch,
    deed: Callable[[], object],
    at: tuple[ModuleType, str] = (own_sessions, "end_all"),
) -> Iterator[None]:
    """On PostgreSQL, where two write at once. Within, the deed has come to this step: by default it is about to end
    somebody's sessions. It goes on once anybody waits for a lock, or at the end."""
    step, there, through = getattr(*at), Event(), Event()

    def late(*args: Any, **how: Any) -> Any:
        if not there.is_set():
            there.set()
            while not through.is_set() and not server.rows("SELECT 1 FROM pg_locks WHERE NOT granted"):
                sleep(0.01)
        return step(*args, **how)

    with monkeypatch.context() as patch, ThreadPoolExecutor(1) as pool:
        patch.setattr(*at, late)
        done = pool.submit(deed)
        try:
            assert there.wait(20)
            yield
        finally:
            through.set()
        done.result(20)


def new_password_under_way(server: Server, login: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An admin's, who puts all devices out with it."""
    where = (server.engine, server.city, server.world.sources)
    return under_way(server, monkeypatch, lambda: closing.set_password(*where, login, "cli", revoke=True))
