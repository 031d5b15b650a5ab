"""The lines of an exchange, each one JSON object with its type in `t`.

A request is `hello`, then `command` lines in the order of their sequence numbers, perhaps `check` or `fetch`,
then `end`. A response is `hello`, a `result` per command, perhaps `promises`, `reset` or `have`, then records
and `left` or `deleted` lines, then `end`. A body without its `end` was cut off.

Structs here ignore fields they do not know, so that a newer peer may say more; a record (any `t` that has an
`id` and a `v`) is never turned into a struct of its own but kept as the line it came in.
"""

from enum import StrEnum
from typing import Annotated, Any, Literal

import msgspec

PROTOCOL = 1
"""The version spoken here. A server answers older ones with results but no records (see docs/protocol.md)."""

MAX_LINE = 256 * 1024
"""Longest line, in bytes. A command is a form's worth of text; photos travel elsewhere."""

MAX_BODY = 64 * 1024 * 1024
"""Longest body, decompressed, in bytes: what a zip bomb may cost at most, since lines are read as they come."""

MAX_COMMANDS = 5_000
"""Most commands in one request; a longer outbox goes up in several."""

MAX_PAGE = 10_000
"""Most records in one response; the client asks for fewer with `hello.limit`."""

MAX_FETCH = 1_000
"""Most ids in one `fetch` line."""

MAX_SCOPES = 60
"""Most scopes of one person, their own among them: a client keeps them as bits of one signed integer."""

Identifier = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")]
"""A UUID in lower case. (`\\Z`, because `$` would let a newline follow.)"""
Sequence_ = Annotated[int, msgspec.Meta(ge=1, le=2**53 - 1)]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]
Word = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Moment = Annotated[str, msgspec.Meta(max_length=40)]
"""RFC 3339. From a device it is a claim: kept, never believed, so nothing more than its length is checked."""


class Health(msgspec.Struct, omit_defaults=True):
    """What a device says of itself, for the admin's board."""

    waiting: Count = 0
    refused: Count = 0
    conflicts: Count = 0
    bytes: Count = 0
    oldest: Moment | None = None
    free: Count | None = None
    mended: Count = 0
    """Records that differed at the last digest mismatch and were fetched anew."""
    files: Count = 0
    """Photos and documents of this device that the server does not have whole, refused ones among them."""
    failed: Count = 0
    """Tries to exchange that failed since one last ended whole. The next two are said only then."""
    trouble: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    """The code of the last failure: whether a network asked to sign in, say, or this device could store nothing."""
    ended: Moment | None = None
    """The server's time at the last exchange that ended whole."""


class Hello(msgspec.Struct, tag_field="t", tag="hello", omit_defaults=True):
    """The request's first line."""

    protocol: Count
    instance: Identifier
    app: Annotated[str, msgspec.Meta(max_length=80)] = ""
    epoch: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    cursor: str | None = None
    catalogue: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    promises: Annotated[str, msgspec.Meta(max_length=128)] | None = None
    limit: Annotated[int, msgspec.Meta(ge=1)] = MAX_PAGE
    """More than `MAX_PAGE` means `MAX_PAGE`."""
    clock: Moment | None = None
    guest: bool = False
    amended: Count = 0
    """The highest number of an `amended` line that was heard of this server's present epoch."""
    health: Any = None
    """A `Health`; read leniently, because no word about a device's state may stand in the way of its commands."""


class Command(msgspec.Struct, tag_field="t", tag="command", omit_defaults=True):
    """One change a person made on a device. The key is (hello.instance, seq); the line is frozen once sent."""

    seq: Sequence_
    kind: Word
    case: Identifier
    at: Moment
    """The device's claim of when the person did it."""
    base: Count = 0
    """The version of the case that the person saw; 0 where there was none."""
    after: Count = 0
    """The sequence number of the command this one builds on; 0 where it stands alone."""
    data: msgspec.Raw = msgspec.Raw(b"{}")
    """What the kind asks for: `Edit`, `Act`, `Choose` or nothing."""


Patch = dict[str, Any]

MAX_ATTACH = 100
"""Most files that one command attaches, and that it takes away."""

Sha256 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
Degrees = Annotated[float, msgspec.Meta(ge=-180, le=180)]


class Attach(msgspec.Struct, omit_defaults=True):
    """A file that goes with a case, by what it is. Its bytes travel apart from commands (docs/protocol.md, Files)."""

    id: Identifier
    document: Word
    """What it is in the catalogue's list of documents."""
    sha256: Sha256
    size: Annotated[int, msgspec.Meta(ge=1, le=2**53 - 1)]
    """Bytes."""
    type: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    """Media type: what the device found its content to be."""
    name: Annotated[str, msgspec.Meta(max_length=200)] = ""
    taken: Moment | None = None
    """When and where the picture was taken: what its camera or the device said of it, kept and never believed."""
    place: tuple[Degrees, Degrees] | None = None
    """Latitude and longitude."""
    accuracy: Annotated[float, msgspec.Meta(ge=0, le=1e7)] | None = None
    """Metres."""


class Edit(msgspec.Struct, omit_defaults=True):
    """`case.edit`: fields and documents of a draft, or of what a correction marked. `was` holds the values that `set`
    replaced. Files have ids of their own, so that two devices that attach never disagree."""

    service: Word | None = None
    set: Patch = {}
    was: Patch = {}
    attach: Annotated[list[Attach], msgspec.Meta(max_length=MAX_ATTACH)] = []
    detach: Annotated[list[Identifier], msgspec.Meta(max_length=MAX_ATTACH)] = []


class CorrectionItem(msgspec.Struct, omit_defaults=True):
    """One defect to mend: a field or a document, and what is wrong with it."""

    reason: Annotated[str, msgspec.Meta(max_length=2_000)]
    field: Word | None = None
    document: Word | None = None


class Act(Edit, omit_defaults=True):
    """`case.act`: a named action of the service's workflow, with what it carries."""

    action: Word = ""
    form: Patch = {}
    note: Annotated[str, msgspec.Meta(max_length=10_000)] | None = None
    items: Annotated[list[CorrectionItem], msgspec.Meta(max_length=200)] = []


class Choose(msgspec.Struct):
    """`case.choose`: which of two values of a field in conflict is to stand."""

    field: Word
    take: Literal["ours", "theirs"]
    """`ours` keeps the value that the case has; `theirs` takes the one kept beside it."""
    value: Any = msgspec.UNSET
    """With `theirs`: the value that the person saw and chose. Where another came meanwhile, this one is taken."""


class HandOver(msgspec.Struct):
    """`case.hand_over`, the server's own: the case gets another owner."""

    to: Identifier


class Bytes(msgspec.Struct):
    """`case.arrived`, the server's own: the bytes of this hash are here. They are of one size and one type, and have
    arrived only where the manifest says just that."""

    sha256: Sha256
    size: int
    type: str


class Check(msgspec.Struct, tag_field="t", tag="check"):
    """Asks for the ids and versions of all that this client should hold."""


class Fetch(msgspec.Struct, tag_field="t", tag="fetch"):
    """Asks for these records, whatever the cursor says."""

    ids: Annotated[list[Identifier], msgspec.Meta(max_length=MAX_FETCH)]


class RequestEnd(msgspec.Struct, tag_field="t", tag="end"):
    """The request's last line."""

    commands: Count


class Status(StrEnum):
    """What became of a command. All but `retry` are final for that key."""

    APPLIED = "applied"
    MERGED = "merged"
    REJECTED = "rejected"
    QUARANTINED = "quarantined"
    BLOCKED = "blocked"
    RETRY = "retry"


class Result(msgspec.Struct, tag_field="t", tag="result", omit_defaults=True):
    """What became of one command, in the order they were sent."""

    seq: int | None
    """None where the line was too broken to have one; `line` then tells which it was, counted from 1."""
    status: Status
    code: str | None = None
    """Why, as a word: see the table in docs/protocol.md. None when applied."""
    line: int | None = None
    case: str | None = None
    version: int | None = None
    number: str | None = None
    text: dict[str, str] | None = None
    """The reason in words, by language."""
    details: dict[str, Any] | None = None
    """The other side of a refusal: problems by field, who was first and when, conflicts."""


class Welcome(msgspec.Struct, tag_field="t", tag="hello", omit_defaults=True):
    """The response's first line."""

    protocol: int
    epoch: str
    now: Moment
    highest: int
    """Highest sequence number processed for this instance."""
    catalogue: str
    scopes: list[str] = []
    """What this client may see; a record's own `scopes` say by which of them it does."""
    person: dict[str, Any] = {}
    """id, name, role, roles and kind of whoever the token stands for."""
    wipe: bool = False
    """The device was revoked: its commands went to quarantine; drop everything else."""
    upgrade: bool = False
    """This client's protocol is too old to be sent records."""
    diagnose: bool = False
    """An admin asks for a report of how this device stands; it is sent to `POST /api/v1/diagnoses`."""
    keys: str = ""
    """`sync.bundle.keys_id` of the server's keys. A device that makes bundles and holds others asks for them again."""


class Promises(msgspec.Struct, tag_field="t", tag="promises"):
    """The promise table: for each service, received on day D means due on day X (schemas/promise.py)."""

    version: str
    table: msgspec.Raw


class Reset(msgspec.Struct, tag_field="t", tag="reset"):
    """The cursor is of no use: what follows is a snapshot. `why` is epoch, unknown, scopes, schema or asked."""

    why: str


class Left(msgspec.Struct, tag_field="t", tag="left"):
    """The record went out of every scope this client has. It still exists; the device drops its copy."""

    id: str


class Deleted(msgspec.Struct, tag_field="t", tag="deleted"):
    """The record no longer exists."""

    id: str


class Have(msgspec.Struct, tag_field="t", tag="have"):
    """Answer to `check`: some of what this client should hold, as [id, version] pairs."""

    ids: list[tuple[str, int]]


class Amended(msgspec.Struct, tag_field="t", tag="amended"):
    """A command that was answered before has another result now: an officer looked at it. `result` takes the place of
    the one before. Comes among the records, since older clients pass over lines there that they do not know."""

    n: int
    """Counts up; what was heard need not be told again (`hello.amended`)."""
    instance: Identifier
    result: Result


class End(msgspec.Struct, tag_field="t", tag="end", omit_defaults=True):
    """The response's last line."""

    cursor: str | None = None
    """The next request's cursor. None: the one that was sent stays right."""
    more: bool = False
    """There is more to pull: come again at once with this cursor."""
    digest: list[tuple[int, str]] | None = None
    """For each of hello.scopes, in that order: count and 16-digit hex sum of what the client should hold."""


class RecordHead(msgspec.Struct):
    """The part of any record line that a client reads before storing the line as it came."""

    t: str
    id: str = ""
    v: int = 0
    scopes: list[str] = []
    service: str = ""
    number: str | None = None
    stage: str = ""
    office: str = ""
    district: str | None = None
    due: str | None = None
    title: str = ""
    conflicts: list[msgspec.Raw] = []


RequestLine = Hello | Command | Check | Fetch | RequestEnd
ControlLine = Welcome | Result | Promises | Reset | Left | Deleted | Have | Amended | End
CONTROL_TYPES = frozenset({"hello", "result", "promises", "reset", "left", "deleted", "have", "amended", "end"})
