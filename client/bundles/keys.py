"""The server's public keys, as this device learned them from the server itself, over a network; never from a bundle,
which whoever has a key that leaked could have made."""

from collections.abc import Mapping
from typing import Any

from client import newer
from client.store import Store
from client.transport import Transport
from schemas.text import Text
from sync.bundle import BundleDamaged, decode_key, key_id, keys_id, sealable_key
from sync.errors import NotFound, TenggatError

KEYS = "server_keys"
MOST_FORMER = 100
"""Renewed keys that are kept, the newest."""


class NoServerKeys(TenggatError):
    """This device never met the server, so it does not know whom to seal a bundle to."""

    code = "no_server_keys"

    def __init__(self, detail: str = "this device does not know the server's keys yet") -> None:
        super().__init__(detail, text=_NEVER_MET)


_NEVER_MET = Text(
    "Perangkat ini belum pernah bertemu servernya, jadi belum tahu untuk siapa berkas dikunci. Sinkronkan sekali lewat"
    " jaringan apa pun, atau buka tautan pendaftaran dari admin. Yang Anda isi tetap aman.",
    "This device never met its server, so it does not know whom to lock the file to. Sync once over any network, or"
    " open the enrolment link of the administrator. All that you typed stays safe here.",
)


def keep(store: Store, about: Mapping[str, Any]) -> bool:
    """Keep the keys that the server told (`GET /api/v1/about`); false, and nothing is kept, where it told none. Those
    that it renewed are kept as long as it tells of them: it answers what was sealed to them under them."""
    former = about.get("former")
    found = [_pair(told) for told in (about, *(former[:MOST_FORMER] if isinstance(former, list) else ()))]
    if found[0] is None:
        return False
    used, *others = [pair for pair in found if pair is not None]
    store.meta.set(KEYS, used | {"former": others, "epoch": store.meta.get("epoch")})
    return True


def known(store: Store) -> bool:
    """Whether the server told its keys, or that it has none, since it was restored, and has no others since."""
    held = store.meta.get(KEYS)
    if held is None or held["epoch"] != store.meta.get("epoch"):
        return False
    newest = store.meta.get("server_keys_id")
    return newest is None or newest == keys_id(
        (decode_key(one["seal"]), decode_key(one["sign"])) for one in _held(store)
    )


def are_of_this_epoch(store: Store) -> None:
    """The exchange after `learn` told the server's epoch, on a device that had met no server before."""
    store.meta.set(KEYS, store.meta.get(KEYS) | {"epoch": store.meta.get("epoch")})


def learn(store: Store, transport: Transport) -> bool:
    """Ask the server for its keys where this device has none or others, or where the server was restored since it
    asked; and once a day for its version. Whether it told its keys, or that it has none, just now. Nothing waits for
    it: what fails now is asked again at the next sync."""
    if known(store) and newer.asked_today(store):
        return False
    try:
        return ask(store, transport)
    except TenggatError:
        return False


def ask(store: Store, transport: Transport) -> bool:
    """Ask the server for its keys and its version. Whether it told its keys, or that it has none. Raises what a call
    does, where no answer came: that says nothing of whose server it is."""
    try:
        about = transport.call("GET", "/api/v1/about")
    except NotFound:
        # An older server, which takes no bundles.
        newer.note(store, {})
        if store.meta.get(KEYS) is None:
            store.meta.set(KEYS, {"seal": "", "sign": "", "epoch": store.meta.get("epoch")})
        return True
    if not isinstance(about, Mapping):
        return False
    newer.note(store, about)
    return keep(store, about)


def sealing(store: Store) -> bytes:
    """The key that requests are sealed to. `NoServerKeys`."""
    return decode_key(_known(store)[0]["seal"])


def signing(store: Store) -> set[str]:
    """The keys that an answer may be signed with, as text: also those that the server renewed, since it signs for a
    device that knew no others. `NoServerKeys`."""
    return {pair["sign"] for pair in _known(store)}


def opened_by(store: Store, to: str) -> bool:
    """Whether the server, as far as this device knows, opens what was sealed to the key of this id. `NoServerKeys`."""
    return any(key_id(decode_key(pair["seal"])) == to for pair in _known(store))


def _known(store: Store) -> list[dict[str, str]]:
    found = _held(store)
    if not found:
        raise NoServerKeys
    return found


def _held(store: Store) -> list[dict[str, str]]:
    """The pair in use, then those that were renewed; none of a server that takes no bundles."""
    found = store.meta.get(KEYS)
    return [found, *found.get("former", ())] if found and found["seal"] else []


def _pair(told: object) -> dict[str, str] | None:
    """Two keys that can be used; None for anything else that was told."""
    found = {name: str(told.get(name) or "") if isinstance(told, Mapping) else "" for name in ("seal", "sign")}
    try:
        sealable_key(found["seal"])
        decode_key(found["sign"])
    except BundleDamaged:
        return None
    return found
