"""Running the WSGI application: granian where there is a wheel of it, waitress elsewhere."""

import atexit
import importlib.util
import logging
import os
import shutil
import socket
import tempfile

from server.admin.pulse import WATCHING
from server.files.store import RECEIVING
from server.observe import metrics
from server.settings import Settings
from sync.errors import Conflict

THREADS = min(8, 2 * (os.cpu_count() or 1) + 1)
"""Blocking threads a worker: much of a request is spent waiting for the disk; beyond two a core they only queue.
Uploads have threads of their own, since those wait for phones: granian makes them as they are needed. Waitress takes a
request in whole before it needs one."""

PARTING = 15
"""Seconds for what is being answered when the server is told to stop."""


def serve(settings: Settings, host: str, port: int, workers: int, server: str | None = None) -> None:
    """Serve until told to stop. The settings reach the workers through the environment, as they would in a unit
    file; `server` is granian or waitress, by default whichever is installed, in that order."""
    os.environ["TENGGAT_CITY"] = settings.city
    os.environ["TENGGAT_DATA"] = str(settings.data)
    if settings.database:
        os.environ["TENGGAT_DATABASE_URL"] = settings.database
    if settings.web:
        os.environ["TENGGAT_WEB"] = str(settings.web)
    if settings.files:
        os.environ["TENGGAT_FILES"] = str(settings.files)
    if settings.keys:
        os.environ["TENGGAT_KEYS"] = str(settings.keys)
    os.environ["TENGGAT_PROXIES"] = str(settings.proxies)
    if server is None:
        server = "granian" if importlib.util.find_spec("granian") else "waitress"
    if server == "granian":
        _granian(host, port, workers)
    else:
        _waitress(host, port)


def check_port(host: str, port: int) -> None:
    """`Conflict` where something listens there already. granian would join it, and two cities would answer in turn."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        raise Conflict(f"cannot listen on {host}:{port} ({error.strerror}); choose another with --port") from None


def _granian(host: str, port: int, workers: int) -> None:
    from granian import Granian
    from granian.constants import Interfaces

    if workers > 1:
        # Whichever of them is asked for numbers answers for all (server/observe/metrics.py).
        shared = tempfile.mkdtemp(prefix="tenggat-metrics-")
        metrics.share(shared)
        atexit.register(shutil.rmtree, shared, ignore_errors=True)

    # Said at every start, and not meant for us: these threads wait for phones, not for a core.
    logging.getLogger("_granian").addFilter(lambda record: "quite high" not in record.getMessage())
    Granian(
        "server.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS + RECEIVING + WATCHING,
        factory=True,
        # One that was killed takes nobody along: without this, the others would end with it.
        respawn_failed_workers=True,
        # One that is told to stop in the moment in which it starts may never hear of it.
        workers_kill_timeout=PARTING,
        log_access=False,
        websockets=False,
    ).serve()


def _waitress(host: str, port: int) -> None:
    import waitress

    from server.wsgi import application

    waitress.serve(application(), host=host, port=port, threads=THREADS + WATCHING, ident="tenggat")
