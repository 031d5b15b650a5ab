"""`tenggat`: what a citizen and a field officer do from a terminal, with or without a network."""

from client.cli.main import main

__all__ = ["main"]
