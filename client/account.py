"""Who this device speaks for: a guest, or somebody who signed in or up."""

import secrets
from typing import Any

from client.store import Store
from client.transport import Transport
from schemas.text import Text
from sync.errors import Conflict, Forbidden
from sync.outbox import State


def begin_as_guest(store: Store) -> None:
    """Give the device a token of its own making, where it has none: the server gets to know it at the first
    exchange, and a lost answer to that one costs nothing (docs/adr/0004-guest-token.md)."""
    with store.transaction():
        if store.meta.get("token") is None:
            store.meta.set("token", secrets.token_urlsafe(32))
            store.meta.set("guest", True)


def sign_in(store: Store, transport: Transport, login: str, password: str) -> dict[str, Any]:
    """Sign in; the person. A guest's cases go along. `Conflict` where the device holds another account's work."""
    found = transport.call("POST", "/api/v1/devices", {"login": login, "password": password}, _guest_token(store))
    person: dict[str, Any] = found["person"]
    held, before = store.meta.get("person"), store.meta.get("login")
    # The same login is the same person, also where a restored server gave the account a new id.
    same = held is None or held["id"] == person["id"] or before == login.strip().casefold()
    if not store.meta.get("guest") and not same:
        raise Conflict(
            f"this device holds the work of {held['name']}; use another profile (--profile) for {person['name']}",
            text=Text(
                f"Perangkat ini menyimpan pekerjaan {held['name']}. Pakai profil lain (--profile).",
                f"This device holds the work of {held['name']}. Use another profile (--profile).",
            ),
        )
    _keep(store, found, login)
    return person


def sign_up(store: Store, transport: Transport, login: str, password: str, name: str) -> dict[str, Any]:
    """Make an account; the person. A guest becomes it, with device and cases."""
    body = {"login": login, "password": password, "name": name}
    found = transport.call("POST", "/api/v1/accounts", body, _guest_token(store))
    _keep(store, found, login)
    person: dict[str, Any] = found["person"]
    return person


def sign_out(store: Store, transport: Transport) -> None:
    """Give the token back and drop what the server has. `Forbidden` while anything waits that it has not."""
    if store.outbox.waiting()[0] or store.outbox.count(State.REFUSED) or store.files.unsent()[0]:
        raise Forbidden(
            "something on this device has not been received or was refused; see `tenggat status` first",
            text=Text(
                "Masih ada yang belum diterima server atau ditolak di perangkat ini. Lihat `tenggat status` dulu.",
                "Something on this device has not been received or was refused. See `tenggat status` first.",
            ),
        )
    transport.call("DELETE", "/api/v1/devices", token=store.meta.get("token"))
    store.forget()


def _guest_token(store: Store) -> str | None:
    token: str | None = store.meta.get("token")
    return token if store.meta.get("guest") else None


def _keep(store: Store, found: dict[str, Any], login: str) -> None:
    with store.transaction():
        store.meta.set("token", found["token"])
        store.meta.set("person", found["person"])
        store.meta.set("login", login.strip().casefold())
        store.meta.set("guest", None)
        store.meta.set("wiped", None)
