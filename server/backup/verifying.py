"""Whether a backup can be trusted: looked at whole, before the day on which it is needed."""

from collections.abc import Iterator
from itertools import islice

from sqlalchemy import Connection, text

from server.backup.shelf import FORMAT, Backup, BackupBroken, digest
from server.backup.taking import Progress, one_file, silent
from server.feed.stamp import head
from server.files.blobs import BlobStore
from server.store.database import reading
from sync.errors import TooLarge

MOST_TOLD = 20


def verify(backup: Backup, progress: Progress = silent) -> None:
    """`BackupBroken`, with what is wrong in `extra["faults"]`, where this is not what was taken."""
    if backup.manifest.format > FORMAT:
        raise TooLarge("this backup was taken by a newer version of Tenggat; use that one")
    faults = list(islice(_faults(backup, progress), MOST_TOLD))
    if faults:
        raise BackupBroken(f"{backup.name} is not what was taken: {'; '.join(faults)}", faults=faults)


def _faults(backup: Backup, progress: Progress) -> Iterator[str]:
    broken = list(_changed(backup))
    yield from broken
    if broken:
        return
    with one_file(backup.database) as engine, reading(engine) as connection:
        yield from _of_tables(connection, backup)
        yield from _of_files(connection, backup.shelf.files, progress, backup.manifest.blobs)


def _changed(backup: Backup) -> Iterator[str]:
    for name, kept in backup.manifest.files.items():
        path = backup.folder / name
        if not path.is_file():
            yield f"{name} is missing"
        elif digest(path) != kept:
            yield f"{name} was changed"


def _of_tables(connection: Connection, backup: Backup) -> Iterator[str]:
    said = connection.exec_driver_sql("PRAGMA integrity_check(5)").scalars().all()
    if said != ["ok"]:
        yield f"the database is damaged: {said[0]}"
        return
    if orphans := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall():
        yield f"{len(orphans)} rows of {orphans[0][0]} belong to rows that are not there"
    epoch, position, _ = head(connection)
    if (epoch, position) != (backup.manifest.epoch, backup.manifest.position):
        yield f"the feed stands at {position}, the manifest says {backup.manifest.position}"
    lowest, highest, count = connection.execute(text("SELECT min(pos), max(pos), count(*) FROM feed")).one()
    if count and (highest, highest - lowest + 1) != (position, count):
        yield f"the feed has a gap: {count} rows up to {highest}, and its head says {position}"
    cases = connection.execute(text("SELECT count(*) FROM case_record")).scalar_one()
    if cases != backup.manifest.cases:
        yield f"there are {cases} cases, the manifest says {backup.manifest.cases}"
    if behind := connection.execute(_BEHIND).scalar_one():
        yield f"{behind} cases are not as their last change left them"


def _of_files(connection: Connection, files: BlobStore, progress: Progress, count: int) -> Iterator[str]:
    rows = connection.execute(text("SELECT sha256, size FROM blob ORDER BY sha256"))
    for done, row in enumerate(rows, 1):
        path = files.blob(row.sha256)
        if not path.is_file():
            yield f"the bytes of {row.sha256[:12]} are missing"
        elif (found := digest(path)).sha256 != row.sha256 or found.size != row.size:
            yield f"the bytes of {row.sha256[:12]} were changed"
        progress("files", done, count)


_BEHIND = text(
    "SELECT count(*) FROM case_record c JOIN (SELECT case_id, max(version) AS version FROM feed GROUP BY case_id) f"
    " ON f.case_id = c.id WHERE f.version <> c.version"
)
