"""What was set aside: commands that could not be carried out, and lines that had no key of their own.

Listed without what somebody typed; that is read one by one, and who read it is noted.
"""

import base64
import re
from dataclasses import dataclass, replace
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Engine, Row, text

from server.access import audit
from server.access.devices import stamp
from server.commands.amendments import DONE, NotDone, read_command, sender_of
from server.commands.apply import Commands, by_current_rules
from server.commands.batch import Batch, Sender, perform, words_of
from server.store.database import reading, writing
from sync.codec import read_control
from sync.errors import Conflict, NotFound
from sync.messages import Result

_FIELD: Final = re.compile(r"^[a-z][a-z0-9_]{0,63}\Z")

STRAY: Final = "line"
"""Before the key of a line that had none of its own."""


@dataclass(frozen=True)
class Outline:
    """What a command carries, by names alone: nothing that anybody typed."""

    service: str | None = None
    action: str | None = None
    fields: tuple[str, ...] = ()
    files: int = 0
    note: bool = False


@dataclass(frozen=True)
class Item:
    """One thing set aside. `key` calls it; `text` is the reason in words, by language."""

    key: str
    instance: str
    seq: int | None
    code: str
    kind: str
    case: str | None
    number: str | None
    service: str | None
    person: str
    name: str
    person_kind: str
    device: str | None
    received: str
    size: int
    text: dict[str, str] | None = None
    later: int = 0
    """Commands about the same case that came from the same instance after it: perhaps it was sent anew."""
    building: int = 0
    """Commands that wait for this one."""
    outline: Outline | None = None
    """Where one of them is asked for."""

    @property
    def stray(self) -> bool:
        return self.key.startswith(STRAY)


@dataclass(frozen=True)
class Done:
    """One that was dealt with: how, by whom, and which case it is about. `login` is None for the command line."""

    at: str
    how: str
    login: str | None
    instance: str
    seq: int
    number: str | None


@dataclass(frozen=True)
class Amendment:
    """What was done about a command before."""

    at: str
    person: str
    login: str | None
    how: str
    before: dict[str, Any]
    result: dict[str, Any]
    payload: bytes | None


def items(engine: Engine, *, device: str | None = None, most: int = 100, skip: int = 0) -> list[Item]:
    """What lies there, the longest first; of one device only, where one is named."""
    values = {"device": device, "most": most, "skip": skip}
    with reading(engine) as connection:
        return [_item(row) for row in connection.execute(_ITEMS, values)]


def count(engine: Engine) -> int:
    """How much lies there."""
    with reading(engine) as connection:
        return int(connection.execute(_COUNT).scalar_one())


def item(engine: Engine, key: str) -> Item:
    """One of them. `NotFound` where there is none of this key, or it was dealt with."""
    kind, instance, rest = _parts(key)
    with reading(engine) as connection:
        if kind == STRAY:
            row = connection.execute(_STRAY, {"instance": instance, "hash": rest}).one_or_none()
        else:
            row = connection.execute(_ONE, {"instance": instance, "seq": rest}).one_or_none()
        if row is None:
            raise NotFound("nothing of this name is in quarantine; somebody may have dealt with it")
        return replace(_item(row), outline=outline(_line(connection, key)))


def outline(line: bytes) -> Outline:
    """What can be told of a line without telling what stands in it; little of a broken one."""
    try:
        data = msgspec.json.decode(line).get("data") or {}
        service, action = (data.get(name) for name in ("service", "action"))
        named = {*_names(data.get("set")), *_names(data.get("form"))}
        files = data.get("attach")
    except (msgspec.MsgspecError, AttributeError, UnicodeDecodeError, RecursionError):
        return Outline()
    return Outline(
        service[:64] if isinstance(service, str) else None,
        action[:64] if isinstance(action, str) else None,
        tuple(sorted(named)),
        len(files) if isinstance(files, list) else 0,
        bool(data.get("note")),
    )


def _names(values: Any) -> list[str]:
    # A name that is no field's could be anything.
    return [name for name in values if _FIELD.match(name)][:100] if isinstance(values, dict) else []


def recent(engine: Engine, most: int = 20) -> list[Done]:
    """What was done lately, the newest first."""
    with reading(engine) as connection:
        return [Done(**row._mapping) for row in connection.execute(_RECENT, {"most": most})]


def read_payload(engine: Engine, commands: Commands, key: str, who: str) -> bytes:
    """The line as it was sent, and a note of who read it."""
    with writing(engine) as connection:
        found = _line(connection, key)
        audit.note(connection, who, "quarantine.read", key[:200], now=commands.sources.clock())
    return found


def _line(connection: Connection, key: str) -> bytes:
    kind, instance, rest = _parts(key)
    statement = _STRAY_LINE if kind == STRAY else _COMMAND_LINE
    found = connection.execute(statement, {"instance": instance, "rest": rest}).scalar()
    if found is None:
        raise NotFound("nothing of this name is in quarantine")
    return bytes(found)


def history(engine: Engine, instance: str, seq: int) -> list[Amendment]:
    """What was done about a command, oldest first."""
    with reading(engine) as connection:
        return [
            Amendment(
                row.at,
                row.person,
                row.login,
                row.how,
                msgspec.json.decode(bytes(row.before)),
                msgspec.json.decode(bytes(row.result)),
                bytes(row.payload) if row.payload is not None else None,
            )
            for row in connection.execute(_HISTORY, {"instance": instance, "seq": seq})
        ]


@by_current_rules
def correct_stray(commands: Commands, key: str, who: str, line: bytes) -> Result:
    """Carry out this line in place of one that had no key, in its sender's name, under a key of its own."""
    incoming = read_command(line, None)
    with writing(commands.engine) as connection:
        row = _open_stray(connection, key)
        sender = Sender(sender_of(connection, row.instance, row.person_id), commands.sources.new_id())
        batch = Batch(commands.rules.current, commands.sources, sender, [incoming])
        ((answer,),) = perform(connection, [batch], commands.rules)
        result = read_control(answer)
        assert isinstance(result, Result), "a command is answered with its result"
        if result.status not in DONE:
            raise NotDone(result)
        _handled(connection, commands, key, who, "corrected")
    return result


def dismiss_stray(commands: Commands, key: str, who: str) -> None:
    """Lay a line aside for good; it stays readable in the database."""
    with writing(commands.engine) as connection:
        _open_stray(connection, key)
        _handled(connection, commands, key, who, "dismissed")


def _open_stray(connection: Connection, key: str) -> Row[Any]:
    kind, instance, rest = _parts(key)
    if kind != STRAY:
        raise NotFound("this is no line without a key")
    row: Row[Any] | None = connection.execute(_OPEN_STRAY, {"instance": instance, "hash": rest}).one_or_none()
    if row is None:
        raise Conflict("somebody has dealt with this line meanwhile")
    return row


def _handled(connection: Connection, commands: Commands, key: str, who: str, how: str) -> None:
    _, instance, rest = _parts(key)
    now = commands.sources.clock()
    connection.execute(_HANDLED, {"instance": instance, "hash": rest, "now": stamp(now), "how": how})
    audit.note(connection, who, f"quarantine.{how}", key[:200], now=now)


def _words(code: str | None) -> dict[str, str] | None:
    found = words_of(code or "")
    return {"id": found.id, "en": found.en} if found else None


def key_of(instance: str, seq: int) -> str:
    return f"{instance}.{seq}"


def _parts(key: str) -> tuple[str, str, Any]:
    """Kind, instance, and number or hash. `NotFound` for what is no key."""
    parts = key.split(".")
    try:
        if len(parts) == 3 and parts[0] == STRAY:
            return STRAY, parts[1], base64.urlsafe_b64decode(parts[2] + "=")
        if len(parts) == 2 and parts[1].isascii() and parts[1].isdigit() and len(parts[1]) < 17:
            return "command", parts[0], int(parts[1])
    except ValueError:
        pass
    raise NotFound("there is no such thing in quarantine")


def _item(row: Row[Any]) -> Item:
    result = msgspec.json.decode(bytes(row.result)) if row.result is not None else {}
    stray = row.hash is not None
    hashed = base64.urlsafe_b64encode(bytes(row.hash)).decode().rstrip("=") if stray else ""
    return Item(
        key=f"{STRAY}.{row.instance}.{hashed}" if stray else key_of(row.instance, row.seq),
        instance=row.instance,
        seq=row.seq,
        code=row.code or result.get("code") or "",
        kind=row.kind or "",
        case=row.case_id,
        number=row.number,
        service=row.service,
        person=row.person_id,
        name=row.name or "",
        person_kind=row.person_kind or "",
        device=row.device_id,
        received=row.received,
        size=row.size,
        text=result.get("text") or _words(row.code),
        later=row.later,
        building=row.building,
    )


_COMMANDS = (
    "SELECT c.instance, c.seq, NULL AS hash, NULL AS code, c.kind, c.case_id, c.person_id, c.received, c.result,"
    " length(c.payload) AS size, r.number, r.service, p.name, p.kind AS person_kind, i.device_id,"
    " (SELECT count(*) FROM command o WHERE o.case_id = c.case_id AND o.instance = c.instance AND o.seq > c.seq"
    " AND o.status IN ('applied', 'merged')) AS later,"
    " (SELECT count(*) FROM command o WHERE o.case_id = c.case_id AND o.instance = c.instance AND o.seq > c.seq"
    " AND o.status = 'blocked') AS building"
    " FROM command c LEFT JOIN case_record r ON r.id = c.case_id LEFT JOIN person p ON p.id = c.person_id"
    " LEFT JOIN instance i ON i.id = c.instance WHERE c.status = 'quarantined'"
)
_STRAYS = (
    "SELECT s.instance, s.seq, s.hash, s.code, '' AS kind, NULL AS case_id, s.person_id, s.received, NULL AS result,"
    " length(s.payload) AS size, NULL AS number, NULL AS service, p.name, p.kind AS person_kind, i.device_id,"
    " 0 AS later, 0 AS building"
    " FROM stray s LEFT JOIN person p ON p.id = s.person_id LEFT JOIN instance i ON i.id = s.instance"
    " WHERE s.handled IS NULL"
)
_OF_DEVICE = " AND (CAST(:device AS VARCHAR) IS NULL OR i.device_id = :device)"
_ITEMS = text(
    # All of it stands here.
    f"SELECT * FROM ({_COMMANDS}{_OF_DEVICE} UNION ALL {_STRAYS}{_OF_DEVICE}) AS held"  # noqa: S608
    " ORDER BY received, instance, seq LIMIT :most OFFSET :skip"
)
_COUNT = text(
    "SELECT (SELECT count(*) FROM command WHERE status = 'quarantined')"
    " + (SELECT count(*) FROM stray WHERE handled IS NULL)"
)
_ONE = text(f"{_COMMANDS} AND c.instance = :instance AND c.seq = :seq")
_STRAY = text(f"{_STRAYS} AND s.instance = :instance AND s.hash = :hash")
_COMMAND_LINE = text("SELECT payload FROM command WHERE instance = :instance AND seq = :rest")
_STRAY_LINE = text("SELECT payload FROM stray WHERE instance = :instance AND hash = :rest")
_OPEN_STRAY = text(
    "SELECT instance, person_id FROM stray WHERE instance = :instance AND hash = :hash AND handled IS NULL"
)
_HANDLED = text("UPDATE stray SET handled = :now, handled_how = :how WHERE instance = :instance AND hash = :hash")
_RECENT = text(
    "SELECT a.at, a.how, p.login, a.instance, a.seq, r.number FROM amendment a"
    " LEFT JOIN person p ON p.id = a.person LEFT JOIN command c ON c.instance = a.instance AND c.seq = a.seq"
    " LEFT JOIN case_record r ON r.id = c.case_id WHERE a.how <> 'follows' ORDER BY a.n DESC LIMIT :most"
)
_HISTORY = text(
    'SELECT a.at, a.person, p.login, a.how, a."before", a.result, a.payload FROM amendment a'
    " LEFT JOIN person p ON p.id = a.person WHERE a.instance = :instance AND a.seq = :seq ORDER BY a.n"
)
