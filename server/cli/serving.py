"""Running the WSGI application: granian where there is a wheel of it, waitress elsewhere."""

import importlib.util
import os

from server.settings import Settings

THREADS = min(8, 2 * (os.cpu_count() or 1) + 1)
"""Blocking threads a worker: much of a request is spent waiting for the disk; beyond two a core they only queue."""


def serve(settings: Settings, host: str, port: int, workers: int, server: str | None = None) -> None:
    """Serve until told to stop. The settings reach the workers through the environment, as they would in a unit
    file; `server` is granian or waitress, by default whichever is installed, in that order."""
    os.environ["TENGGAT_CITY"] = settings.city
    os.environ["TENGGAT_DATA"] = str(settings.data)
    if settings.database:
        os.environ["TENGGAT_DATABASE_URL"] = settings.database
    if server is None:
        server = "granian" if importlib.util.find_spec("granian") else "waitress"
    if server == "granian":
        _granian(host, port, workers)
    else:
        _waitress(host, port)


def _granian(host: str, port: int, workers: int) -> None:
    from granian import Granian
    from granian.constants import Interfaces

    Granian(
        "server.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        factory=True,
        log_access=False,
        websockets=False,
    ).serve()


def _waitress(host: str, port: int) -> None:
    import waitress

    from server.wsgi import application

    waitress.serve(application(), host=host, port=port, threads=THREADS, ident="tenggat")
