"""The tables. Hot paths (commands, feed) write them set-based through `Model.__table__`; the rest use the session.

Times are text in UTC (RFC 3339, to the second): the same on SQLite and PostgreSQL, sortable, and as they go out.
Sums of hashes are signed 64-bit integers holding unsigned ones (sync.digest.signed).
"""

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, LargeBinary, MetaData, String, Text, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

# Names for constraints, so that a migration can drop one on either database.
NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


# On SQLite only a column that is called INTEGER is the table's own key; any other type costs an index beside it.
Position = BigInteger().with_variant(Integer(), "sqlite")


# Of millions of rows, the few that somebody must look at.
_QUARANTINED = text("status = 'quarantined'")
_OPEN_UPLOADS = text("code IS NULL OR code NOT IN ('done', 'terminated')")
_RUNNING = text("due IS NOT NULL")
_UNDER_WAY = text("state IN ('queued', 'leaving', 'failed')")


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})


class Person(db.Model):  # type: ignore[name-defined,misc]
    """Whoever acts: a guest (known by a device only), a citizen or a member of staff (with a login)."""

    __tablename__ = "person"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(120))
    login: Mapped[str | None] = mapped_column(String(120), unique=True)
    password: Mapped[str | None] = mapped_column(String(255))
    """Argon2id, with its parameters and salt."""
    roles: Mapped[str] = mapped_column(String(255), default="citizen")
    """Separated by spaces."""
    created: Mapped[str] = mapped_column(String(40))
    disabled: Mapped[str | None] = mapped_column(String(40))
    email: Mapped[str | None] = mapped_column(String(200))
    """Where notices go; of staff only, and set by an admin."""


class Grant(db.Model):  # type: ignore[name-defined,misc]
    """A scope given to a person beyond their own cases."""

    __tablename__ = "grant"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    scope: Mapped[str] = mapped_column(String(120), primary_key=True)


class Device(db.Model):  # type: ignore[name-defined,misc]
    """A device that a person signed in on, or a guest's. Only the hash of its token is kept."""

    __tablename__ = "device"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    token: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    created: Mapped[str] = mapped_column(String(40))
    seen: Mapped[str | None] = mapped_column(String(40), index=True)
    app: Mapped[str] = mapped_column(String(80), default="")
    health: Mapped[str] = mapped_column(String(1000), default="{}")
    skew: Mapped[int | None] = mapped_column()
    """Device clock minus server clock at the last exchange, in seconds."""
    revoked: Mapped[str | None] = mapped_column(String(40))
    revoked_why: Mapped[str | None] = mapped_column(String(200))
    waits: Mapped[int] = mapped_column(server_default="0")
    """Commands and files that it had not sent: of `health`, as a number to choose and sort by."""
    succeeded: Mapped[str | None] = mapped_column(String(40))
    """The last exchange that is known to have ended whole; `cuts`: how many since then are known not to have."""
    cuts: Mapped[int] = mapped_column(server_default="0")
    mismatches: Mapped[int] = mapped_column(server_default="0")
    """Digest mismatches, each within a week of the one before."""
    mismatched: Mapped[str | None] = mapped_column(String(40))
    turned_away: Mapped[str | None] = mapped_column(String(40))
    """When its outbox last came with a token that is good for nothing."""
    resync: Mapped[int] = mapped_column(server_default="0")
    """How often it was told to start over: part of what a cursor must fit to."""
    resync_asked: Mapped[str | None] = mapped_column(String(40))
    diagnosis_asked: Mapped[str | None] = mapped_column(String(40))
    amended: Mapped[int] = mapped_column(BigInteger, server_default="0")
    """The newest `amendment` of one of its instances; 0 for none, which is what an exchange looks at."""


class Invitation(db.Model):  # type: ignore[name-defined,misc]
    """An admin's word that one device may come in as a person, with no password. Only the hash of its code is kept."""

    __tablename__ = "invitation"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    code: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    created: Mapped[str] = mapped_column(String(40))
    expires: Mapped[str] = mapped_column(String(40))
    used: Mapped[str | None] = mapped_column(String(40))
    token: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    """Of the device that used it: the same device may ask again, where the answer was lost."""
    revoked: Mapped[str | None] = mapped_column(String(40))


class Instance(db.Model):  # type: ignore[name-defined,misc]
    """A client instance: the database on a device in which sequence numbers are minted."""

    __tablename__ = "instance"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"), index=True)


class CaseRow(db.Model):  # type: ignore[name-defined,misc]
    """A case: its state, and the lines that go out as they stand."""

    __tablename__ = "case_record"

    born: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=False)
    """The feed position of its first change: a small unique number to join by."""
    id: Mapped[str] = mapped_column(String(36), unique=True)
    version: Mapped[int] = mapped_column()
    service: Mapped[str] = mapped_column(String(64))
    stage: Mapped[str] = mapped_column(String(64))
    number: Mapped[str | None] = mapped_column(String(40), unique=True)
    due: Mapped[str | None] = mapped_column(String(10))
    scopes: Mapped[str] = mapped_column(String(1000))
    """The scopes it is in now, separated by spaces."""
    state: Mapped[bytes] = mapped_column(LargeBinary)
    """server.domain.case.Case as JSON."""
    line: Mapped[bytes] = mapped_column(LargeBinary)
    own_line: Mapped[bytes | None] = mapped_column(LargeBinary)
    """For the owner, where it differs from the office's."""

    # Of all cases there ever were, those that run, by their date: what notices walk along.
    __table_args__ = (Index("ix_case_record_due", "due", "born", sqlite_where=_RUNNING, postgresql_where=_RUNNING),)


class CommandRow(db.Model):  # type: ignore[name-defined,misc]
    """A command that was processed, by its key, with its result as it was answered."""

    __tablename__ = "command"

    instance: Mapped[str] = mapped_column(String(36), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    status: Mapped[str] = mapped_column(String(16))
    case_id: Mapped[str | None] = mapped_column(String(36), index=True)
    kind: Mapped[str] = mapped_column(String(64))
    person_id: Mapped[str] = mapped_column(String(36))
    received: Mapped[str] = mapped_column(String(40))
    result: Mapped[bytes] = mapped_column(LargeBinary)
    payload: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The line as sent, kept whole for all but applied edits (the case holds those): nothing typed is lost."""

    __table_args__ = (
        Index("ix_command_quarantined", "received", sqlite_where=_QUARANTINED, postgresql_where=_QUARANTINED),
    )


class Stray(db.Model):  # type: ignore[name-defined,misc]
    """A line that had no readable key, or a key that was used for something else: kept for an admin to read."""

    __tablename__ = "stray"

    instance: Mapped[str] = mapped_column(String(36), primary_key=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    seq: Mapped[int | None] = mapped_column(BigInteger)
    code: Mapped[str] = mapped_column(String(64))
    person_id: Mapped[str] = mapped_column(String(36))
    received: Mapped[str] = mapped_column(String(40))
    payload: Mapped[bytes] = mapped_column(LargeBinary)
    handled: Mapped[str | None] = mapped_column(String(40))
    """When somebody dealt with it; `handled_how`: `corrected` or `dismissed`."""
    handled_how: Mapped[str | None] = mapped_column(String(16))


class Amendment(db.Model):  # type: ignore[name-defined,misc]
    """A command's result that took the place of an earlier one: an officer looked at it. Both are kept, and so is the
    line that was carried out in place of the one that was sent."""

    __tablename__ = "amendment"

    n: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=False)
    """Counts up, in the order of commits."""
    instance: Mapped[str] = mapped_column(String(36))
    seq: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[str] = mapped_column(String(40))
    person: Mapped[str] = mapped_column(String(36))
    how: Mapped[str] = mapped_column(String(16))
    """`retried`, `corrected`, `rejected`, or `follows`: it had waited for one of those."""
    before: Mapped[bytes] = mapped_column(LargeBinary)
    result: Mapped[bytes] = mapped_column(LargeBinary)
    payload: Mapped[bytes | None] = mapped_column(LargeBinary)

    __table_args__ = (Index("ix_amendment_instance_n", "instance", "n"),)


class DeviceSample(db.Model):  # type: ignore[name-defined,misc]
    """How a device stood at a contact, at most once an hour: what the board draws. `at` is the hour's beginning."""

    __tablename__ = "device_sample"

    device_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    at: Mapped[str] = mapped_column(String(40), primary_key=True, index=True)
    waiting: Mapped[int] = mapped_column()
    files: Mapped[int] = mapped_column()
    refused: Mapped[int] = mapped_column()
    bytes: Mapped[int] = mapped_column(BigInteger)
    free: Mapped[int | None] = mapped_column(BigInteger)
    skew: Mapped[int | None] = mapped_column()


class Diagnosis(db.Model):  # type: ignore[name-defined,misc]
    """What a device told when an admin asked how it stands (schemas/diagnosis.py)."""

    __tablename__ = "diagnosis"

    device_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    came: Mapped[str] = mapped_column(String(40), primary_key=True)
    body: Mapped[str] = mapped_column(Text)


class FeedRow(db.Model):  # type: ignore[name-defined,misc]
    """One applied command, at its place in the order of commits."""

    __tablename__ = "feed"

    pos: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=False)
    case_id: Mapped[str] = mapped_column(String(36))
    version: Mapped[int] = mapped_column()
    kind: Mapped[str] = mapped_column(String(64))
    instance: Mapped[str] = mapped_column(String(36))
    seq: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[str] = mapped_column(String(36))
    at: Mapped[str] = mapped_column(String(40))

    __table_args__ = (Index("ix_feed_case", "case_id"),)


class FeedHead(db.Model):  # type: ignore[name-defined,misc]
    """One row: the epoch, and the position of the last change. See server/feed/stamp.py."""

    __tablename__ = "feed_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    epoch: Mapped[str] = mapped_column(String(64))
    pos: Mapped[int] = mapped_column(BigInteger)
    calendar: Mapped[str] = mapped_column(String(16), server_default="")
    """Which days an admin closed or opened, as a hash of `day_off`; empty where there are none. It stands here because
    whoever takes positions reads it under the same lock: no date is stamped by days that were changed meanwhile."""


class Scope(db.Model):  # type: ignore[name-defined,misc]
    """A scope's small number, and the digest of all the cases in it now."""

    __tablename__ = "scope"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    count: Mapped[int] = mapped_column(BigInteger, default=0)
    sum: Mapped[int] = mapped_column(BigInteger, default=0)


class Reach(db.Model):  # type: ignore[name-defined,misc]
    """That a case is in a scope, or was (`present` 0), as of the feed position `pos`. What a pull walks along."""

    __tablename__ = "reach"

    scope: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    born: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    pos: Mapped[int] = mapped_column(BigInteger)
    present: Mapped[int] = mapped_column()

    __table_args__ = (Index("ix_reach_scope_pos", "scope", "pos", "born", "present"),)


class Counter(db.Model):  # type: ignore[name-defined,misc]
    """The last case number given, by prefix and year."""

    __tablename__ = "counter"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[int] = mapped_column(BigInteger)


class Attempt(db.Model):  # type: ignore[name-defined,misc]
    """Failed tries within the current window, by what was tried (a login, an address, a tracking number)."""

    __tablename__ = "attempt"

    key: Mapped[str] = mapped_column(String(160), primary_key=True)
    window: Mapped[int] = mapped_column(BigInteger)
    count: Mapped[int] = mapped_column()


class AdminSession(db.Model):  # type: ignore[name-defined,misc]
    """Somebody signed in on the admin pages. Only the hash of the cookie is kept."""

    __tablename__ = "admin_session"

    token: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    created: Mapped[str] = mapped_column(String(40))
    seen: Mapped[str] = mapped_column(String(40))


class AuditRow(db.Model):  # type: ignore[name-defined,misc]
    """What an admin did. Each row's hash covers the one before (server/access/audit.py); triggers keep them as they
    are."""

    __tablename__ = "audit"

    pos: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=False)
    at: Mapped[str] = mapped_column(String(40))
    person: Mapped[str] = mapped_column(String(36))
    action: Mapped[str] = mapped_column(String(64))
    target: Mapped[str] = mapped_column(String(200))
    details: Mapped[str] = mapped_column(Text)
    prev: Mapped[bytes] = mapped_column(LargeBinary(32))
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))


class Blob(db.Model):  # type: ignore[name-defined,misc]
    """The bytes of a file that lie in the store whole, verified, once for all cases that have them."""

    __tablename__ = "blob"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    type: Mapped[str] = mapped_column(String(100))
    stored: Mapped[str] = mapped_column(String(40))


class BlobHolder(db.Model):  # type: ignore[name-defined,misc]
    """That a person has shown to have a blob's bytes. Who knows only its hash has not, and is given nothing for it."""

    __tablename__ = "blob_holder"

    sha256: Mapped[str] = mapped_column(ForeignKey("blob.sha256"), primary_key=True)
    person_id: Mapped[str] = mapped_column(String(36), primary_key=True)


class UploadRow(db.Model):  # type: ignore[name-defined,misc]
    """An upload under way or ended; one for each person and attachment, so that nobody can make many.

    What it waits for stands here, copied from the manifest: how far it has come is the size of its part file.
    """

    __tablename__ = "upload"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    person_id: Mapped[str] = mapped_column(String(36))
    device_id: Mapped[str] = mapped_column(String(36))
    case_id: Mapped[str] = mapped_column(String(36))
    attachment_id: Mapped[str] = mapped_column(String(36))
    sha256: Mapped[str] = mapped_column(String(64))
    type: Mapped[str] = mapped_column(String(100))
    length: Mapped[int] = mapped_column(BigInteger)
    created: Mapped[str] = mapped_column(String(40))
    expires: Mapped[str] = mapped_column(String(40), index=True)
    verified: Mapped[str | None] = mapped_column(String(40))
    """Set before the part file is moved into the store: from then on a missing part file means that it was."""
    ended: Mapped[str | None] = mapped_column(String(40))
    code: Mapped[str | None] = mapped_column(String(40))
    """How it ended: `done`, `terminated`, or why it was refused."""

    __table_args__ = (
        Index("uq_upload_owner", "person_id", "case_id", "attachment_id", unique=True),
        Index("ix_upload_open", "device_id", sqlite_where=_OPEN_UPLOADS, postgresql_where=_OPEN_UPLOADS),
    )


class JobRow(db.Model):  # type: ignore[name-defined,misc]
    """What runs on a timer, once for all processes of a city: when it last ran, how that ended, and who is at it."""

    __tablename__ = "job"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    started: Mapped[str | None] = mapped_column(String(40))
    finished: Mapped[str | None] = mapped_column(String(40))
    succeeded: Mapped[str | None] = mapped_column(String(40))
    """The last end that was a good one."""
    outcome: Mapped[str | None] = mapped_column(String(200))
    """A sentence of the job's own, or the word of what failed."""
    failed: Mapped[int] = mapped_column(default=0)
    """How many times in a row."""
    holder: Mapped[str | None] = mapped_column(String(36))
    until: Mapped[str | None] = mapped_column(String(40))
    """When the holder is taken for dead."""


class SettingRow(db.Model):  # type: ignore[name-defined,misc]
    """A setting that an admin changed (server/access/city_settings.py knows them all); `value` is JSON."""

    __tablename__ = "setting"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(Text)
    changed: Mapped[str] = mapped_column(String(40))
    person: Mapped[str] = mapped_column(String(36))


class DayOff(db.Model):  # type: ignore[name-defined,misc]
    """A day that an admin closed or opened by a decree; it wins over what the city's folder says of that day."""

    __tablename__ = "day_off"

    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    """`closed` or `open`."""
    name_id: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    decree: Mapped[str] = mapped_column(String(200))
    entered: Mapped[str] = mapped_column(String(40))
    person: Mapped[str] = mapped_column(String(36))


class CatalogueVersion(db.Model):  # type: ignore[name-defined,misc]
    """A catalogue as devices were given it, and when it was first served."""

    __tablename__ = "catalogue_version"

    version: Mapped[str] = mapped_column(String(12), primary_key=True)
    served: Mapped[str] = mapped_column(String(40))
    body: Mapped[bytes] = mapped_column(LargeBinary)


class Recount(db.Model):  # type: ignore[name-defined,misc]
    """One row: how far running dates were counted again since the calendar last changed."""

    __tablename__ = "recount"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    calendar: Mapped[str] = mapped_column(String(16))
    """As in `feed_head`: what it counts by."""
    walked: Mapped[int] = mapped_column(BigInteger)
    """Cases born up to here are done; those born after `upto` were stamped by the new calendar."""
    upto: Mapped[int] = mapped_column(BigInteger)
    total: Mapped[int] = mapped_column(BigInteger)
    looked: Mapped[int] = mapped_column(BigInteger)
    changed: Mapped[int] = mapped_column(BigInteger)
    begun: Mapped[str] = mapped_column(String(40))
    ended: Mapped[str | None] = mapped_column(String(40))


class ReplyTemplate(db.Model):  # type: ignore[name-defined,misc]
    """A text that officers answer with, as it was from one change to the next. A change adds a row, so no text is ever
    lost; the newest version of an id is what it says now."""

    __tablename__ = "reply_template"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    title: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text)
    services: Mapped[str] = mapped_column(String(1000))
    """Codes, separated by spaces; empty for all. So are `actions`."""
    actions: Mapped[str] = mapped_column(String(1000))
    at: Mapped[str] = mapped_column(String(40))
    person: Mapped[str] = mapped_column(String(36))
    retired: Mapped[bool] = mapped_column(Boolean)


class NoticeRow(db.Model):  # type: ignore[name-defined,misc]
    """One thing that is told to one person, once. `key` says what: kind, case or device, limit and date."""

    __tablename__ = "notice"

    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    person_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    kind: Mapped[str] = mapped_column(String(24))
    case_id: Mapped[str | None] = mapped_column(String(36))
    device_id: Mapped[str | None] = mapped_column(String(36))
    number: Mapped[str | None] = mapped_column(String(40))
    service: Mapped[str | None] = mapped_column(String(64))
    stage: Mapped[str | None] = mapped_column(String(64))
    """As it was when the notice was made."""
    limit_code: Mapped[str | None] = mapped_column(String(64))
    office: Mapped[str] = mapped_column(String(64))
    due: Mapped[str | None] = mapped_column(String(10))
    details: Mapped[str] = mapped_column(Text)
    """JSON: a number of cases, the evidence of a limit that ran out; nothing that somebody typed."""
    made: Mapped[str] = mapped_column(String(40), index=True)
    state: Mapped[str] = mapped_column(String(8))
    """`queued`, `leaving` (in a mail that was begun), `sent`, `failed`, or `kept`: shown here and sent nowhere."""
    mail: Mapped[str | None] = mapped_column(String(36))
    """The mail that it went with: what was begun together is tried again together, under the same name."""
    tries: Mapped[int] = mapped_column()
    after: Mapped[str | None] = mapped_column(String(40))
    """Not to be tried again before."""
    told: Mapped[str | None] = mapped_column(String(40))
    why: Mapped[str | None] = mapped_column(String(200))
    """What kept it from being sent."""

    __table_args__ = (
        Index("ix_notice_told", "person_id", "told"),
        Index("ix_notice_under_way", "person_id", sqlite_where=_UNDER_WAY, postgresql_where=_UNDER_WAY),
    )


class NoticeWalk(db.Model):  # type: ignore[name-defined,misc]
    """One row: since when notices are made, on which day all running cases were last looked through, and up to which
    feed position those that changed since."""

    __tablename__ = "notice_walk"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    since: Mapped[str] = mapped_column(String(10))
    day: Mapped[str] = mapped_column(String(10))
    """Empty until the first look through all of them ended."""
    pos: Mapped[int] = mapped_column(BigInteger)
