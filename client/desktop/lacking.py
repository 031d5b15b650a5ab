"""What a window lacks on this computer, before anything of it is loaded."""

import importlib.util

from client.desktop import toolkit

LIBRARIES = ("webview", "bottle", "waitress", "sqlcipher3", "keyring", "desktop_notifier")
"""Those of the extra `desktop`."""


def lacking() -> str | None:
    """The key of the sentence that says it (`client/cli/words/desk.py`); None where nothing lacks."""
    if any(importlib.util.find_spec(name) is None for name in LIBRARIES):
        return "window_no_library"
    if not toolkit.screen():
        return "window_no_screen"
    return None if toolkit.found() else "window_no_toolkit"
