"""A bundle of all that waits here: commands, and the bytes of photos and documents that the server has not received.

Writing it freezes the commands in it, as sending them would: from then on they may reach the server from two places,
and one key must never carry two texts. The device goes on as before; whichever way brings them first, the other is
answered from what is stored.
"""

import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from client.bundles import keys
from client.bundles.made import Made, Sent, remember, runs_of, token_hash
from client.bundles.room import room_for
from client.store import Store
from client.store.files import Upload
from sync import bundle
from sync.bundle import Exchanged, File, Head, OneTime, Speaker, Writable
from sync.codec import deflate
from sync.errors import NotSignedIn
from sync.exchange import Device, Exchange
from sync.messages import MAX_PAGE

_PIECE = 256 * 1024
_AROUND = 4096
"""Bytes that a part takes beside its own at most: its head, and what seals it."""
_CODING = "zstd"

_Pieces = Iterable[bytes]


@dataclass(frozen=True)
class Written:
    """What a bundle holds."""

    id: str
    commands: int
    files: int
    bytes: int
    """Of the whole bundle."""
    left: int
    """Commands that did not fit into it: another bundle takes them, once this one was answered."""


def write_bundle(store: Store, into: Writable, *, files: bool = True) -> Written:
    """Write what waits. `files` False leaves photos and documents out. Raises `NotSignedIn`, `NoServerKeys` or
    `NoRoomForBundle`, and then nothing was frozen."""
    token = store.meta.get("token")
    if token is None:
        raise NotSignedIn("this device is not signed in")
    seal = keys.sealing(store)
    uploads = [upload for upload in store.files.uploads() if _goes(store, upload)] if files else []
    with room_for(store, into, _most(store, uploads)):
        return _write(store, into, token, seal, uploads)


def _most(store: Store, uploads: Sequence[Upload]) -> int:
    """Bytes that the bundle has at most."""
    inside = store.outbox.waiting()[1] + sum(upload.size for upload in uploads)
    return inside + inside // 1000 + _AROUND * (len(uploads) + bundle.MAX_EXCHANGES + 2)


def _write(store: Store, into: Writable, token: str, seal: bytes, uploads: Sequence[Upload]) -> Written:
    one = OneTime(secrets.token_bytes(32))
    name = store.new_id()
    with store.transaction():
        exchanges = _take(store)
        made = Made(
            id=name,
            secret=one.secret.hex(),
            at=store.stamp(),
            epoch=exchanges[-1].epoch,
            cursor=exchanges[-1].cursor,
            token=token_hash(store),
            exchanges=[Sent(device.instance, runs_of(device.seqs)) for device in exchanges],
        )
        # Before the first byte is written, as before one is sent: frozen, and what opens the answer is on the disk.
        remember(store, made)
    speaker = Speaker(token, bundle.encode_key(one.answer.public_key().public_bytes_raw()))
    parts = _parts(store, speaker, exchanges, uploads)
    size = bundle.write(into, "request", name, seal, one.signing, secrets.token_bytes(48), parts)
    commands = sum(len(device.seqs) for device in exchanges)
    return Written(name, commands, len(uploads), size, store.outbox.waiting()[0] - commands)


def _take(store: Store) -> list[Device]:
    """The exchanges of a bundle: as many as the outbox needs, each of one instance. Only the last asks for what
    changed, since all of them are answered at one time."""
    device = replace(store.take(), clock=None, limit=MAX_PAGE)
    batches = store.outbox.batches(store.stamp(), bundle.MAX_EXCHANGES)
    if not batches:
        return [device]
    exchanges = [replace(device, instance=id_, seqs=seqs, lines=lines, limit=1) for id_, seqs, lines in batches]
    return [*exchanges[:-1], replace(exchanges[-1], limit=MAX_PAGE)]


def _goes(store: Store, upload: Upload) -> bool:
    return upload.unsent and not upload.refused and store.blobs.sound(upload.sha256)


def _parts(
    store: Store, speaker: Speaker, exchanges: Sequence[Device], uploads: Sequence[Upload]
) -> Iterator[tuple[Head, _Pieces]]:
    yield speaker, ()
    for device in exchanges:
        # In memory: an outbox gives out a few megabytes at a time, and what was typed lies in no other file unsealed.
        body = b"".join(deflate(Exchange(device).request(), _CODING))
        yield Exchanged(_CODING, len(body)), (body,)
    # Smallest first: where something is cut short on the way, most of them have arrived.
    for upload in sorted(uploads, key=lambda upload: upload.size):
        yield File(upload.case, upload.attachment, upload.size), _bytes(store, upload)


def _bytes(store: Store, upload: Upload) -> Iterator[bytes]:
    with store.blobs.open(upload.sha256) as file:
        while piece := file.read(_PIECE):
            yield piece
