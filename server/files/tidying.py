"""Clearing away what is over: a few at each creation, and all of it by `tenggat-server tidy`."""

from collections.abc import Callable
from datetime import datetime

from server.files import rows
from server.services import Services
from server.store.database import reading, writing

BATCH = 200


def sweep(world: Services, now: datetime, most: int) -> int:
    """Forget so many expired uploads, and their bytes; how many there were.

    Files go first: what dies in between is found again by its row.
    """
    with reading(world.engine) as connection:
        found = rows.expired(connection, now, most)
    if not found:
        return 0
    for upload in found:
        world.files.parts.remove(upload)
    with writing(world.engine) as connection:
        for upload in found:
            rows.forget(connection, upload)
    return len(found)


def tidy(world: Services, told: Callable[[int], None] = lambda _: None) -> tuple[int, int]:
    """Forget all expired uploads, then the part files that belong to none; how many of each. `told` hears how many
    were dealt with so far."""
    now, swept = world.sources.clock(), 0
    while n := sweep(world, now, BATCH):
        swept += n
        told(swept)
    # Files first, rows second: an upload that begins in between has no file yet that could be taken for a stray one.
    there = world.files.parts.all()
    with reading(world.engine) as connection:
        strays = there - rows.all_ids(connection)
    for upload in strays:
        world.files.parts.remove(upload)
    return swept, len(strays)
