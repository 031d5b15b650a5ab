"""A case as it goes out to devices: one JSON line, typed here so that server, client and CLI read the same thing.

A device stores the line as it came; fields that this version does not know stay in it untouched.
"""

from typing import Any

import msgspec

from schemas.ledger import Ledger


class Step(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that happened to a case. `at` is the server's time; `claimed` is what the device said."""

    action: str
    stage: str
    """The stage the case was in afterwards."""
    at: str
    by: str
    """Person id."""
    role: str
    """The role it was done in; `owner` for the person whose case it is."""
    name: str = ""
    note: str | None = None
    claimed: str | None = None
    skew: int | None = None
    """Device clock minus server clock, in seconds, where it was worth noting."""


class Conflict(msgspec.Struct, frozen=True, omit_defaults=True):
    """A field with two values: `ours` stands on the case, `theirs` is kept beside it until somebody chooses."""

    field: str
    ours: Any
    theirs: Any
    by: str
    at: str
    claimed: str | None = None


class Evidence(msgspec.Struct, frozen=True, omit_defaults=True):
    """What came with an action that was too late: kept, because someone went there and wrote it down."""

    action: str
    by: str
    at: str
    name: str = ""
    claimed: str | None = None
    form: dict[str, Any] = {}
    note: str | None = None


class Attachment(msgspec.Struct, frozen=True, omit_defaults=True):
    """One file of a case: an entry of its manifest. The bytes are asked for by `id` (docs/protocol.md, Files)."""

    id: str
    document: str
    """Which of the catalogue's documents it is."""
    sha256: str
    size: int
    """Bytes."""
    type: str
    """Media type, as its device said; once it has arrived, also as the server found it."""
    name: str = ""
    taken: str | None = None
    """When and where it was taken: claims of the device."""
    place: tuple[float, float] | None = None
    """Latitude and longitude in degrees."""
    accuracy: float | None = None
    """Metres."""
    added: str = ""
    """The server's time of the command that brought it."""
    by: str = ""
    """Person id; empty where it is not to be known."""
    role: str = ""
    """The role it was brought in; `owner` for the person whose case it is."""
    action: str = ""
    """The action it came with; empty for the applicant's documents."""
    late: bool = False
    """It came with an action that was too late: kept, as evidence is."""
    arrived: str | None = None
    """When the server had all of its bytes, and found them to be those of `sha256`; None while it has not."""


class Defect(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing to mend: a field or a document, and why."""

    reason: str
    field: str | None = None
    document: str | None = None


class Correction(msgspec.Struct, frozen=True, omit_defaults=True):
    """All that the applicant is asked to mend, in one go."""

    round: int
    asked: str
    items: tuple[Defect, ...]
    mended: str | None = None


class CaseBody(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What the server keeps of a case and sends of it alike. Times are the server's, in UTC."""

    id: str
    service: str
    rule: int
    """Version of the service's rules when it was submitted; a later change of limits does not touch it."""
    stage: str
    created: str
    owner: str = ""
    """Person id of whoever the case belongs to; empty for a walk-in, and for an office that may not know."""
    number: str | None = None
    code: str | None = None
    """Tracking code: with the number, enough for anyone to see stage and dates."""
    received: str | None = None
    opened: str | None = None
    """When an officer first opened it, or worked on it."""
    office: str = ""
    district: str | None = None
    fields: dict[str, Any] = {}
    forms: dict[str, dict[str, Any]] = {}
    """What each action's form carried, by action; the latest where it was done twice."""
    steps: tuple[Step, ...] = ()
    limits: tuple[Ledger, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    correction: Correction | None = None
    evidence: tuple[Evidence, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    """In the order they came."""
    links: tuple[str, ...] = ()
    """Numbers of cases this one is tied to."""


class CaseRecord(CaseBody, tag_field="t", tag="case", frozen=True, omit_defaults=True, kw_only=True):
    """One case for one audience, as one line. `v` is its version, `due` the earliest date that still runs, `title`
    one line about the case."""

    v: int
    scopes: tuple[str, ...] = ()
    title: str = ""
    due: str | None = None
