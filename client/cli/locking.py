"""lock, pin, recover: a profile that only opens with a PIN, and the way back for whoever forgot it."""

import os
import stat
from pathlib import Path

import click

from client.cli.app import App
from client.cli.trouble import Said
from client.vault.refusals import AlreadyLocked
from client.vault.wrapping import check


@click.command("lock")
@click.pass_obj
def lock(app: App) -> None:
    """Encrypt this profile, and open it with a PIN from here on.

    Where the system has no keyring, a passphrase of 12 characters or more takes the PIN's place. The recovery code is
    shown once: write it down.

    \b
    Examples:
      tenggat lock
      tenggat --profile survei lock
    """
    profiles = app.machine.profiles
    app.machine.file(app.profile)
    if profiles.is_locked(app.profile):
        raise AlreadyLocked
    app.print(app.say(f"locking_{profiles.kind}"))
    secret = _new(app)
    app.machine.describe(app.profile, app.store)
    app.close()
    made = profiles.lock(app.profile, secret)
    app.print(app.say("locked"), style="green")
    _show(app, made.recovery)


@click.command("pin")
@click.pass_obj
def pin(app: App) -> None:
    """Change the PIN or passphrase of this profile.

    With `--pin-stdin` the first line is the old one, the second the new one.

    \b
    Example:
      tenggat pin
    """
    app.machine.file(app.profile)
    profiles = app.machine.profiles
    vault = profiles.vault(app.profile)
    vault.check(app.machine.uptime())
    old = app.secret(f"ask_old_{vault.kind}")
    profiles.change(app.profile, old, _new(app))
    app.print(app.say("pin_changed"), style="green")


@click.command("recover")
@click.option("--new-code", is_flag=True, help="You know the PIN and lost the code: get another one.")
@click.pass_obj
def recover(app: App, new_code: bool) -> None:
    """Open this profile with its recovery code, and choose a new PIN.

    The code is void then, and the next one is shown. With `--pin-stdin` the first line is the code, the second the new
    PIN.

    \b
    Examples:
      tenggat recover
      tenggat recover --new-code
    """
    app.machine.file(app.profile)
    profiles = app.machine.profiles
    vault = profiles.vault(app.profile)
    if new_code:
        vault.check(app.machine.uptime())
        _show(app, profiles.new_code(app.profile, app.secret(f"ask_{vault.kind}")))
        return
    code = app.secret("ask_code", hidden=False)
    _, recovery = profiles.recover(app.profile, code, _new(app))
    app.print(app.say("recovered"), style="green")
    _show(app, recovery)


def viewing_folder(app: App) -> Path:
    """Where a copy for another program may lie. Of a locked profile nothing readable is ever on the disk, so it is in
    the memory that the system keeps for this user alone, or nowhere."""
    if not app.store.sealed:
        return app.store.path.parent / "opened"
    folder = Path(os.environ.get("XDG_RUNTIME_DIR") or "/nonexistent")
    try:
        found = folder.stat()
    except OSError:
        raise Said("no_viewing") from None
    if os.name == "nt" or found.st_uid != os.getuid() or stat.S_IMODE(found.st_mode) & 0o77:
        raise Said("no_viewing")
    return folder / "tenggat" / app.profile


def _new(app: App) -> str:
    """A new PIN or passphrase, typed twice, and refused at once where it is too weak."""
    kind = app.machine.profiles.kind
    return check(app.secret(f"ask_new_{kind}", twice=f"ask_new_{kind}_again"), kind)


def _show(app: App, recovery: str | None) -> None:
    assert recovery is not None, "a profile that is locked has a code"
    app.print(app.say("recovery_code"))
    app.print("", f"    {recovery}", "", style="bold")
    app.print(app.say("recovery_keep"))
