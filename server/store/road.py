"""The way to a PostgreSQL: on this machine, or encrypted to a server that shows who it is.

libpq would do with less. By default (`sslmode=prefer`) it speaks in the clear with whoever does not offer TLS, and asks
nobody for a certificate: whoever stands in between reads a city's cases, and the password with them.
"""

from collections.abc import Mapping
from itertools import zip_longest
from typing import Final

from sqlalchemy import URL

from server.hosts import is_here
from sync.errors import Invalid

Told = Mapping[str, str]
"""What libpq goes by, under its own names."""

CHECKED: Final = ("verify-full", "verify-ca")
"""`verify-full`: the certificate is good, and that host's. `verify-ca`: an authority that is trusted signed it, for
whichever host; that is for an authority which signs nothing but the city's databases. `require` with `sslrootcert` is
neither: where that file is missing, libpq goes on and asks for no certificate."""


def check(url: URL) -> None:
    """Raises `Invalid`, with what to write, where the way to this PostgreSQL is open to whoever stands in between."""
    told = _told(url)
    if not _leaves(told) or told.get("sslmode") in CHECKED:
        return
    raise Invalid(
        f"PostgreSQL is on another machine ({_named(told)}), and sslmode={told.get('sslmode', 'prefer')} lets others on"
        " the way listen or answer in its place: write ?sslmode=verify-full&sslrootcert=/etc/ssl/kota.pem behind"
        " TENGGAT_DATABASE_URL, with the certificate of whoever signed the database's (or sslrootcert=system)"
    )


def _leaves(told: Told) -> bool:
    """Whether any of its hosts is not this machine. A service's file may name any; what it says is not looked up."""
    if told.get("service") and not told.get("host"):
        return True
    # An address goes before the name in its place of the list, and only there.
    lists = (told.get(word, "").split(",") for word in ("hostaddr", "host"))
    hosts = [address or name for address, name in zip_longest(*lists, fillvalue="")]
    # None, a folder, or one of Linux's sockets without a file: no network is in it.
    return any(host and not host.startswith(("/", "@")) and not is_here(host) for host in hosts)


def _named(told: Told) -> str:
    return told.get("host") or told.get("hostaddr") or f"service {told.get('service')}"


def _told(url: URL) -> Told:
    """The URL's words, over those of libpq's variables (PGHOST, PGSSLMODE) and of the service that PGSERVICE names."""
    from psycopg import pq

    defaults = {one.keyword.decode(): one.val.decode() for one in pq.Conninfo.get_defaults() if one.val}
    _, given = url.get_dialect()().create_connect_args(url)
    return defaults | {name: str(value) for name, value in given.items()}
