"""A city brought back from a backup, into whatever database its settings name, as a new epoch: every device sends again
what it still holds of the days in between, and each of it counts once (docs/protocol.md, After a disaster)."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from schemas.catalogue.model import City as Rules
from server.backup import tables
from server.backup.anew import begin_anew
from server.backup.shelf import KEYS, Backup
from server.backup.taking import City, Progress, copy_bytes, one_file, silent
from server.backup.verifying import verify
from server.bundles import renewing
from server.files import disk
from server.store.database import prepare, reading, writing
from server.store.migrating import migrate
from server.store.models import Base
from sync.errors import Conflict


def restore(
    backup: Backup,
    city: City,
    rules: Rules,
    epoch: str,
    now: datetime,
    *,
    replace: bool = False,
    at_least: int = 0,
    progress: Progress = silent,
) -> dict[str, int]:
    """Put the backup in the place of the city's database, files and keys. Nothing is touched before the backup was
    verified. `epoch` is new; of each service at least `at_least` numbers are passed over. Returns how many were.
    Doing it again after it was broken off comes to the same.

    Raises `BackupBroken`, and `Conflict` where there is a city in the way and it is not to be replaced. No server may
    run on the database meanwhile.
    """
    verify(backup, progress)
    if not replace and (found := _in_the_way(city.engine)):
        raise Conflict(f"there is a city with {found} cases already; say --replace if it is to go")
    # Bytes first, as always: what a row names is there.
    _bring_files(backup, city, progress)
    _bring_keys(backup.folder / KEYS, city.keys, now)
    with tempfile.TemporaryDirectory(prefix="tenggat-restore-") as folder:
        copied = Path(folder) / "city.sqlite3"
        shutil.copyfile(backup.database, copied)
        with one_file(copied) as old:
            prepare(old)
            # Here, where nothing can be lost: a backup may be of an older version.
            migrate(old)
            migrate(city.engine)
            with reading(old) as source, writing(city.engine) as target:
                _bring_rows(source, target, progress)
                taken = datetime.fromisoformat(backup.manifest.taken)
                return begin_anew(target, rules, epoch, taken, now, at_least)


def _in_the_way(engine: Engine) -> int:
    with engine.connect() as connection:
        if not engine.dialect.has_table(connection, "case_record"):
            return 0
        return int(connection.execute(text("SELECT count(*) FROM case_record")).scalar_one())


def _bring_rows(source: Connection, target: Connection, progress: Progress) -> None:
    with _log_unguarded(target):
        for table in reversed(Base.metadata.sorted_tables):
            target.execute(table.delete())
    tables.copy_rows(source, target, lambda table, rows: progress(f"database: {table}", rows, None))


@contextmanager
def _log_unguarded(target: Connection) -> Iterator[None]:
    """Triggers keep the audit log's rows from every slip of a program. Whoever says `--replace` lets go of that log
    with all the rest; the one that comes is as whole, and as guarded."""
    if target.dialect.name == "postgresql":
        target.execute(text("ALTER TABLE audit DISABLE TRIGGER audit_kept"))
        yield
        target.execute(text("ALTER TABLE audit ENABLE TRIGGER audit_kept"))
        return
    guards = target.execute(
        text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'")
    ).all()
    for guard in guards:
        target.execute(text(f"DROP TRIGGER {guard.name}"))
    yield
    for guard in guards:
        target.exec_driver_sql(guard.sql)


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


def _bring_keys(source: Path, target: Path, now: datetime) -> None:
    """What bundles are sealed to, and what the database's own secrets are sealed with. Of the latter one that was made
    meanwhile stays beside under a name of its own, in case somebody needs it."""
    renewing.bring(source, target, now)
    for key in sorted(source.glob("*.key")):
        if key.name.startswith(("seal.", "sign.")):
            continue
        there = target / key.name
        disk.make_folder(target)
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
