"""What is known of the photos and documents on this device: which it has to send, and which it fetched.

What a file still needs is never noted down: it follows from the records and the outbox as they are now. So nothing
has to be mended when a server is restored, a draft is discarded, or an answer is heard twice.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import msgspec

from client.store.blobs import Blobs
from client.store.database import Database
from sync.decoding import decoder
from sync.messages import Attach
from sync.outbox import WAITING, State

KEEP_DAYS = 30
"""How long what this device sent stays here after it arrived, where there is room: for a server that is restored."""


class Standing(StrEnum):
    """What a file of this device waits for."""

    EARLY = "early"
    """The command that names it has not been answered: the server would not know what it is."""
    READY = "ready"
    """The server knows of it and has not all of its bytes."""
    ARRIVED = "arrived"
    NAMELESS = "nameless"
    """Nothing names it (any more): it was taken away, or its draft was."""


@dataclass(frozen=True)
class Upload:
    """One attachment that was made on this device."""

    attachment: str
    case: str
    document: str
    name: str
    sha256: str
    size: int
    type: str
    queued_at: str
    url: str | None
    sent: int
    refused: bool
    trouble: dict[str, Any] | None
    """`code`, and `id` and `en` where there are words; the last thing that went wrong with it."""
    tries: int
    standing: Standing

    @property
    def unsent(self) -> bool:
        """Whether this device may be the only place where its bytes are, and somebody counts on them."""
        return self.standing in {Standing.EARLY, Standing.READY}


class Entry(msgspec.Struct):
    """What is read of an attachment on a record."""

    id: str
    sha256: str = ""
    size: int = 0
    type: str = ""
    name: str = ""
    document: str = ""
    arrived: str | None = None


class _Manifest(msgspec.Struct):
    attachments: list[Entry] = []


_manifest = decoder(_Manifest)


class Files:
    """Callers hold the transaction that changes belong to."""

    def __init__(self, connection: Database, blobs: Blobs) -> None:
        self._db = connection
        self.blobs = blobs

    def know(self, sha256: str, size: int, media: str) -> None:
        """These bytes are in the folder. Something must refer to them in the same transaction, or the next sweep takes
        them."""
        if not self.blobs.has(sha256):
            # Swept away between its writing and this transaction, as no row spoke of it yet.
            raise FileNotFoundError(sha256)
        self._db.execute(
            "INSERT INTO file (sha256, size, type) VALUES (?, ?, ?) ON CONFLICT (sha256) DO NOTHING",
            (sha256, size, media),
        )

    def queue(self, case: str, attach: Attach, at: str) -> None:
        """This attachment was made here, and its bytes are to go to the server."""
        self._db.execute(
            "INSERT INTO upload (attachment, case_id, document, name, sha256, size, queued_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (attachment) DO NOTHING",
            (attach.id, case, attach.document, attach.name, attach.sha256, attach.size, at),
        )

    def fetched(self, case: str, attachment: str, what: str, sha256: str, at: str) -> None:
        """The bytes of `what` (`original` or `thumbnail`) came from the server and are in the folder."""
        self._db.execute(
            "INSERT INTO fetched (attachment, what, case_id, sha256, fetched_at) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (attachment, what) DO UPDATE SET sha256 = excluded.sha256, fetched_at = excluded.fetched_at",
            (attachment, what, case, sha256, at),
        )

    # What there is.

    def held(self, sha256: str) -> bool:
        """Whether the bytes of that hash are here, by what the database knows."""
        return self._db.execute("SELECT 1 FROM file WHERE sha256 = ?", (sha256,)).fetchone() is not None

    def thumbnail(self, attachment: str) -> str | None:
        """The name of the thumbnail that was fetched."""
        row = self._db.execute(
            "SELECT sha256 FROM fetched WHERE attachment = ? AND what = 'thumbnail'", (attachment,)
        ).fetchone()
        return row[0] if row else None

    def fetched_bytes(self, what: str) -> int:
        row = self._db.execute(
            "SELECT coalesce(sum(file.size), 0) FROM fetched JOIN file USING (sha256) WHERE what = ?", (what,)
        ).fetchone()
        return int(row[0])

    def uploads(self, case: str | None = None) -> list[Upload]:
        """What this device has attached, oldest first."""
        where, values = ("WHERE case_id = ?", (case,)) if case else ("", ())
        rows = self._db.execute(
            f"SELECT upload.*, file.type FROM upload JOIN file USING (sha256) {where} ORDER BY queued_at, attachment",  # noqa: S608
            values,
        ).fetchall()
        if not rows:
            return []
        known = self.manifests({row["case_id"] for row in rows})
        named = self._named(case)
        return [_upload(row, _standing(row, known.get(row["case_id"]), named)) for row in rows]

    def unsent(self) -> tuple[int, int, int]:
        """How many files the server has not received whole, refused ones among them; their bytes; how many of those it
        has."""
        found = [upload for upload in self.uploads() if upload.unsent]
        return len(found), sum(each.size for each in found), sum(each.sent for each in found)

    def manifests(self, cases: Iterable[str], generation: int = 0) -> dict[str, dict[str, Entry]]:
        """The attachments of those cases that have a record here, of that generation or a newer one, by id."""
        found = {}
        for case in cases:
            row = self._db.execute(
                "SELECT line FROM record WHERE id = ? AND generation >= ?", (case, generation)
            ).fetchone()
            if row is not None:
                found[case] = {entry.id: entry for entry in _manifest.decode(bytes(row[0])).attachments}
        return found

    # What becomes of an upload.

    def began(self, attachment: str, url: str | None, sent: int = 0) -> None:
        """An upload has begun under this URL; None where the one before is of no use."""
        self._db.execute("UPDATE upload SET url = ?, sent = ? WHERE attachment = ?", (url, sent, attachment))

    def reached(self, attachment: str, sent: int) -> None:
        """The server has so many bytes."""
        self._db.execute("UPDATE upload SET sent = ?, trouble = NULL WHERE attachment = ?", (sent, attachment))

    def troubled(self, attachment: str, trouble: dict[str, Any], *, refused: bool) -> None:
        self._db.execute(
            "UPDATE upload SET trouble = ?, refused = ?, url = NULL, sent = 0 WHERE attachment = ?",
            (json.dumps(trouble), int(refused), attachment),
        )

    def mismatched(self, attachment: str) -> int:
        """Its bytes came to the server as others; how often that is now."""
        self._db.execute(
            "UPDATE upload SET tries = tries + 1, url = NULL, sent = 0 WHERE attachment = ?", (attachment,)
        )
        row = self._db.execute("SELECT tries FROM upload WHERE attachment = ?", (attachment,)).fetchone()
        return int(row[0])

    def again(self, attachment: str) -> None:
        """What was wrong with it is mended: it may go once more."""
        self._db.execute(
            "UPDATE upload SET refused = 0, trouble = NULL, tries = 0, url = NULL, sent = 0"
            " WHERE attachment = ? AND arrived_at IS NULL",
            (attachment,),
        )

    def restart(self) -> None:
        """The server began a new epoch: what it said of uploads, also that they arrived, was in another life of it.
        Until a record says so again nothing is let go of, not even while the case itself is only about to be sent."""
        self._db.execute("UPDATE upload SET url = NULL, sent = 0, arrived_at = NULL")

    def reconcile(self, now: str, generation: int) -> None:
        """Note what the records that are here now say has arrived (`now`: the server's time), and what of it they no
        longer say: a restored server lost it, so it goes again from its beginning. Records of an older `generation`
        say nothing: they may be of another life of the server, and go when the snapshot that began is whole."""
        rows = self._db.execute("SELECT attachment, case_id, sha256, arrived_at FROM upload").fetchall()
        known = self.manifests({row["case_id"] for row in rows}, generation)
        for row in rows:
            entry = known.get(row["case_id"], {}).get(row["attachment"])
            if entry is None or (there := _echoed(entry, row)) == (row["arrived_at"] is not None):
                continue
            self._db.execute(
                "UPDATE upload SET arrived_at = ?, url = NULL, sent = ?, refused = 0, trouble = NULL, tries = 0"
                " WHERE attachment = ?",
                (now if there else None, entry.size if there else 0, row["attachment"]),
            )

    # What may go.

    def release(self) -> list[str]:
        """Forget what was fetched for records that are not here any more, and what was sent for them; the names of the
        bytes that nothing needs then. Their files are to be dropped once this is committed."""
        gone = "NOT EXISTS (SELECT 1 FROM record WHERE record.id = case_id)"
        self._db.execute(f"DELETE FROM fetched WHERE {gone}")  # noqa: S608
        self._db.execute(f"DELETE FROM upload WHERE arrived_at IS NOT NULL AND {gone}")  # noqa: S608
        return self._unneeded()

    def nameless(self) -> set[str]:
        """Attachments that nothing names, be it no more or not yet."""
        return {upload.attachment for upload in self.uploads() if upload.standing is Standing.NAMELESS}

    def expire(self, now: str, since: Mapping[str, str]) -> list[str]:
        """Forget what arrived long ago, and what nobody has named for as long (`since` when, by the server's time); the
        names of the bytes to be dropped."""
        self._db.execute("DELETE FROM upload WHERE julianday(arrived_at) < julianday(?) - ?", (now, KEEP_DAYS))
        for attachment, first in since.items():
            if self._old(first, now):
                self._db.execute("DELETE FROM upload WHERE attachment = ?", (attachment,))
        return self._unneeded()

    def make_room(self, wanted: int) -> tuple[list[str], int]:
        """Forget originals that were fetched, then own files that arrived, oldest first, until so many bytes are free;
        the names of the bytes to be dropped, and how many bytes that frees."""
        freed = 0
        dropped: list[str] = []
        for table, key, condition, order in (
            ("fetched", "attachment", "what = 'original'", "fetched_at"),
            ("upload", "attachment", "arrived_at IS NOT NULL", "arrived_at"),
        ):
            for row in self._db.execute(
                f"SELECT {key}, sha256 FROM {table} WHERE {condition} ORDER BY {order}"  # noqa: S608
            ).fetchall():
                if freed >= wanted:
                    return dropped, freed
                self._db.execute(f"DELETE FROM {table} WHERE {key} = ? AND {condition}", (row[0],))  # noqa: S608
                sizes = dict(self._db.execute("SELECT sha256, size FROM file WHERE sha256 = ?", (row[1],)).fetchall())
                unneeded = self._unneeded()
                freed += sum(sizes.get(name, 0) for name in unneeded)
                dropped += unneeded
        return dropped, freed

    def size(self) -> int:
        """Bytes of all that is here."""
        return int(self._db.execute("SELECT coalesce(sum(size), 0) FROM file").fetchone()[0])

    def known(self) -> set[str]:
        return {row[0] for row in self._db.execute("SELECT sha256 FROM file")}

    def drop_all(self) -> None:
        for table in ("fetched", "upload", "file"):
            self._db.execute(f"DELETE FROM {table}")  # noqa: S608

    def _unneeded(self) -> list[str]:
        """Rows that nothing refers to are deleted; their names."""
        found = [
            row[0]
            for row in self._db.execute(
                "SELECT sha256 FROM file WHERE NOT EXISTS (SELECT 1 FROM upload WHERE upload.sha256 = file.sha256)"
                " AND NOT EXISTS (SELECT 1 FROM fetched WHERE fetched.sha256 = file.sha256)"
            )
        ]
        self._db.executemany("DELETE FROM file WHERE sha256 = ?", [(name,) for name in found])
        return found

    def _old(self, at: str, now: str) -> bool:
        row = self._db.execute("SELECT julianday(?) < julianday(?) - ?", (at, now, KEEP_DAYS)).fetchone()
        return bool(row[0])

    def _named(self, case: str | None) -> dict[str, State]:
        """Attachments that commands of the outbox bring, with the state of the latest of those commands. One that is
        let go of names nothing: its text is readable, no more."""
        found: dict[str, State] = {}
        sql = "SELECT state, line FROM outbox WHERE state != ? AND instr(line, ?) > 0"
        values: list[Any] = [str(State.SETTLED), b'"attach":']
        if case is not None:
            sql += " AND case_id = ?"
            values.append(case)
        for row in self._db.execute(sql + " ORDER BY instance, seq", values):
            try:
                data = json.loads(bytes(row["line"])).get("data", {})
                for id_ in data.get("detach", ()):
                    found.pop(id_, None)
                found |= {entry["id"]: State(row["state"]) for entry in data.get("attach", ())}
            except (ValueError, AttributeError, KeyError, TypeError):
                continue  # a damaged line still goes up; what it attaches, the server cannot read either
        return found


def _echoed(entry: Entry, row: sqlite3.Row) -> bool:
    """Whether the server says that it has these very bytes, verified."""
    return entry.arrived is not None and entry.sha256 == row["sha256"]


def _standing(row: sqlite3.Row, manifest: dict[str, Entry] | None, named: dict[str, State]) -> Standing:
    entry = (manifest or {}).get(row["attachment"])
    if entry is not None:
        return Standing.ARRIVED if _echoed(entry, row) else Standing.READY
    state = named.get(row["attachment"])
    if state in WAITING or state is State.REFUSED:
        return Standing.EARLY
    if row["arrived_at"] is not None:
        return Standing.ARRIVED
    # The server has the command, but its record is not here: the answer was cut off, or the case left this device.
    if state is State.ACKNOWLEDGED and manifest is None:
        return Standing.ARRIVED if row["sent"] >= row["size"] else Standing.READY
    return Standing.NAMELESS


def _upload(row: sqlite3.Row, standing: Standing) -> Upload:
    return Upload(
        attachment=row["attachment"],
        case=row["case_id"],
        document=row["document"],
        name=row["name"],
        sha256=row["sha256"],
        size=row["size"],
        type=row["type"],
        queued_at=row["queued_at"],
        url=row["url"],
        sent=row["sent"],
        refused=bool(row["refused"]),
        trouble=json.loads(row["trouble"]) if row["trouble"] else None,
        tries=row["tries"],
        standing=standing,
    )


def smallest_first(uploads: Sequence[Upload]) -> list[Upload]:
    """What goes now, what is nearly there before what has far to go; refused ones stay until somebody mends them."""
    ready = [upload for upload in uploads if upload.standing is Standing.READY and not upload.refused]
    return sorted(ready, key=lambda upload: (upload.size - upload.sent, upload.queued_at))
