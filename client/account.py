"""Who this device speaks for: a guest, or somebody who signed in or up. No password goes to a server that is refused
(`plain_http`)."""

import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from client import plain_http
from client.refusals import Unsent, unsent
from client.store import Store
from client.transport import Transport
from schemas.text import Text
from sync.errors import Conflict, NotSignedIn
from sync.outbox import State


def begin_as_guest(store: Store) -> None:
    """Give the device a token of its own making, where it has none: the server gets to know it at the first
    exchange, and a lost answer to that one costs nothing (docs/adr/0004-guest-token.md)."""
    with store.transaction():
        if store.meta.get("token") is None:
            store.meta.set("token", secrets.token_urlsafe(32))
            store.meta.set("guest", True)


def sign_in(store: Store, transport: Transport, login: str, password: str, server: str | None = None) -> dict[str, Any]:
    """Sign in; the person. A guest's cases go along. `server`: whose device it is from then on, where it is another's
    or nobody's yet. `Conflict` where the device holds another account's work, `PlainHttp`."""
    plain_http.refuse(store, server)
    found = transport.call("POST", "/api/v1/devices", {"login": login, "password": password}, guest_token(store))
    person: dict[str, Any] = found["person"]
    refuse_other(store, person, login)
    keep(store, found, login, server)
    return person


def sign_up(
    store: Store, transport: Transport, login: str, password: str, name: str, server: str | None = None
) -> dict[str, Any]:
    """Make an account; the person. A guest becomes it, with device and cases. `server` as above. `PlainHttp`."""
    plain_http.refuse(store, server)
    body = {"login": login, "password": password, "name": name}
    found = transport.call("POST", "/api/v1/accounts", body, guest_token(store))
    keep(store, found, login, server)
    person: dict[str, Any] = found["person"]
    return person


def change_password(store: Store, transport: Transport, old: str, new: str, *, others: bool = False) -> int:
    """Give the account another password; with `others` all other devices are put out, and how many. `NotSignedIn` for
    a guest, who has none, `PlainHttp`."""
    plain_http.refuse(store)
    body = {"old": old, "password": new, "others": others}
    found = transport.call("PUT", "/api/v1/me/password", body, _account_token(store))
    with store.transaction():
        person = store.meta.get("person") or {}
        if person.pop("password_until", None):
            # It is their own from here on; else the next exchange would tell.
            store.meta.set("person", person)
    return int(found["devices"])


def devices(store: Store, transport: Transport) -> list[dict[str, Any]]:
    """The account's devices, this one first, then its sessions on the admin pages: `kind`, `id`, `app`, `created`,
    `seen`, `waits` and `this`. `NotSignedIn` for a guest."""
    found = transport.call("GET", "/api/v1/me/devices", token=_account_token(store))
    listed: list[dict[str, Any]] = found["devices"]
    return listed


def end_device(store: Store, transport: Transport, device: str, password: str) -> None:
    """Put out another device of the account: once it is at the server again, it hands over what it has not sent, then
    drops all that it holds. A session ends at once. `NotFound` where it is not the account's, `Conflict` for this
    device, `PlainHttp`."""
    plain_http.refuse(store)
    path = f"/api/v1/me/devices/{quote(device, safe='')}/end"
    transport.call("POST", path, {"password": password}, _account_token(store))


def sign_out(store: Store, transport: Transport) -> None:
    """Give the token back and drop what the server has. `Forbidden` while anything waits that it has not."""
    refuse_unsent(store)
    token = store.meta.get("token")
    try:
        if token is not None:
            transport.call("DELETE", "/api/v1/devices", token=token)
    except NotSignedIn:
        pass  # a token that the server does not know is given back already
    # Another window may have typed something meanwhile. It stays, until the same person signs in again.
    refuse_unsent(store)
    store.forget()


def refuse_other(store: Store, person: Mapping[str, Any], login: str) -> None:
    """`Conflict` where the device holds the work of another account than this person's."""
    held, before = store.meta.get("person"), store.meta.get("login")
    # The same login is the same person, also where a restored server gave the account a new id.
    same = held is None or held["id"] == person["id"] or before == login.strip().casefold()
    if not store.meta.get("guest") and not same:
        raise Conflict(
            f"this device holds the work of {held['name']}; use another profile (--profile) for {person['name']}",
            name=held["name"],
            text=Text(
                f"Perangkat ini menyimpan pekerjaan {held['name']}. Pakai profil lain (--profile).",
                f"This device holds the work of {held['name']}. Use another profile (--profile).",
            ),
        )


def refuse_unsent(store: Store) -> None:
    """`Unsent` while anything lies here that the server has not."""
    if found := _unsent(store):
        raise found


def _unsent(store: Store) -> Unsent | None:
    waiting, refused = store.outbox.waiting()[0], store.outbox.count(State.REFUSED)
    # A file that the server refused has no use any more; one of a form that is half typed lies nowhere else.
    half = {
        entry["id"]
        for each in (store.meta.get("typing_files") or {}).values()
        for kept in each.values()
        for entry in kept
    }
    left = [upload for upload in store.files.uploads() if upload.unsent and not upload.refused]
    files = len({upload.attachment for upload in left} | half)
    return unsent(waiting, refused, files) if waiting or refused or files else None


def _account_token(store: Store) -> str:
    token: str | None = store.meta.get("token")
    if store.meta.get("guest") or token is None:
        raise NotSignedIn("this is for an account: sign in or up first")
    return token


def guest_token(store: Store) -> str | None:
    """The token of a guest who has something to hand over. Staff cannot take over a guest's cases, so one who has none
    must not keep an officer from coming in."""
    if not store.meta.get("guest") or not (store.records.count() or _unsent(store)):
        return None
    token: str | None = store.meta.get("token")
    return token


def keep(store: Store, found: dict[str, Any], login: str, server: str | None = None) -> None:
    """The device speaks for this person from now on: `found` is the server's answer to whoever came in."""
    with store.transaction():
        if server is not None:
            store.meta.set("server", server)
        store.meta.set("token", found["token"])
        store.meta.set("person", found["person"])
        store.meta.set("login", login.strip().casefold())
        store.meta.set("guest", None)
        store.meta.set("wiped", None)
