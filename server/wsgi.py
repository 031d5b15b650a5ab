"""What a WSGI server runs: the application, settled in for a long life."""

import gc

from flask import Flask

from server.app import create_app


def application() -> Flask:
    """The application, with everything built at start taken out of the garbage collector's sight: it lives as long as
    the process, and looking through it again and again costs more than a batch of commands."""
    app = create_app()
    gc.collect()
    gc.freeze()
    return app
