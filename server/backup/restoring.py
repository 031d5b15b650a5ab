"""A city brought back from a backup, into whatever database its settings name, as a new epoch: every device sends again
what it still holds of the days in between, and each of it counts once (docs/protocol.md, After a disaster)."""

import shutil
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, text

from schemas.catalogue.model import City as Rules
from server.backup import tables
from server.backup.shelf import KEYS, Backup
from server.backup.taking import City, Progress, copy_bytes, one_file, silent
from server.backup.verifying import verify
from server.feed import stamp
from server.files import disk
from server.store.database import prepare, reading, writing
from server.store.migrating import migrate
from server.store.models import Base
from sync.errors import Conflict

GAP = 1_000
"""Numbers of cases that a restore passes over, at the least: those that were given out since the backup are on people's
receipts, and must not come to stand for somebody else's case."""

_COUNTED = text("INSERT INTO counter (name, value) VALUES (:name, 0) ON CONFLICT (name) DO NOTHING")
_PASS_OVER = text("UPDATE counter SET value = (value / :gap + 2) * :gap")


def counters_since(rules: Rules, backup: Backup, now: datetime) -> list[str]:
    """What may have given out numbers since the backup, also where it had not begun by then."""
    zone = ZoneInfo(rules.timezone)
    years = range(datetime.fromisoformat(backup.manifest.taken).astimezone(zone).year, now.astimezone(zone).year + 1)
    return [f"{service.prefix}-{year}" for service in rules.services for year in years]


def restore(
    backup: Backup,
    city: City,
    epoch: str,
    counters: Sequence[str],
    *,
    replace: bool = False,
    progress: Progress = silent,
) -> None:
    """Put the backup in the place of the city's database, files and keys. Nothing is touched before the backup was
    verified. `epoch` is new; `counters` are `counters_since`. Doing it again after it was broken off comes to the same.

    Raises `BackupBroken`, and `Conflict` where there is a city in the way and it is not to be replaced. No server may
    run on the database meanwhile.
    """
    verify(backup, progress)
    if not replace and (found := _in_the_way(city.engine)):
        raise Conflict(f"there is a city with {found} cases already; say --replace if it is to go")
    # Bytes first, as always: what a row names is there.
    _bring_files(backup, city, progress)
    _bring_keys(backup.folder / KEYS, city.keys)
    with tempfile.TemporaryDirectory(prefix="tenggat-restore-") as folder:
        copied = Path(folder) / "city.sqlite3"
        shutil.copyfile(backup.database, copied)
        with one_file(copied) as old:
            prepare(old)
            # Here, where nothing can be lost: a backup may be of an older version.
            migrate(old)
            _bring_rows(old, city.engine, epoch, counters, progress)


def _in_the_way(engine: Engine) -> int:
    with engine.connect() as connection:
        if not engine.dialect.has_table(connection, "case_record"):
            return 0
        return int(connection.execute(text("SELECT count(*) FROM case_record")).scalar_one())


def _bring_rows(old: Engine, new: Engine, epoch: str, counters: Sequence[str], progress: Progress) -> None:
    migrate(new)
    with reading(old) as source, writing(new) as target:
        for table in reversed(Base.metadata.sorted_tables):
            target.execute(table.delete())
        tables.copy_rows(source, target, lambda table, rows: progress(f"database: {table}", rows, None))
        stamp.begin(target, epoch)
        if counters:
            target.execute(_COUNTED, [{"name": name} for name in counters])
        target.execute(_PASS_OVER, {"gap": GAP})
        # Whoever was signed in on the admin pages signs in anew.
        target.execute(text("DELETE FROM admin_session"))


def _bring_files(backup: Backup, city: City, progress: Progress) -> None:
    source, done = backup.shelf.files, 0
    with one_file(backup.database) as engine, reading(engine) as connection:
        named = connection.execute(text("SELECT sha256 FROM blob")).scalars().all()
    for done, sha256 in enumerate(named, 1):
        for old, new in (
            (source.blob(sha256), city.files.blob(sha256)),
            (source.thumbnail(sha256), city.files.thumbnail(sha256)),
        ):
            if old.is_file() and not new.is_file():
                with disk.room():
                    copy_bytes(old, new)
        progress("files", done, backup.manifest.blobs)


def _bring_keys(source: Path, target: Path) -> None:
    """The keys that bundles under way are sealed to. Others that were made meanwhile stay beside them under a name of
    their own, in case somebody needs them."""
    if not source.is_dir():
        return
    disk.make_folder(target)
    for key in sorted(source.glob("*.key")):
        there = target / key.name
        if there.exists() and there.read_bytes() != key.read_bytes():
            there.replace(_unused(target / f"{key.name}.replaced"))
        if not there.exists():
            copy_bytes(key, there)
            there.chmod(0o600)


def _unused(path: Path) -> Path:
    found, n = path, 1
    while found.exists():
        n += 1
        found = path.with_name(f"{path.name}-{n}")
    return found
