"""What a WSGI server runs: the application, settled in for a long life."""

import atexit
import gc

from flask import Flask

from server.access import catalogues
from server.app import create_app
from server.jobs.runner import Runner
from server.observe import logs
from server.services import EXTENSION, Services
from server.settings import Settings


def application() -> Flask:
    """The application, with the thread that looks for what is due on a timer; and with everything that was built at
    start taken out of the garbage collector's sight: it lives as long as the process, and looking through it again and
    again costs more than a batch of commands."""
    settings = Settings.from_environment()
    logs.configure(settings.log, settings.log_level)
    app = create_app(settings)
    world: Services = app.extensions[EXTENSION]
    catalogues.begin_serving(world)
    runner = Runner(world)
    runner.start()
    atexit.register(runner.stop)
    gc.collect()
    gc.freeze()
    return app
