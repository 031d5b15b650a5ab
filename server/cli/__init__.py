"""`tenggat-server`: everything an administrator does from a terminal."""

from server.cli.main import main

__all__ = ["main"]
