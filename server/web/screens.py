"""Addresses of the app's screens, for letters and pages that lead to them. All of them stand behind a `#`: the server
has no such paths, and a browser that was there before opens them without a network."""

from typing import Final

WORK: Final = "/#/work"
ME: Final = "/#/me"


def case(id_: str) -> str:
    """A case, as whoever may see it reads it."""
    return f"/#/case/{id_}"
