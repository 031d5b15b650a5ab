"""Cases, the commands that made them what they are, and the feed of what changed."""

from sqlalchemy import BigInteger, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from server.store.models.base import Position, db

# Of millions of rows, the few that somebody must look at.
_QUARANTINED = text("status = 'quarantined'")
_RUNNING = text("due IS NOT NULL")


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
    begun: Mapped[str | None] = mapped_column(String(40))
    """When the epoch began, if with a restore."""


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
