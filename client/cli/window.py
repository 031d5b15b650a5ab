"""window: opens the window, which is what `tenggat` alone does as well."""

import click

from client.cli.app import App
from client.cli.trouble import Said


@click.command()
@click.pass_obj
def window(app: App) -> None:
    """Open the window, as `tenggat` alone does: the screens of the web app, with all of it on this computer.

    Closing it goes on sending in the background; “Keluar dari Tenggat” in it ends the program. With --profile, that
    one is asked for first. A second window shows the first one.

    \b
    Examples:
      tenggat window
      tenggat --profile loket window
    """
    from client.desktop.lacking import lacking

    if (key := lacking()) is not None:
        raise Said(key)
    _open(app)


def open_or_help(app: App, help_: str) -> None:
    """What `tenggat` does where nothing is asked for: the window, or what it lacks, and what can be asked for."""
    from client.desktop.lacking import lacking

    if (key := lacking()) is None:
        _open(app)
        return
    app.warn(app.say(key))
    app.print("", help_)


def _open(app: App) -> None:
    # Only now: what the window is made of takes a while to load, and no other command needs it.
    from client.desktop.window import run

    try:
        run(app.machine.profiles, app.machine.connect, app.given_profile)
    except TimeoutError:
        raise Said("window_silent") from None
