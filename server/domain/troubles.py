"""What keeps a device from saying what it has: its facts, and what each of them means in a sentence with what to do.

Pure: facts and the moment go in, troubles come out, the heaviest first. The words stand in `trouble_words`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR

SILENT_DAYS: Final = 3
"""Days without contact after which a device is called silent, unless the city says otherwise."""
STUCK: Final = DAY
"""Seconds that something may wait on a device that is in contact."""
IN_CONTACT: Final = DAY
"""Seconds since the last contact within which a device counts as being in contact."""
CUTS: Final = 3
"""Contacts in a row of which no answer arrived whole: fewer are a bad moment of a network."""
LITTLE: Final = 300_000_000
"""Bytes free on a device below which photos soon find no room. Devices tell it to the last 100 MB."""
SKEW: Final = 10 * MINUTE
"""Seconds by which a clock may be wrong: what people claim as the time of their work is then no use."""
MISMATCHES: Final = 3
"""Digest mismatches within a week of each other: one may come from a restore, several come from a fault."""
UPLOAD_STUCK: Final = DAY
"""Seconds that an upload may stay open on a device that is in contact."""

Level = Literal["bad", "warn", "note"]


@dataclass(frozen=True)
class Facts:
    """A device as the server knows it. Times are stamps in UTC but for `oldest`, which is the device's own clock's."""

    id: str
    person: str
    login: str | None
    """None for a guest's."""
    name: str
    kind: str
    app: str
    created: str
    seen: str | None
    """The last exchange; None where there was none yet."""
    revoked: str | None
    skew: int | None
    """Its clock minus the server's, in seconds."""
    waiting: int = 0
    """Commands that were not answered in its last exchange; `files`: photos and documents that were not whole."""
    refused: int = 0
    files: int = 0
    oldest: str | None = None
    """Since when the oldest of them waits."""
    conflicts: int = 0
    bytes: int = 0
    """Of the commands that wait."""
    free: int | None = None
    """Bytes left on its disk."""
    mended: int = 0
    """Records that it ever found to differ from the server's, and fetched anew."""
    failed: int = 0
    """Its tries in a row that had failed before its last exchange, and the code of the last failure."""
    trouble: str | None = None
    succeeded: str | None = None
    """The last exchange of which the answer is known, or not known not, to have arrived whole."""
    cuts: int = 0
    """Contacts in a row since then of which the answer did not."""
    mismatches: int = 0
    """Digest mismatches, each within a week of the one before, and when the last was."""
    mismatched: str | None = None
    turned_away: str | None = None
    """When it last came with a token that is good for nothing; None where it was let in since."""
    revoked_why: str | None = None
    """`signed_out`, or the reason that an admin chose."""
    disabled: bool = False
    """Whether its person's account is closed."""
    replaced: bool = False
    """Whether its outbox goes on under another sign-in, so that it never comes again."""
    carried: str | None = None
    """When a file brought what it held; None where it came itself, or is still to come."""
    quarantined: int = 0
    """Its commands that lie in quarantine."""
    uploads: int = 0
    """Uploads under way, since when the oldest is, and those that were refused within a week."""
    upload_since: str | None = None
    upload_bytes: int = 0
    uploads_refused: int = 0
    resync_asked: str | None = None
    """When an admin asked that it start over; None where it has."""
    diagnosis_asked: str | None = None
    roles: tuple[str, ...] = ()
    offices: tuple[str, ...] = ()

    @property
    def held(self) -> int:
        """How much of somebody's work is on this device and nowhere else, as far as is known."""
        return self.waiting + self.files

    @property
    def gone(self) -> bool:
        """Whether nobody expects it any more: signed out, revoked and emptied, or replaced."""
        return self.replaced or (self.revoked is not None and not self.owes)

    @property
    def owes(self) -> bool:
        """Revoked, and not here since to hand over what it may still hold."""
        if self.revoked is None or self.revoked_why == "signed_out":
            return False
        return self.seen is not None and (self.seen < self.revoked or self.held > 0)


@dataclass(frozen=True)
class Trouble:
    """`code` is the word for programs; `values` are what its sentence names."""

    code: str
    weight: int
    """From 100 (work may be lost) to 1 (good to know)."""
    values: dict[str, int | str | None] = field(default_factory=dict)

    @property
    def level(self) -> Level:
        return "bad" if self.weight >= 60 else "warn" if self.weight >= 20 else "note"


WEIGHTS: Final[dict[str, int]] = {
    # Work that only a person can set free, or that may be lost with the device.
    "turned_away": 95,
    "account_closed": 94,
    "quarantined": 90,
    "not_handed_over": 85,
    "answers_cut": 80,
    "portal": 78,
    "untrusted": 77,
    "device_full": 76,
    "stuck": 75,
    "silent_with_work": 70,
    "storage_low": 60,
    # What will become that.
    "clock_wrong": 55,
    "uploads_stuck": 50,
    "uploads_refused": 48,
    "digest_differs": 45,
    "refused": 40,
    "conflicts": 35,
    "silent": 30,
    "never_synced": 25,
    "old_version": 20,
    # Good to know.
    "carried": 7,
    "resync_waits": 6,
    "diagnosis_waits": 5,
    "wiped": 3,
    "signed_out": 2,
    "replaced": 1,
}

_PORTALS = {"not_our_server", "proxy_trouble"}


def troubles(
    facts: Facts, now: datetime, *, silent_days: int = SILENT_DAYS, current: frozenset[str] = frozenset()
) -> list[Trouble]:
    """What is wrong with a device, the heaviest first; nothing where all is well. `current`: what the newest programs
    call themselves; empty where that is not known."""
    found = _gone(facts, now) if facts.gone or facts.revoked else _here(facts, now, silent_days, current)
    made = [Trouble(code, WEIGHTS[code], values) for code, values in found]
    return sorted(made, key=lambda one: -one.weight)


def weight(found: list[Trouble]) -> int:
    """By which devices are sorted: the heaviest trouble, and for each further one a little."""
    return 10 * found[0].weight + min(9, len(found) - 1) if found else 0


Found = Iterator[tuple[str, dict[str, int | str | None]]]


def _gone(facts: Facts, now: datetime) -> Found:
    if facts.quarantined:
        yield "quarantined", {"n": facts.quarantined}
    if facts.owes:
        yield "not_handed_over", {"n": facts.held, "since": _age(facts.revoked, now)}
    elif facts.replaced:
        yield "replaced", {}
    elif facts.revoked_why == "signed_out":
        yield "signed_out", {"since": _age(facts.revoked, now)}
    elif facts.revoked:
        yield "wiped", {"since": _age(facts.revoked, now)}


def _here(facts: Facts, now: datetime, silent_days: int, current: frozenset[str]) -> Found:
    silence = _age(facts.seen, now)
    if facts.turned_away:
        code = "account_closed" if facts.disabled else "turned_away"
        yield code, {"n": facts.held, "since": _age(facts.turned_away, now)}
    if facts.quarantined:
        yield "quarantined", {"n": facts.quarantined}
    if facts.carried:
        yield "carried", {"since": _age(facts.carried, now)}
    elif silence is None:
        age = _age(facts.created, now) or 0
        if age > DAY and not facts.turned_away:
            yield "never_synced", {"since": age}
    elif silence >= silent_days * DAY:
        if facts.held:
            yield "silent_with_work", {"n": facts.held, "since": silence, "oldest": _age(facts.oldest, now)}
        else:
            yield "silent", {"since": silence}
    yield from _waiting(facts, now, silence)
    yield from _state(facts, now, current)


def _waiting(facts: Facts, now: datetime, silence: int | None) -> Found:
    """Why what waits does not come, on a device that does."""
    if facts.cuts >= CUTS:
        yield "answers_cut", {"n": facts.cuts, "since": _age(facts.succeeded, now)}
    if facts.failed and facts.trouble in _PORTALS:
        yield "portal", {"n": facts.failed}
    if facts.failed and facts.trouble == "untrusted_server":
        yield "untrusted", {"n": facts.failed}
    if facts.failed and facts.trouble in ("storage_full", "store_broken"):
        yield "device_full", {"n": facts.failed, "free": facts.free}
    oldest = _age(facts.oldest, now)
    in_contact = silence is not None and silence < IN_CONTACT
    if in_contact and facts.waiting and oldest is not None and oldest > STUCK:
        yield "stuck", {"n": facts.waiting, "since": oldest}
    open_for = _age(facts.upload_since, now)
    if in_contact and facts.uploads and open_for is not None and open_for > UPLOAD_STUCK:
        yield "uploads_stuck", {"n": facts.uploads, "since": open_for}
    if facts.uploads_refused:
        yield "uploads_refused", {"n": facts.uploads_refused}


def _state(facts: Facts, now: datetime, current: frozenset[str]) -> Found:
    if facts.free is not None and facts.free < LITTLE:
        yield "storage_low", {"free": facts.free}
    if facts.skew is not None and abs(facts.skew) > SKEW:
        yield "clock_wrong", {"by": abs(facts.skew), "ahead": int(facts.skew > 0)}
    recent = _age(facts.mismatched, now)
    if facts.mismatches >= MISMATCHES and recent is not None and recent < 7 * DAY:
        yield "digest_differs", {"n": facts.mismatches}
    if facts.refused:
        yield "refused", {"n": facts.refused}
    if facts.conflicts:
        yield "conflicts", {"n": facts.conflicts}
    if facts.seen and _is_old(facts.app, current):
        yield "old_version", {"app": facts.app}
    if facts.resync_asked:
        yield "resync_waits", {"since": _age(facts.resync_asked, now)}
    if facts.diagnosis_asked:
        yield "diagnosis_waits", {"since": _age(facts.diagnosis_asked, now)}


def _is_old(app: str, current: frozenset[str]) -> bool:
    """Whether a program of a name that is known has another version than the newest."""
    names = {newest.partition(" ")[0] for newest in current}
    return bool(app) and app not in current and app.partition(" ")[0] in names


def _age(stamp: str | None, now: datetime) -> int | None:
    """Seconds since then, 0 for what is still to come; None where that cannot be read, as a device may write it."""
    if not stamp:
        return None
    try:
        then = datetime.fromisoformat(stamp)
    except ValueError:
        return None
    if then.tzinfo is None:
        return None
    return max(0, round((now - then) / timedelta(seconds=1)))
