"""Renewing the server's keys, letting go of old ones, and bringing back those of a backup.

The folder is whole after each step, for other processes that read it, and for whoever comes after one that died
(`server.bundles.keys`).
"""

import os
import shutil
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, text

from server.access import audit
from server.bundles import keys
from server.bundles.keys import FORGOTTEN, SEAL, SIGN, Keys, Pair
from server.files import disk
from server.services import Services
from server.store.database import writing
from sync.errors import Busy


def renew(world: Services, who: str) -> tuple[Pair, Pair]:
    """Make a new pair; the one that was in use until now, and the new one. `Busy` where it cannot be written."""
    folder = world.keys.folder
    with writing(world.engine) as connection:
        _alone(connection)
        # Of whoever waits here, the time at which they go on.
        now, before = world.sources.clock(), world.keys.used
        with keys.written(folder):
            keys.clear(folder)
        audit.note(connection, who, "keys.renew", before.id, now=now)
        _put_in_use(folder, {SEAL: keys.new_key(), SIGN: keys.new_key()}, now)
        return before, world.keys.used


def forget(world: Services, who: str, gone: Iterable[Pair]) -> bool:
    """Let go of these for good: nothing that is sealed to them can be opened any more, and nothing that is signed by
    them is believed by a device that was told so.

    What one that was cut off, or whoever else died in the folder, left of others goes too. Whether there was anything
    to delete. `Busy`, and nothing is gone, where a file cannot be read: it may be the secret that was to go.
    """
    now, folder = world.sources.clock(), world.keys.folder
    with writing(world.engine) as connection, keys.written(folder):
        _alone(connection)
        used, *former = world.keys.pairs
        ids = {pair.id for pair in gone} - {used.id}
        files = _to_delete(folder, {used.id, *(pair.id for pair in former)} - ids)
        left = keys.clear(folder)
        # Of one that was cut off, what was noted went with its transaction.
        cut_off = keys.forgotten(folder) & {keys.id_of(path) for path in files if path.name.startswith("seal.")}
        for id_ in sorted(ids | cut_off - {used.id}):
            audit.note(connection, who, "keys.forget", id_, now=now)
            # First, so that it counts from here on, whatever becomes of the rest.
            (folder / f"{id_}{FORGOTTEN}").touch(mode=0o600)
        disk.flush_folder(folder)
        for path in files:
            path.unlink(missing_ok=True)
        disk.flush_folder(folder)
        return bool(files or left)


def copy(source: Path, target: Path) -> None:
    """All of them into a backup, as of one moment, each with the time at which it was made."""
    if not source.is_dir():
        return
    disk.make_folder(target)
    listing = None
    # Again where one was renewed meanwhile.
    while listing != (listing := keys.listing_of(source)):
        for path in target.iterdir():
            path.unlink()
        for name, *_ in sorted(listing):
            if (source / name).exists():
                _copy(source / name, target / name)


def bring(source: Path, target: Path, now: datetime) -> None:
    """Bring a backup's keys back.

    Where those in the folder came after the backup's, which were renewed or forgotten since, they stay in use: devices
    know them. Others (of a server that was started before it was restored) stay beside, as if they had been renewed.
    """
    used, here = _read(source), _read(target)
    if not used:
        # The server makes new ones, and devices learn them.
        return
    disk.make_folder(target)
    with keys.written(target):
        keys.clear(target)
    if here and (used[0].id in keys.forgotten(target) or used[0].id in {pair.id for pair in here}):
        return
    with keys.written(target):
        for path in (*source.glob("seal.*.key"), *source.glob("sign.*.key"), *source.glob(f"*{FORGOTTEN}")):
            if not (target / path.name).exists():
                _copy(path, target / path.name)
        if here:
            _put_in_use(target, {name: (source / name).read_bytes() for name in (SEAL, SIGN)}, now)
        for name in (SEAL, SIGN):
            _copy(source / name, target / name)


def _alone(connection: Connection) -> None:
    """One at a time; on SQLite whoever writes is alone already."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('tenggat.keys'))"))


def _read(folder: Path) -> tuple[Pair, ...]:
    """None where none were made, or where they cannot be read."""
    found = Keys(folder)
    try:
        return found.pairs if found.there else ()
    except Busy:
        return ()


def _to_delete(folder: Path, kept: set[str]) -> list[Path]:
    """Files of renewed pairs other than these, and halves whose other half is gone; `seal` last, by which a pair is
    known to whoever comes after one that died here."""
    found = []
    for renewed in sorted(keys.times(folder)):
        files = [path for name in (SIGN, SEAL) if (path := folder / keys.former_name(name, renewed)).exists()]
        if len(files) < 2 or keys.former_pair(folder, renewed).id not in kept:
            found += files
    return found


def _put_in_use(folder: Path, new: dict[str, bytes], now: datetime) -> None:
    """Two other keys in the place of those in use, which stay beside them."""
    with keys.written(folder):
        used, _ = keys.on_disk(folder)
        renewed = _free(folder, now)
        for name in new:
            # Where a renewal died, the pair in use has such a name already; that tells of a day on which it did not go.
            held = keys.former_name(name, used.renewed) if used.renewed else name
            os.link(folder / held, folder / keys.former_name(name, renewed))
        disk.flush_folder(folder)
        for name, content in new.items():
            with keys.beside(folder, content) as file:
                disk.move(file, folder / name)


def _free(folder: Path, now: datetime) -> datetime:
    """From now on the first second of which there is no renewal yet: two may come in one, and clocks are set back."""
    taken, free = keys.times(folder), now.replace(microsecond=0)
    while free in taken:
        free += timedelta(seconds=1)
    return free


def _copy(source: Path, target: Path) -> None:
    """Whole and durable under its name, or not there at all."""
    with keys.beside(target.parent, source.read_bytes()) as file:
        shutil.copystat(source, file)
        file.chmod(0o600)
        disk.move(file, target)
