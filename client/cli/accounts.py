"""sign-in, sign-up, sign-out, password, enrol, guest, language: who this device speaks for, and how it speaks."""

import sys
from typing import Any

import click

from client import account, enrolment, plain_http
from client.address import address_of
from client.cli.app import App
from client.cli.finding import SHORT
from client.cli.half_typed import half_typed
from client.cli.plain import role_name
from client.cli.syncing import sync_once
from client.cli.trouble import NOT_SIGNED_IN, Said, told
from client.transport import Unreachable
from sync.errors import NotSignedIn

_server = click.option("--server", envvar="TENGGAT_SERVER", metavar="URL", help="The city's server; remembered.")
_stdin = click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
_no_sync = click.option("--no-sync", is_flag=True, help="Do not fetch the data right away.")


@click.command("sign-in")
@click.argument("login", required=False)
@_server
@_stdin
@_no_sync
@click.pass_obj
def sign_in(app: App, login: str | None, server: str | None, password_stdin: bool, no_sync: bool) -> None:
    """Sign in and fetch the cases. A guest's cases go along. Needs a network.

    \b
    Examples:
      tenggat sign-in survei --server https://layanan.example.id
      pass show kota | tenggat sign-in survei --password-stdin
    """
    address = _address(app, server)
    _not_someone(app)
    login = login or click.prompt(app.say("ask_login"))
    password = typed_password(app, password_stdin)
    person = account.sign_in(app.store, app.transport(address), login, password, address)
    _tell_who(app, person, address)
    fetch_first(app, no_sync)


@click.command("sign-up")
@click.argument("login", required=False)
@click.option("--name", help="Your name, as the city should know it.")
@_server
@_stdin
@_no_sync
@click.pass_obj
def sign_up(
    app: App,
    login: str | None,
    name: str | None,
    server: str | None,
    password_stdin: bool,
    no_sync: bool,
) -> None:
    """Make an account. A guest becomes it, with all cases. Needs a network.

    \b
    Example:
      tenggat sign-up warga --name "Nama Anda" --server https://layanan.example.id
    """
    address = _address(app, server)
    _not_someone(app)
    login = login or click.prompt(app.say("ask_login"))
    name = name or click.prompt(app.say("ask_name"))
    password = typed_password(app, password_stdin, twice=True)
    person = account.sign_up(app.store, app.transport(address), login, password, name, address)
    app.print(app.say("signed_up", name=person["name"], server=address), style="green")
    fetch_first(app, no_sync)


@click.command()
@click.option("--others", is_flag=True, help="Put all of your other devices out too.")
@click.option("--password-stdin", is_flag=True, help="Read the old and the new password from standard input.")
@click.pass_obj
def password(app: App, others: bool, password_stdin: bool) -> None:
    """Change your password: the old one first, then the new one. Needs a network.

    \b
    Example:
      tenggat password --others
    """
    if app.store.meta.get("token") is None or app.store.meta.get("guest"):
        raise Said("no_password", NOT_SIGNED_IN)
    old = typed_password(app, password_stdin, ask="ask_password_old")
    new = typed_password(app, password_stdin, twice=True, ask="ask_password_new")
    ended = account.change_password(app.store, app.transport(), old, new, others=others)
    app.print(app.say("password_changed"), style="green")
    if others:
        app.print(app.say("others_out", n=ended))


@click.command()
@click.argument("link")
@_no_sync
@click.pass_obj
def enrol(app: App, link: str, no_sync: bool) -> None:
    """Come in with the LINK that the city's administrator sent: no address and no password to type. Needs a network.

    A guest's cases go along. A link brings one device in, once.

    \b
    Example:
      tenggat enrol "https://layanan.example.id/#/gabung/…"
    """
    found = enrolment.look(app.store, link, app.machine.connect)
    city = found["city"].get(app.language) or found["city"]["id"]
    app.print(app.say("enrolling", name=found["person"]["name"], city=city, server=found["server"]))
    person = enrolment.enrol(app.store, link, app.machine.connect)
    _tell_who(app, person, app.server)
    fetch_first(app, no_sync)


@click.command("sign-out")
@click.option("--forget", is_flag=True, help="Drop half-typed answers too.")
@click.pass_obj
def sign_out(app: App, forget: bool) -> None:
    """Give back this device's access and remove the city's data from it. Needs a network.

    Refused while anything here has not been received by the server.

    \b
    Example:
      tenggat sign-out
    """
    if app.store.meta.get("token") is None:
        raise NotSignedIn("this device is not signed in")
    if app.store.meta.get("guest"):
        raise Said("guest_stays")
    held = half_typed(app)
    if held and not forget:
        raise Said("half_typed_left", cases=", ".join(case_id[:SHORT] for case_id in held))
    account.sign_out(app.store, app.transport())
    app.print(app.say("signed_out"))


@click.command()
@_server
@_no_sync
@click.pass_obj
def guest(app: App, server: str | None, no_sync: bool) -> None:
    """Begin as a guest, with no account. Works with no network once the services were fetched.

    \b
    Example:
      tenggat guest --server https://layanan.example.id
    """
    address = _address(app, server)
    _not_someone(app)
    account.begin_as_guest(app.store)
    app.store.meta.set("server", address)
    app.print(app.say("guest_ready", server=address), style="green")
    fetch_first(app, no_sync)


@click.command()
@click.argument("code", type=click.Choice(["id", "en"]))
@click.pass_obj
def language(app: App, code: str) -> None:
    """Remember the language of what is printed: Indonesian (id) or English (en).

    \b
    Example:
      tenggat language en
    """
    app.store.meta.set("language", code)
    app.given_language = code
    app.print(app.say("language_set"))


def _tell_who(app: App, person: dict[str, Any], server: str | None) -> None:
    """Who came in, and until when their password is good, where an admin made it up."""
    roles = ", ".join(role_name(role, app.language) for role in person["roles"])
    app.print(app.say("signed_in", name=person["name"], roles=roles, server=server), style="green")
    if until := person.get("password_until"):
        app.warn(app.say("password_given", when=app.moment(until)))


def _address(app: App, given: str | None) -> str:
    """The server's address, to which nobody can listen on the way, or somebody said that this may be. A profile stays
    with its server: what waits here was written for that city."""
    address = _meant(app, given)
    plain_http.refuse(app.store, address)
    return address


def _meant(app: App, given: str | None) -> str:
    held = app.server
    if given is None:
        if held is None:
            raise Said("no_server")
        return held
    address = address_of(given)
    if address is None:
        raise Said("bad_server", url=given)
    busy = app.store.records.count() or app.store.outbox.entries() or app.store.meta.get("person")
    if held is not None and held != address and busy:
        raise Said("other_server", held=held)
    return address


def _not_someone(app: App) -> None:
    person = app.store.meta.get("person")
    if app.store.meta.get("token") and person and not app.store.meta.get("guest"):
        # Signing in anew is how a device whose token went bad comes back; who is in is known by the server alone.
        if (app.store.meta.get("last_error") or [None])[0] == "not_signed_in":
            return
        raise Said("already_in", name=person["name"])


def typed_password(app: App, from_stdin: bool, *, twice: bool = False, ask: str = "ask_password") -> str:
    """A password that is typed and not shown, or the next line of standard input."""
    if from_stdin:
        typed = sys.stdin.readline().rstrip("\r\n")
    else:
        again = app.say("ask_password_again") if twice else False
        typed = click.prompt(app.say(ask), hide_input=True, confirmation_prompt=again)
    if not typed:
        raise Said("password_empty", NOT_SIGNED_IN)
    return str(typed)


def fetch_first(app: App, no_sync: bool) -> None:
    """The first sync. Coming in has succeeded whatever becomes of it."""
    if no_sync:
        app.print(app.say("sync_later"))
        return
    try:
        sync_once(app)
    except Unreachable as error:
        app.warn(*told(error, app.language))
