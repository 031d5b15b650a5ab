"""The rows of uploads and of what is stored. How far an upload has come is not among them: see `parts`."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, select, text

from schemas.record import Attachment
from server.access.devices import Seat, stamp
from server.store.models import UploadRow

LIFE = timedelta(days=7)
"""How long an upload waits for its next byte."""

_SLIDES = timedelta(hours=1)
"""An upload's end is moved on no oftener than this, so that its pieces cost no flush of the database."""

DONE, TERMINATED = "done", "terminated"


@dataclass(frozen=True)
class Upload:
    """One row of `upload`. Times are as they stand in the database."""

    id: str
    person_id: str
    device_id: str
    case_id: str
    attachment_id: str
    sha256: str
    type: str
    length: int
    created: str
    expires: str
    verified: str | None = None
    ended: str | None = None
    code: str | None = None
    said: str | None = None
    """`Upload-Metadata` as its creation said it."""

    def belongs_to(self, seat: Seat) -> bool:
        """Whose it is; also the device's whose guest meanwhile signed in."""
        return seat.person == self.person_id or seat.device == self.device_id

    def expired(self, now: datetime) -> bool:
        return self.expires <= stamp(now)

    @property
    def done(self) -> bool:
        return self.code == DONE


def until(now: datetime) -> str:
    return stamp(now + LIFE)


def find(connection: Connection, upload: str) -> Upload | None:
    row = connection.execute(_BY_ID, {"id": upload}).one_or_none()
    return Upload(**row._mapping) if row is not None else None


def of_attachment(connection: Connection, person: str, case: str, attachment: str) -> Upload | None:
    """What this person last began for this file; at most one row."""
    row = connection.execute(_BY_OWNER, {"person": person, "case": case, "attachment": attachment}).one_or_none()
    return Upload(**row._mapping) if row is not None else None


def put(connection: Connection, upload: Upload) -> None:
    """A new upload, in the place of the older one for the same file."""
    connection.execute(_PUT, vars(upload))


def open_of(connection: Connection, person: str, besides: str | None) -> tuple[int, int]:
    """How many uploads of a person are open, and the bytes they were begun for; one of them left out."""
    row = connection.execute(_OPEN, {"person": person, "besides": besides or ""}).one()
    return int(row.n), int(row.bytes)


def kept_until(upload: Upload, now: datetime) -> str:
    """When it ends if a byte came now: later than before only where that is worth a transaction."""
    return until(now) if upload.expires < stamp(now + LIFE - _SLIDES) else upload.expires


def keep(connection: Connection, upload: Upload, expires: str) -> None:
    connection.execute(_SLIDE, {"id": upload.id, "expires": expires})


def mark_verified(connection: Connection, upload: str, now: datetime) -> None:
    connection.execute(_VERIFIED, {"id": upload, "now": stamp(now)})


def end(connection: Connection, upload: str, code: str, now: datetime) -> None:
    connection.execute(_END, {"id": upload, "now": stamp(now), "code": code})


def forget(connection: Connection, upload: str) -> None:
    connection.execute(_FORGET, {"id": upload})


def expired(connection: Connection, now: datetime, most: int) -> list[str]:
    """The ids of the first so many that are over."""
    return list(connection.execute(_EXPIRED, {"now": stamp(now), "most": most}).scalars())


def all_ids(connection: Connection) -> set[str]:
    return set(connection.execute(text("SELECT id FROM upload")).scalars())


def holds(connection: Connection, entry: Attachment, person: str) -> bool:
    """Whether this person has shown to have the bytes of a stored blob that is all the manifest says of it: a hash of
    which another type or size is said is looked at like any other bytes."""
    values = {"sha256": entry.sha256, "size": entry.size, "type": entry.type, "person": person}
    return connection.execute(_HOLDS, values).first() is not None


def stored(connection: Connection, upload: Upload, person: str, now: datetime) -> None:
    """The blob is in the store, and this person has it."""
    connection.execute(_BLOB, {"sha256": upload.sha256, "size": upload.length, "type": upload.type, "now": stamp(now)})
    connection.execute(_HOLDER, {"sha256": upload.sha256, "person": person})


def type_of(connection: Connection, sha256: str) -> str | None:
    """The media type of a stored blob, as its content was found to be."""
    found: str | None = connection.execute(_TYPE, {"sha256": sha256}).scalar()
    return found


_TABLE = UploadRow.__table__
_BY_ID = select(_TABLE).where(_TABLE.c.id == bindparam("id"))
_BY_OWNER = select(_TABLE).where(
    _TABLE.c.person_id == bindparam("person"),
    _TABLE.c.case_id == bindparam("case"),
    _TABLE.c.attachment_id == bindparam("attachment"),
)
_PUT = text(
    "INSERT INTO upload (id, person_id, device_id, case_id, attachment_id, sha256, type, length, created, expires,"
    " verified, ended, code, said) VALUES (:id, :person_id, :device_id, :case_id, :attachment_id, :sha256, :type,"
    " :length, :created, :expires, :verified, :ended, :code, :said)"
    " ON CONFLICT (person_id, case_id, attachment_id) DO UPDATE SET id = excluded.id, device_id = excluded.device_id,"
    " sha256 = excluded.sha256, type = excluded.type, length = excluded.length, created = excluded.created,"
    " expires = excluded.expires, verified = excluded.verified, ended = excluded.ended, code = excluded.code,"
    " said = excluded.said"
)
_OPEN = text(
    "SELECT count(*) AS n, coalesce(sum(length), 0) AS bytes FROM upload"
    " WHERE person_id = :person AND ended IS NULL AND id <> :besides"
)
_SLIDE = text("UPDATE upload SET expires = :expires WHERE id = :id AND ended IS NULL")
_VERIFIED = text("UPDATE upload SET verified = :now WHERE id = :id AND ended IS NULL")
_END = text("UPDATE upload SET ended = :now, code = :code WHERE id = :id AND ended IS NULL")
_FORGET = text("DELETE FROM upload WHERE id = :id")
_EXPIRED = text("SELECT id FROM upload WHERE expires <= :now ORDER BY expires LIMIT :most")
_HOLDS = text(
    "SELECT 1 FROM blob_holder h JOIN blob b ON b.sha256 = h.sha256"
    " WHERE h.sha256 = :sha256 AND h.person_id = :person AND b.size = :size AND b.type = :type"
)
_BLOB = text(
    "INSERT INTO blob (sha256, size, type, stored) VALUES (:sha256, :size, :type, :now) ON CONFLICT (sha256) DO NOTHING"
)
_HOLDER = text(
    "INSERT INTO blob_holder (sha256, person_id) VALUES (:sha256, :person) ON CONFLICT (sha256, person_id) DO NOTHING"
)
_TYPE = text("SELECT type FROM blob WHERE sha256 = :sha256")
