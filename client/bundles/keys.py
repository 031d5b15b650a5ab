"""The server's public keys, as this device learned them from the server itself, over a network, once."""

from collections.abc import Mapping
from typing import Any

from client import newer
from client.store import Store
from client.transport import Transport
from schemas.text import Text
from sync.bundle import BundleDamaged, decode_key, sealable_key
from sync.errors import NotFound, TenggatError

KEYS = "server_keys"


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
    """Keep the keys that the server told (`GET /api/v1/about`); false, and nothing is kept, where it told none."""
    found = {name: str(about.get(name) or "") for name in ("seal", "sign")}
    try:
        sealable_key(found["seal"])
        decode_key(found["sign"])
    except BundleDamaged:
        return False
    store.meta.set(KEYS, found | {"epoch": store.meta.get("epoch")})
    return True


def known(store: Store) -> bool:
    """Whether the server told its keys, or that it has none, since it was restored."""
    held = store.meta.get(KEYS)
    return held is not None and held["epoch"] == store.meta.get("epoch")


def are_of_this_epoch(store: Store) -> None:
    """The exchange after `learn` told the server's epoch, on a device that had met no server before."""
    store.meta.set(KEYS, store.meta.get(KEYS) | {"epoch": store.meta.get("epoch")})


def learn(store: Store, transport: Transport) -> bool:
    """Ask the server for its keys where this device has none, or where the server was restored since it asked: then
    they may be others; and once a day for its version. Whether it told its keys, or that it has none, just now. Nothing
    waits for it: what fails now is asked again at the next sync."""
    if known(store) and newer.asked_today(store):
        return False
    try:
        about = transport.call("GET", "/api/v1/about")
    except NotFound:
        # An older server, which takes no bundles.
        newer.note(store, {})
        if store.meta.get(KEYS) is None:
            store.meta.set(KEYS, {"seal": "", "sign": "", "epoch": store.meta.get("epoch")})
        return True
    except TenggatError:
        return False
    if not isinstance(about, Mapping):
        return False
    newer.note(store, about)
    return known(store) or keep(store, about)


def held(store: Store) -> tuple[bytes, str]:
    """The key that requests are sealed to, and the one that answers are signed with (as text). `NoServerKeys`."""
    found = store.meta.get(KEYS)
    if not found or not found["seal"]:
        raise NoServerKeys
    return decode_key(found["seal"]), found["sign"]
