"""An upload's life: begun for an entry of a manifest, filled piece by piece, finished, ended or expired."""

from collections.abc import Iterator
from dataclasses import replace

from flask import Request

from schemas.catalogue.model import City
from schemas.record import Attachment
from server.access import throttle
from server.access.devices import Seat, stamp
from server.files import body, disk, liveness, manifest, rows, tidying
from server.files.errors import AlreadyArrived, WrongChecksum, WrongOffset
from server.files.finishing import ended, finish, refused_before
from server.files.rows import Upload
from server.files.tus import Checksum
from server.services import Services
from server.store.database import again, reading, writing
from sync.errors import Malformed, NotFound, TooLarge, TooMany

MOST_OPEN = 100
MOST_OPEN_BYTES = 1024 * 1024 * 1024
"""Of one person, over all their devices."""

MOST_BEGUN = 2_500
MOST_BEGUN_ADDRESS = 5_000
"""Creations in one window of the throttle: of one person, and of an address, behind which may be a village."""

SWEPT = 10
"""Expired uploads that each creation clears away: more than it makes, so that they cannot pile up."""


def largest(city: City) -> int:
    """Bytes of the largest file that any service of the city takes."""
    sizes = [document.max_mb for service in city.services for document in service.documents]
    return max(sizes, default=0) * 1024 * 1024


@again
def begin(
    world: Services,
    seat: Seat,
    case: str,
    attachment: str,
    length: int,
    address: str | None,
    said: str | None = None,
) -> Upload:
    """A new upload, in the place of an older one for the same file; finished at once where this person's bytes are
    here already. `address` None: it comes in a bundle, and those are counted where they come in.
    `said`: what HEAD tells again.

    Raises `NotFound`, `AlreadyArrived`, `TooLarge`, `TooMany`, `StorageFull`, or the refusal that the same bytes met
    before.
    """
    now = world.sources.clock()
    throttled = _keys(seat, address)
    for key, most in throttled.items():
        throttle.check(world.engine, key, now, most)
    with reading(world.engine) as connection:
        entry = manifest.to_send(connection, case, attachment, seat)
        before = rows.of_attachment(connection, seat.person, case, attachment)
        held = rows.holds(connection, entry, seat.person)
        open_, open_bytes = rows.open_of(connection, seat.person, before.id if before else None)
    if before is not None and _whole(world, before):
        # The server was killed after its last byte: what is here is not sent again.
        _finish(world, before)
        held = held or _same(before, entry)
    _check(world, entry, length)
    if before is not None and _same(before, entry) and not before.expired(now):
        refusal = refused_before(before)
        if refusal is not None:
            raise refusal
    if not held and (open_ >= MOST_OPEN or open_bytes + length > MOST_OPEN_BYTES):
        raise TooMany("too many uploads are open; finish or end some first", retry_after=60)
    held = held and world.files.blobs.has(entry.sha256)
    if not held:
        disk.make_folder(world.files.folder)
        disk.check_room(world.files.folder, length)
    upload = Upload(
        id=world.sources.new_id(),
        person_id=seat.person,
        device_id=seat.device,
        case_id=case,
        attachment_id=attachment,
        sha256=entry.sha256,
        type=entry.type,
        length=length,
        created=stamp(now),
        expires=rows.until(now),
        verified=stamp(now) if held else None,
        said=said,
    )
    if before is not None:
        world.files.parts.remove(before.id)
    with writing(world.engine) as connection:
        # Another creation may have come between: of what it began, too, nobody hears any more.
        beside = rows.of_attachment(connection, seat.person, case, attachment)
        rows.put(connection, upload)
        for key in throttled:
            throttle.count_in(connection, key, now)
    if beside is not None and (before is None or beside.id != before.id):
        world.files.parts.remove(beside.id)
    tidying.sweep(world, now, SWEPT)
    if held:
        _finish(world, upload)
        return replace(upload, code=rows.DONE)
    return upload


@again
def find(world: Services, seat: Seat, upload: str) -> Upload:
    """This person's upload. `NotFound` for another's as for none, `Ended` for one that is over."""
    with reading(world.engine) as connection:
        found = rows.find(connection, upload)
    if found is None or not found.belongs_to(seat):
        raise NotFound("there is no such upload")
    if (found.ended and not found.done) or found.expired(world.sources.clock()):
        raise ended(found)
    return found


def stands_at(world: Services, upload: Upload) -> int:
    """The offset, durable. An upload whose bytes are all here is finished first, whatever kept that from happening."""
    if upload.done:
        return upload.length
    offset = world.files.parts.settle(upload.id)
    if offset < upload.length:
        # Fewer bytes than were counted on: they may be in the store since the row was read, and their part gone.
        upload = _as_it_stands(world, upload)
    if upload.done:
        return upload.length
    if upload.verified or offset >= upload.length:
        _finish(world, upload)
        return upload.length
    return offset


def receive(world: Services, upload: Upload, offset: int, request: Request, checksum: Checksum | None) -> int:
    """Take in a request's bytes from this offset on, and finish the upload if they were its last; the new offset.

    What came before the connection was cut is kept. Raises `WrongOffset`, `TooLarge`, `WrongChecksum` (nothing of
    this request is kept), `StorageFull`, or a `RefusedFile`.
    """
    return take_in(world, upload, offset, body.pieces(request), body.length_of(request), checksum)


def take_in(
    world: Services,
    upload: Upload,
    offset: int,
    pieces: Iterator[bytes],
    announced: int | None,
    checksum: Checksum | None = None,
) -> int:
    """The same with bytes from anywhere. `announced`: how many there should be, where that is known."""
    if upload.done or upload.verified:
        if offset != upload.length or announced:
            raise _all_here(upload)
        return stands_at(world, upload)
    if offset + (announced or 0) > upload.length:
        raise TooLarge(f"the upload was begun for {upload.length} bytes")
    disk.make_folder(world.files.folder)
    disk.check_room(world.files.folder, announced or 0)
    liveness.watch()
    with world.files.receiving():
        at = _written(world, upload, offset, pieces, announced, checksum)
        expires = rows.kept_until(upload, world.sources.clock())
        if expires != upload.expires:
            with writing(world.engine) as connection:
                rows.keep(connection, upload, expires)
        if at == upload.length:
            finish(world, upload)
    return at


def terminate(world: Services, upload: Upload) -> None:
    """End an upload and give up what was received. Of one that is done the address ends; the file stays."""
    with writing(world.engine) as connection:
        if upload.done:
            rows.forget(connection, upload.id)
        else:
            rows.end(connection, upload.id, rows.TERMINATED, world.sources.clock())
    world.files.parts.remove(upload.id)


def _written(
    world: Services,
    upload: Upload,
    offset: int,
    pieces: Iterator[bytes],
    announced: int | None,
    checksum: Checksum | None,
) -> int:
    parts, at = world.files.parts, offset
    try:
        word = parts.claim(upload.id, offset)
    except WrongOffset:
        _check_wanted(world, upload)
        raise
    try:
        _check_wanted(world, upload)
        for piece in pieces:
            if at + len(piece) > upload.length:
                parts.cut_off(upload.id, word, at, offset)
                raise TooLarge(f"the upload was begun for {upload.length} bytes")
            at = parts.append(upload.id, word, at, piece)
            if checksum is not None:
                checksum.update(piece)
        # A request that was cut cannot be summed up; what came of it stays, and the hash of the whole file decides.
        whole = announced is None or at - offset == announced
        if checksum is not None and whole and not checksum.right():
            parts.cut_off(upload.id, word, at, offset)
            raise WrongChecksum("the bytes were damaged on the way; send them again", offset=offset)
    finally:
        parts.release(upload.id, word)
    return at


def _as_it_stands(world: Services, upload: Upload) -> Upload:
    """Its row, read again: other requests for it go on, and whoever finished it took its part away."""
    with reading(world.engine) as connection:
        found = rows.find(connection, upload.id)
    if found is None or (found.ended and not found.done):
        raise ended(found)
    return found


def _check_wanted(world: Services, upload: Upload) -> None:
    """That no other request brought the last byte since the row was read: what came now, nobody would look at."""
    if _as_it_stands(world, upload).verified:
        raise _all_here(upload)


def _all_here(upload: Upload) -> WrongOffset:
    return WrongOffset("all of this upload's bytes are here", offset=upload.length)


def _finish(world: Services, upload: Upload) -> None:
    """Finish in a request that brought no byte; it takes a place among those that do, since looking at a picture may
    take as long."""
    with world.files.receiving():
        finish(world, upload)


def _same(upload: Upload, entry: Attachment) -> bool:
    """Whether an upload was of what the manifest promises now."""
    return (upload.sha256, upload.length, upload.type) == (entry.sha256, entry.size, entry.type)


def _check(world: Services, entry: Attachment, length: int) -> None:
    if entry.arrived:
        raise AlreadyArrived("the bytes of this file are here")
    if length > largest(world.city):
        raise TooLarge("no file may be as large", most=largest(world.city))
    if length != entry.size:
        raise Malformed(f"the manifest says {entry.size} bytes, Upload-Length {length}")


def _whole(world: Services, upload: Upload) -> bool:
    return not upload.ended and (bool(upload.verified) or world.files.parts.size(upload.id) == upload.length)


def _keys(seat: Seat, address: str | None) -> dict[str, int]:
    """What is counted, and how often it may be in one window."""
    if address is None:
        return {}
    return {f"upload:{seat.person}": MOST_BEGUN, f"uploads:{address}"[:160]: MOST_BEGUN_ADDRESS}
