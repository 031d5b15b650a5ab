"""Coming in by an admin's link: what it says, whose account it opens, and taking it.

`https://<server>/#/gabung/<code>`, and behind another slash the SHA-256 of the server's certificate where the city made
that certificate itself: it is then fetched, compared, and trusted here and nowhere else (docs/adr/0016-enrolment.md).
"""

import re
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from client import account, plain_http, trust
from client.address import address_of, is_open
from client.roads import Connect, Road, road_of
from client.roads import connect as over_the_network
from client.store import Store
from client.transport import Transport
from schemas.text import Text
from sync.errors import Conflict, TenggatError

ROUTE = "/gabung/"

_CODE = re.compile(r"[A-Za-z0-9_-]{43}\Z")
_FINGERPRINT = re.compile(r"[0-9a-fA-F]{64}\Z")


class BadLink(TenggatError):
    """This is no invitation's link: cut off, or something else."""

    code = "bad_link"


class PlainLink(BadLink):
    """Whole, but on the way to its server others could read the invitation."""

    code = "plain_link"


class OtherServersLink(Conflict):
    """The link is of another city (`server`) than the one that this profile works for (`held`)."""

    code = "other_servers_link"


class AlreadyIn(Conflict):
    """The device speaks for this person already; the invitation is still good."""

    code = "already_in"


@dataclass(frozen=True)
class Link:
    """`fingerprint`: of the server's certificate, 64 hexadecimal digits in lower case, where the link names one."""

    server: str
    code: str
    fingerprint: str | None = None


def parse(text: str, server: str | None = None) -> Link:
    """A link as it was sent, pasted or scanned; a code alone where the `server` is known. `BadLink` says what is wrong.

    Messengers add blanks and brackets, and some write the # as %23."""
    given = text.strip().strip("<>\"'.,").replace("%23", "#", 1)
    if _CODE.match(given) and server is not None:
        return Link(server, given)
    before, hash_, route = given.partition("#")
    address = address_of(before)
    code, _, fingerprint = unquote(route.rstrip("/")).removeprefix(ROUTE).partition("/")
    if not hash_ or address is None or not route.startswith(ROUTE) or not _CODE.match(code):
        raise BadLink(
            "this is not an invitation's link",
            text=Text(
                "Ini bukan tautan undangan yang utuh. Salin seluruhnya dari pesan admin, dari https:// sampai akhir.",
                "This is not a whole invitation's link. Copy all of it from the administrator's message, from https:// "
                "to its end.",
            ),
        )
    if fingerprint and (not _FINGERPRINT.match(fingerprint) or not address.startswith("https:")):
        raise BadLink(
            "the end of the link was cut off or changed",
            text=Text(
                "Akhir tautan ini terpotong atau berubah. Salin seluruhnya dari pesan admin.",
                "The end of this link was cut off or changed. Copy all of it from the administrator's message.",
            ),
        )
    if is_open(address):
        raise PlainLink(
            "the link's address is not encrypted",
            text=Text(
                "Alamat di tautan ini tidak terenkripsi (http://), jadi undangannya bisa dibaca orang. Minta tautan "
                "https:// ke admin.",
                "The address in this link is not encrypted (http://), so others could read the invitation. Ask the "
                "administrator for an https:// link.",
            ),
        )
    return Link(address, code, fingerprint.lower() or None)


def look(store: Store, text: str, connect: Connect = over_the_network) -> dict[str, Any]:
    """Whose account the link opens, in which city, until when; nothing is used up. `person`, `login`, `city` (id, en),
    `expires`, `server`. Raises as `enrol` does."""
    link = _ours(store, text)
    found = _look(store, link, connect(link.server, _road(store, link)[0]))
    return found | {"server": link.server}


def enrol(store: Store, text: str, connect: Connect = over_the_network) -> dict[str, Any]:
    """Come in with a link, and stay with its server; the person. A guest's cases go along.

    Raises `BadLink`, `PlainHttp` of a code alone, `OtherServersLink`, `AlreadyIn`, `Conflict` where the device holds
    another account's work, the four `Invitation…` of `sync.errors`, `UntrustedServer` and what else a network has.
    Nothing is used up by any of them, and the same link may be tried again, also where the answer was lost."""
    link = _ours(store, text)
    road, pem = _road(store, link)
    transport = connect(link.server, road)
    asked = _look(store, link, transport)
    _refuse(store, asked)
    token = _minted(store, link)
    body = {"code": link.code, "token": token}
    found = transport.call("POST", "/api/v1/enrolments", body, account.guest_token(store))
    with store.transaction():
        account.keep(store, found, asked["login"], link.server)
        if pem is not None or road.verify is None:
            trust.trust(store, pem.encode() if pem else None)
        store.meta.set("enrolling", None)
    person: dict[str, Any] = found["person"]
    return person


def _ours(store: Store, text: str) -> Link:
    held = store.meta.get("server")
    link = parse(text, held)
    plain_http.refuse(store, link.server)
    if held is not None and held != link.server and _works(store):
        raise OtherServersLink(
            f"this device works for {held}, and the link is of {link.server}",
            held=held,
            server=link.server,
            text=Text(
                f"Perangkat ini sudah bekerja untuk {held}, sedangkan tautannya dari {link.server}.",
                f"This device works for {held} already, and the link is of {link.server}.",
            ),
        )
    return link


def _works(store: Store) -> bool:
    return bool(store.records.count() or store.outbox.entries() or store.meta.get("person"))


def _road(store: Store, link: Link) -> tuple[Road, str | None]:
    """The road there, and the certificate that the link vouches for."""
    road = road_of(store)
    if link.fingerprint is None:
        # What was trusted for another server says nothing of this one.
        moves = store.meta.get("server") not in (None, link.server)
        return (Road(proxy=road.proxy) if moves else road), None
    pem = trust.fetched(link.server, link.fingerprint, road.proxies)
    return Road(trust.lay(store.path.parent, pem), road.proxy), pem


def _look(store: Store, link: Link, transport: Transport) -> dict[str, Any]:
    enrolling = store.meta.get("enrolling") or {}
    mine = {"token": enrolling["token"]} if enrolling.get("code") == link.code else {}
    found: dict[str, Any] = transport.call("POST", "/api/v1/invitations", {"code": link.code} | mine)
    return found


def _refuse(store: Store, asked: dict[str, Any]) -> None:
    """Before anything is used up."""
    account.refuse_other(store, asked["person"], asked["login"])
    held = store.meta.get("person")
    signed_out = (store.meta.get("last_error") or [None])[0] == "not_signed_in"
    if held and store.meta.get("token") and not store.meta.get("guest") and not signed_out:
        raise AlreadyIn(
            f"this device is signed in as {held['name']}",
            name=held["name"],
            text=Text(
                f"Perangkat ini sudah masuk sebagai {held['name']}. Undangannya tidak terpakai.",
                f"This device is signed in as {held['name']} already. The invitation was not used.",
            ),
        )


def _minted(store: Store, link: Link) -> str:
    """The token to come in with, on the disk before it is shown: the server knows it again where its answer is lost."""
    with store.transaction():
        enrolling = store.meta.get("enrolling") or {}
        if enrolling.get("code") == link.code:
            return str(enrolling["token"])
        token = secrets.token_urlsafe(32)
        store.meta.set("enrolling", {"code": link.code, "token": token})
        return token
