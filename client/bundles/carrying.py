"""Bringing others' bundles to the server: this device has a network, and cannot read what it carries."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from client.bundles import keys
from client.bundles.keys import NoServerKeys
from client.bundles.placing import placed
from client.files.wire import Rest
from client.store import Store
from client.transport import NotOurServer, Progress, Transport, silent
from sync import bundle
from sync.bundle import OtherServer
from sync.errors import TenggatError, from_problem

PATH = "/api/v1/bundles"


class NotToCarry(TenggatError):
    """An answer: it goes back to the device whose bundle it answers."""

    code = "not_to_carry"


@dataclass(frozen=True)
class Carried:
    """What became of one bundle, as far as whoever carries it is told."""

    answer: Path
    later: int
    """Files in it that the server does not take for now: the same bundle, brought again, brings them."""


def answer_path(path: Path) -> Path:
    """Where the answer to a bundle is kept: beside it."""
    return path.with_name(f"{path.stem}.answer{path.suffix or '.tenggat'}")


def carry(store: Store, transport: Transport, path: Path, progress: Progress = silent) -> Carried:
    """Bring a bundle to the server, and keep the answer beside it, in the place of an older one. Again is safe. Raises
    what `bundle.examine` does, `NotToCarry`, `OtherServer`, `Unreachable`, or the server's refusal; and `OSError` where
    a file cannot be read or written."""
    with path.open("rb") as source:
        whole = bundle.examine(source)
        if whole.header.kind != "request":
            raise NotToCarry("this is an answer; it goes back to the device whose bundle it answers")
        ours = _signing(store, transport, whole.header.to)
        target = answer_path(path)
        with placed(target) as part:
            later = _send(transport, source, part, progress)
            answer = bundle.examine(part)
            if answer.header.kind != "answer" or answer.header.id != whole.header.id:
                raise NotOurServer("what came back does not answer this bundle")
            if ours is not None and answer.header.by not in ours:
                raise OtherServer("the answer is not signed by the server that this device knows")
    return Carried(target, later)


def _signing(store: Store, transport: Transport, to: str) -> set[str] | None:
    """The keys that the answer may be signed with; None where this device knows none. `OtherServer` where the server
    said that it will not open what is sealed to this key: seen here already, a large file costs nobody's data."""
    try:
        # The server may have renewed its keys since this device spoke with it.
        if not keys.opened_by(store, to) and not (keys.ask(store, transport) and keys.opened_by(store, to)):
            raise OtherServer("this bundle is for another server than this device's, or for keys that it no longer has")
        return keys.signing(store)
    except NoServerKeys:
        return None


def _send(transport: Transport, source: BinaryIO, into: BinaryIO, progress: Progress) -> int:
    """How many files were not taken for now."""
    size = source.seek(0, os.SEEK_END)
    headers = {"Content-Type": bundle.MEDIA, "Content-Length": str(size)}
    answer = transport.fetch(PATH, headers, into, progress, method="POST", body=Rest(source, 0, size, progress, size))
    if answer.problem is not None:
        raise from_problem(answer.problem)
    if answer.status != 200 or answer.headers.get("content-type", "").partition(";")[0] != bundle.MEDIA:
        raise NotOurServer(
            f"something other than the city's server answered ({answer.status});"
            " if this is a public Wi-Fi, open its sign-in page first"
        )
    # A server of before this was told says nothing.
    told = answer.headers.get(bundle.LATER.lower(), "0")
    return int(told) if told.isdecimal() else 0
