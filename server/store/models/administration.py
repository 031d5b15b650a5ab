"""What admins look after: sessions and their log, jobs, settings, days off, catalogues, texts, notices."""

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from server.store.models.base import Position, db

# Of millions of rows, the few that somebody must look at.
_UNDER_WAY = text("state IN ('queued', 'leaving', 'failed')")


class AdminSession(db.Model):  # type: ignore[name-defined,misc]
    """Somebody signed in on the admin pages. Only the hash of the cookie is kept."""

    __tablename__ = "admin_session"

    token: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    created: Mapped[str] = mapped_column(String(40))
    seen: Mapped[str] = mapped_column(String(40))


class HalfWay(db.Model):  # type: ignore[name-defined,misc]
    """Somebody who has typed their password on the admin pages, and not yet the code. Only the hash of what their form
    carries is kept."""

    __tablename__ = "half_way"

    token: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    password: Mapped[bytes] = mapped_column(LargeBinary(32))
    """By which the password that they typed is told from another one; not its hash."""
    created: Mapped[str] = mapped_column(String(40))


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
