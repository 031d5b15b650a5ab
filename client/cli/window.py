"""window: opens the window, which is what `tenggat` alone does as well."""

import importlib.util

import click

from client.cli.app import App
from client.cli.trouble import Said
from client.desktop import toolkit


def lacks() -> str | None:
    """The key of the sentence that says what a window lacks here; None where nothing does."""
    if any(
        importlib.util.find_spec(name) is None for name in ("webview", "waitress", "sqlcipher3", "desktop_notifier")
    ):
        return "window_no_library"
    if not toolkit.screen():
        return "window_no_screen"
    return None if toolkit.found() else "window_no_toolkit"


@click.command()
@click.pass_obj
def window(app: App) -> None:
    """Open the window, as `tenggat` alone does: the same screens as the web app's, with everything on this computer.

    Closing it goes on sending in the background; “Keluar” in it ends the program. With --profile, that one is asked
    for first.

    \b
    Example:
      tenggat window
    """
    if (lacking := lacks()) is not None:
        raise Said(lacking)
    open_window(app)


def open_window(app: App) -> None:
    # Only now: what the window is made of takes a while to load, and no other command needs it.
    from client.desktop.window import run

    run(app.machine.profiles, app.machine.connect, app.profile if app.profile != "default" else None)
