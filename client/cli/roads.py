"""trust, proxy, plain-http: how the way to the server is, where a city or an office has one of its own."""

from pathlib import Path

import click
from cryptography import x509

from client import plain_http as open_road
from client import trust as trusting
from client.address import address_of, is_open
from client.cli.app import App
from client.cli.trouble import Said
from client.roads import DIRECT, proxy_of, shown

SYSTEM = "system"
"""In the place of a file or an address: as everywhere on this system."""
NONE = "none"


@click.command()
@click.argument("certificate", required=False)
@click.pass_obj
def trust(app: App, certificate: str | None) -> None:
    """Trust the certificate in a PEM file that the city's administrator gave, and no other; without one, show what is
    trusted. `system` goes back to what this system trusts.

    An invitation's link may bring it along; then there is nothing to do here.

    \b
    Examples:
      tenggat trust kota.pem
      tenggat trust
      tenggat trust system
    """
    if certificate is not None:
        trusting.trust(app.store, None if certificate == SYSTEM else _read(Path(certificate)))
    found = trusting.held(app.store)
    app.print(app.say("trust_these" if found else "trust_system"))
    for each in found:
        _show(app, each)
    if found and certificate is not None:
        app.print(app.say("trust_compare"), style="dim")


@click.command()
@click.argument("address", required=False)
@click.pass_obj
def proxy(app: App, address: str | None) -> None:
    """Reach the server through a proxy, an http:// address; without one, show which. `none` is none, whatever this
    system says; `system` goes back to what it says (HTTPS_PROXY and so on).

    \b
    Examples:
      tenggat proxy http://proxy.kota.example:3128
      tenggat proxy none
      tenggat proxy system
    """
    if address is not None:
        found = None if address == SYSTEM else proxy_of(address)
        if found is None and address != SYSTEM:
            raise Said("bad_proxy", url=shown(address))
        app.store.meta.set("proxy", found)
    held = app.store.meta.get("proxy")
    if held is None:
        app.print(app.say("proxy_system"))
    else:
        app.print(app.say("proxy_none") if held == DIRECT else app.say("proxy_this", url=shown(held)))


@click.command("plain-http")
@click.argument("address", required=False)
@click.pass_obj
def plain_http(app: App, address: str | None) -> None:
    """Say yes to one http:// address of another computer, where others in the network can read the password: for a
    trial in a network of your own. Without one, show which; `none` takes the yes back.

    The window goes by it too.

    \b
    Examples:
      tenggat plain-http http://192.168.1.7:8000
      tenggat plain-http none
    """
    if address is not None:
        found = None if address == NONE else address_of(address)
        if address != NONE and (found is None or not is_open(found)):
            raise Said("not_plain_http", url=address)
        open_road.agree(app.store, found)
    held = open_road.agreed(app.store)
    if held is None:
        app.print(app.say("plain_http_none"))
    else:
        app.print(app.say("plain_http_this", url=held), style="yellow")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Said("no_file", path=path, reason=error.strerror or error) from None


def _show(app: App, certificate: x509.Certificate) -> None:
    until = f"{certificate.not_valid_after_utc:%Y-%m-%d}"
    app.print(app.say("trust_one", name=certificate.subject.rfc4514_string(), until=until))
    app.print("  SHA-256 " + trusting.in_groups(trusting.fingerprint_of(certificate)), style="dim")
