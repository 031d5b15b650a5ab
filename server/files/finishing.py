"""From the last byte to `arrived`. Every step may be the last one before a power cut, and the next request for the
upload goes on from there:

1. the part file is verified, and a small picture made and stored;
2. the row says `verified`: from now on a missing part file means that it is in the store;
3. the part file becomes the blob;
4. blob and holder get their rows;
5. the command `case.arrived` tells the case, and through its feed everybody;
6. the row says `done`.
"""

import logging

from server.commands import system
from server.files import content, disk, rows
from server.files.errors import FOR_GOOD, Ended, RefusedFile
from server.files.rows import Upload
from server.services import Services
from server.store.database import again, reading, writing

log = logging.getLogger("tenggat.files")


@again
def finish(world: Services, upload: Upload) -> None:
    """Take in an upload whose bytes are all here. Doing it twice, or in two processes, comes to the same.

    Raises a `RefusedFile` where the bytes are not what they should be: then the upload is over.
    """
    with world.files.parts.finishing(upload.id):
        with reading(world.engine) as connection:
            now_stands = rows.find(connection, upload.id)
        if now_stands is None:
            raise ended(None)
        if now_stands.done:
            return
        if now_stands.ended:
            raise ended(now_stands)
        if not now_stands.verified:
            _verify(world, now_stands)
        _take_in(world, now_stands)
        _tell(world, now_stands)


def ended(upload: Upload | None) -> Ended:
    """What is said of an upload that is over, and why it is."""
    reason = "unknown" if upload is None else upload.code or "expired"
    return Ended("this upload is over; begin another", reason=reason)


def _verify(world: Services, upload: Upload) -> None:
    files = world.files
    # Nobody may cut anything off any more; but its owner may give it up, here and as long as it is looked at.
    if files.parts.settle(upload.id) < upload.length:
        raise _gone()
    try:
        small = content.verify(files.parts.path(upload.id), upload.sha256, upload.type)
    except FileNotFoundError:
        raise _gone() from None
    except RefusedFile as refusal:
        with writing(world.engine) as connection:
            rows.end(connection, upload.id, refusal.code, world.sources.clock())
        files.parts.remove(upload.id)
        raise
    if small is not None:
        try:
            files.blobs.put_thumbnail(small, upload.sha256, files.parts.beside(upload.id))
        except OSError:
            log.warning("a small picture could not be stored", exc_info=True)
    with writing(world.engine) as connection:
        rows.mark_verified(connection, upload.id, world.sources.clock())


def _take_in(world: Services, upload: Upload) -> None:
    try:
        with disk.room():
            world.files.blobs.take_in(world.files.parts.path(upload.id), upload.sha256)
    except FileNotFoundError:
        if not world.files.blobs.has(upload.sha256):
            # Somebody took files out of the folder, or restored a database without them: the device has the bytes.
            with writing(world.engine) as connection:
                rows.end(connection, upload.id, "lost", world.sources.clock())
            raise _gone() from None
    with writing(world.engine) as connection:
        rows.stored(connection, upload, upload.person_id, world.sources.clock())


def _tell(world: Services, upload: Upload) -> None:
    found = {"sha256": upload.sha256, "size": upload.length, "type": upload.type}
    system.give(world.commands, "case.arrived", [upload.case_id], found)
    with writing(world.engine) as connection:
        rows.end(connection, upload.id, rows.DONE, world.sources.clock())
    world.files.parts.remove(upload.id)


def _gone() -> Ended:
    return Ended("the bytes of this upload are gone; send them again", reason="lost")


def refused_before(upload: Upload) -> RefusedFile | None:
    """The refusal that this upload ended with, where the same bytes would be refused again."""
    kind = FOR_GOOD.get(upload.code or "")
    return kind("these bytes were refused before") if kind else None
