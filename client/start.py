"""`tenggat`: the window where nothing else is asked for, with as little loaded before it as can be; else a command.

What a command needs takes as long to load as the window itself, and whoever starts the window waits for all of it.
"""

import os
import sys
from collections.abc import Sequence


def main() -> None:
    """The console script."""
    asked = window_asked(sys.argv[1:])
    if asked is None or not opened(asked):
        from client.cli import main as command_line

        command_line()


def window_asked(words: Sequence[str]) -> str | None:
    """The profile that is to be asked for first ("" where none is named), if it is the window that is asked for; None
    where it is anything else, which the command line sees to."""
    given = list(words)
    profile = os.environ.get("TENGGAT_PROFILE", "")
    if len(given) >= 2 and given[0] == "--profile":
        profile = given[1]
        given = given[2:]
    elif given and given[0].startswith("--profile="):
        profile = given.pop(0).partition("=")[2]
    return profile if given in ([], ["window"]) else None


def opened(profile: str) -> bool:
    """Whether there was a window; comes back when it is over. False where something is lacking for one: the command
    line says what."""
    from client.desktop.lacking import lacking

    if lacking() is not None:
        return False
    from client.desktop.window import run
    from client.home import home_folder
    from client.vault import Profiles

    try:
        run(Profiles(home_folder()), profile=profile or None)
    except TimeoutError:
        # Another one holds the place and does not answer: there are words for that.
        return False
    return True


if __name__ == "__main__":
    main()
