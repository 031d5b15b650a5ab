"""What an admin may set for the whole city: named, typed, with a default that holds until somebody chooses otherwise.

A new setting is a field of `CitySettings` and a line in `SETTINGS`; the page, the command line and the log of changes
have it then.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Engine, Row, text

from schemas.text import Text
from server.access import audit
from server.access.devices import stamp
from server.domain.troubles import SILENT_DAYS
from server.store.database import reading, writing
from sync.errors import Invalid, NotFound

Value = int | bool


@dataclass(frozen=True)
class CitySettings:
    """All settings as they stand."""

    silent_days: int = SILENT_DAYS
    """Days without contact after which a device is called silent."""
    notice_days: int = 2
    """Working days before a due date on which whoever the case waits for is warned; 0 warns on the day itself."""
    notice_email: bool = True
    """Whether notices go out by e-mail too, where the server knows a mail server."""
    admin_factor: bool = True
    """Whether whoever has the role `admin` must have a second factor on the admin pages."""


@dataclass(frozen=True)
class Setting:
    """`least` and `most` are None for a setting that is on or off."""

    name: str
    label: Text
    hint: Text
    least: int | None = None
    most: int | None = None

    @property
    def is_switch(self) -> bool:
        return self.least is None

    @property
    def default(self) -> Value:
        found: Value = getattr(CitySettings(), self.name)
        return found


SETTINGS: Final = (
    Setting(
        "silent_days",
        Text("Perangkat disebut diam sesudah (hari)", "A device is called silent after (days)"),
        Text(
            "Hari tanpa kontak. Berlaku di papan sinkron, halaman kesehatan, /metrics, dan pemberitahuan ke atasan.",
            "Days without contact. Holds for the sync board, the health page, /metrics, and what supervisors are told.",
        ),
        1,
        60,
    ),
    Setting(
        "notice_days",
        Text("Ingatkan sebelum batas waktu (hari kerja)", "Warn before a due date (working days)"),
        Text(
            "Petugas yang harus bertindak diingatkan sekian hari kerja sebelumnya; 0 berarti pada hari itu.",
            "Whoever the case waits for is warned so many working days before; 0 means on the day itself.",
        ),
        0,
        30,
    ),
    Setting(
        "notice_email",
        Text("Kirim pemberitahuan lewat surel", "Send notices by e-mail"),
        Text(
            "Hanya bila server surel diatur (TENGGAT_SMTP_URL) dan petugas punya alamat surel.",
            "Only where a mail server is set (TENGGAT_SMTP_URL) and the officer has an address.",
        ),
    ),
    Setting(
        "admin_factor",
        Text("Admin wajib memakai verifikasi dua langkah", "Admins must use two-step verification"),
        Text(
            "Admin yang belum punya diminta mengaturnya begitu masuk, dan sebelum itu tidak bisa membuka halaman lain.",
            "An admin who has none is asked to set it up right after signing in, and can open no other page before.",
        ),
    ),
)
assert [one.name for one in SETTINGS] == [one.name for one in fields(CitySettings)], "each has its words"


@dataclass(frozen=True)
class Chosen:
    """That somebody set it: when, and who (a person's id, or `cli`)."""

    changed: str
    person: str


def read(connection: Connection) -> CitySettings:
    """All settings, in one query. A stored value that this version cannot use counts as the default."""
    return _with(connection.execute(_ALL).all())


def as_set(engine: Engine) -> CitySettings:
    """The same for whoever reads nothing else."""
    with reading(engine) as connection:
        return read(connection)


def standing(engine: Engine) -> tuple[CitySettings, dict[str, Chosen]]:
    """All settings, and who chose those that are not left as they come."""
    with reading(engine) as connection:
        rows = connection.execute(_ALL).all()
    return _with(rows), {row.name: Chosen(row.changed, row.person) for row in rows}


def change(engine: Engine, typed: dict[str, str], who: str, now: datetime) -> list[str]:
    """Set what was typed, all of it or nothing; the names of those that are different now.

    `Invalid` names each that cannot be taken, `NotFound` one that there is not.
    """
    wanted: dict[str, Value] = {}
    problems: dict[str, dict[str, str]] = {}
    for name, words in typed.items():
        setting = _known(name)
        try:
            wanted[name] = parse(setting, words)
        except ValueError as error:
            problems[name] = {"code": "invalid", "text": str(error)}
    if problems:
        raise Invalid("; ".join(f"{name} {one['text']}" for name, one in problems.items()), problems=problems)
    with writing(engine) as connection:
        held = read(connection)
        changed = {name: value for name, value in wanted.items() if getattr(held, name) != value}
        for name, value in changed.items():
            row = {"name": name, "value": json.dumps(value), "changed": stamp(now), "person": who}
            connection.execute(_PUT, row)
        for name, value in changed.items():
            details = {"before": getattr(held, name), "after": value}
            audit.note(connection, who, "setting.change", name, details, now=now)
    return list(changed)


def parse(setting: Setting, typed: str) -> Value:
    """What somebody typed, as a value of this setting. ValueError says what it must be."""
    typed = typed.strip().lower()
    if setting.least is None or setting.most is None:
        if typed in ("on", "true", "yes", "1"):
            return True
        if typed in ("off", "false", "no", "0", ""):
            return False
        raise ValueError("is on or off")
    # As a number of people's: what int() also takes (underscores, other scripts' digits) is a slip here.
    if not (typed.isascii() and typed.isdigit() and len(typed) < 10 and setting.least <= int(typed) <= setting.most):
        raise ValueError(f"is a whole number from {setting.least} to {setting.most}")
    return int(typed)


def _known(name: str) -> Setting:
    found = next((one for one in SETTINGS if one.name == name), None)
    if found is None:
        names = ", ".join(one.name for one in SETTINGS)
        raise NotFound(f"there is no setting {name}; there are {names}")
    return found


def _with(rows: Sequence[Row[Any]]) -> CitySettings:
    usable: dict[str, Any] = dict(_usable(rows))
    return replace(CitySettings(), **usable)


def _usable(rows: Sequence[Row[Any]]) -> Iterator[tuple[str, Value]]:
    known = {one.name: one for one in SETTINGS}
    for row in rows:
        setting = known.get(row.name)
        if setting is None:
            continue
        try:
            yield row.name, parse(setting, str(json.loads(row.value)))
        except ValueError:
            continue


_ALL = text("SELECT name, value, changed, person FROM setting")
_PUT = text(
    "INSERT INTO setting (name, value, changed, person) VALUES (:name, :value, :changed, :person)"
    " ON CONFLICT (name) DO UPDATE SET value = excluded.value, changed = excluded.changed, person = excluded.person"
)
