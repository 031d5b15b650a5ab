"""People, their devices, and what is counted of who tries to come in."""

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from server.store.models.base import db

_TURNED_AWAY = text("turned_away IS NOT NULL")


class Person(db.Model):  # type: ignore[name-defined,misc]
    """Whoever acts: a guest (known by a device only), a citizen or a member of staff (with a login)."""

    __tablename__ = "person"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(120))
    login: Mapped[str | None] = mapped_column(String(120), unique=True)
    password: Mapped[str | None] = mapped_column(String(255))
    """Argon2id, with its parameters and salt."""
    password_until: Mapped[str | None] = mapped_column(String(40))
    """Until when it is good, where it was made up for them; null for one of their own."""
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
    carried: Mapped[str | None] = mapped_column(String(40))
    """When a file brought what it held, and an admin said whose it is: nobody has its token, and once the device comes
    itself, its outbox goes on at another."""
    resync: Mapped[int] = mapped_column(server_default="0")
    """How often it was told to start over: part of what a cursor must fit to."""
    resync_asked: Mapped[str | None] = mapped_column(String(40))
    diagnosis_asked: Mapped[str | None] = mapped_column(String(40))
    amended: Mapped[int] = mapped_column(BigInteger, server_default="0")
    """The newest `amendment` of one of its instances; 0 for none, which is what an exchange looks at."""

    __table_args__ = (
        Index("ix_device_turned_away", "turned_away", sqlite_where=_TURNED_AWAY, postgresql_where=_TURNED_AWAY),
    )


class SecondFactor(db.Model):  # type: ignore[name-defined,misc]
    """What makes somebody's codes for signing in on the admin pages, once a first code has shown that they have it."""

    __tablename__ = "second_factor"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    """Sealed with the key that lies with the server's other keys."""
    since: Mapped[str] = mapped_column(String(40))
    step: Mapped[int] = mapped_column(BigInteger)
    """The half minute of the last code that was taken: that one, and older ones, are good no more."""
    wrong: Mapped[int] = mapped_column(server_default="0")
    """Codes in a row that were not right."""
    shut: Mapped[str | None] = mapped_column(String(40))
    """Since when codes open nothing any more: there were too many of these."""


class RecoveryCode(db.Model):  # type: ignore[name-defined,misc]
    """Good once in the place of a code, where the phone is not at hand. Only its hash is kept, until it is used."""

    __tablename__ = "recovery_code"

    code: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)


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


class Attempt(db.Model):  # type: ignore[name-defined,misc]
    """Failed tries within the current window, by what was tried (a login, an address, a tracking number)."""

    __tablename__ = "attempt"

    key: Mapped[str] = mapped_column(String(160), primary_key=True)
    window: Mapped[int] = mapped_column(BigInteger)
    count: Mapped[int] = mapped_column()
