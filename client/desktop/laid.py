"""Where locked files lie beside a profile's store: taken in piece by piece, or waiting until they are fetched."""

from contextlib import suppress
from pathlib import Path
from typing import Final

SUFFIX: Final = ".carried"
TAKING: Final = "taking"


def folder_of(store: Path) -> Path:
    """Beside the store at that path; it may not be there yet."""
    return store.with_name(store.name + SUFFIX)


def clear(folder: Path) -> None:
    """Away with what a taking left that was broken off: nobody goes on with it."""
    # Of one that just came to its end and is being read, Windows does not let go; it goes when it was read.
    _away(folder / TAKING)


def clear_all(home: Path) -> None:
    """The same for every profile in this folder, before any is open; and what a writing left that died with its
    program. What was written whole stays until it is fetched."""
    for folder in home.glob(f"*/*{SUFFIX}"):
        clear(folder)
        for part in folder.glob(".*.part"):
            _away(part)


def _away(rubbish: Path) -> None:
    # It may be held by whoever looks for viruses, and no window must wait for that.
    with suppress(OSError):
        rubbish.unlink(missing_ok=True)
