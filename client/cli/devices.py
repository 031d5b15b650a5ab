"""devices: where else this account is signed in, and putting one of them out."""

import json
from typing import Any

import click

from client import account
from client.cli.accounts import typed_password
from client.cli.app import App
from client.cli.finding import SHORT
from client.cli.trouble import NOT_SIGNED_IN, Said


@click.group(invoke_without_command=True)
@click.pass_context
def devices(context: click.Context) -> None:
    """Your devices, and putting out one that you lost or that is not yours. Needs a network.

    \b
    Examples:
      tenggat devices
      tenggat devices end 3f9a1c02
    """
    if context.invoked_subcommand is None:
        context.invoke(list_devices)


@devices.command("list")
@click.option("--json", "raw", is_flag=True, help="For programs, as JSON.")
@click.pass_obj
def list_devices(app: App, raw: bool = False) -> None:
    """The devices that are signed in with your account, this one first, and your sessions on the admin pages.

    \b
    Example:
      tenggat devices list --json
    """
    found = _listed(app)
    if raw:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for device in found:
        app.print(*_told(app, device))
    if len(found) == 1:
        app.print(app.say("devices_alone"))
    else:
        app.print(app.say("devices_how"), style="dim")


@devices.command()
@click.argument("begin", metavar="ID")
@click.option("--password-stdin", is_flag=True, help="Read your password from standard input.")
@click.pass_obj
def end(app: App, begin: str, password_stdin: bool) -> None:
    """Put out the device or session whose ID begins like this, with your password.

    Once a device has a network again, it hands over what it has not sent, then drops all that it holds.

    \b
    Example:
      tenggat devices end 3f9a1c02
    """
    device = _one(_listed(app), begin.strip().lower())
    app.print(*_told(app, device))
    app.print(app.say(_OUT_WHAT.get(device["kind"], "device_out_what")))
    password = typed_password(app, password_stdin)
    account.end_device(app.store, app.transport(), device["id"], password)
    app.print(app.say("device_out", id=device["id"][:SHORT]), style="green")


def _listed(app: App) -> list[dict[str, Any]]:
    if app.store.meta.get("token") is None or app.store.meta.get("guest"):
        raise Said("no_account", NOT_SIGNED_IN)
    return account.devices(app.store, app.transport())


def _one(found: list[dict[str, Any]], begin: str) -> dict[str, Any]:
    fits = [device for device in found if begin and device["id"].startswith(begin)]
    if not fits:
        raise Said("no_device", text=begin)
    if len(fits) > 1:
        raise Said("many_devices", text=begin, found=", ".join(device["id"] for device in fits[:6]))
    if fits[0]["this"]:
        raise Said("device_this_out")
    return fits[0]


_OUT_WHAT = {"file": "file_out_what", "pages": "pages_out_what"}


def _name(app: App, device: dict[str, Any]) -> str:
    if device["kind"] == "pages":
        return app.say("device_pages")
    if device["kind"] == "file":
        return app.say("device_file")
    if not device["app"]:
        return app.say("device_new")
    # The window and the command line are one program.
    kind = "device_browser" if device["app"].startswith("tenggat-web") else "device_program"
    return app.say(kind, app=device["app"])


def _told(app: App, device: dict[str, Any]) -> list[str]:
    """What it is, since when, and how it stood when it was last at the server."""
    say, name = app.say, _name(app, device)
    this = f" – {say('device_this')}" if device["this"] else ""
    since = "device_file_since" if device["kind"] == "file" else "device_since"
    lines = [f"{device['id'][:SHORT]}  {name}{this}", say(since, when=app.moment(device["created"]))]
    if not this and device["seen"]:
        lines.append(say("device_seen", when=app.moment(device["seen"])))
    if not this and device["waits"]:
        lines.append(say("device_waits", n=device["waits"]))
    return [lines[0], *(f"  {line}" for line in lines[1:])]
