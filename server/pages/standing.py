"""Where a case stands, in words: made of what the tracking API tells, and of nothing else."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from schemas.explain import date_in_words, moment_in_words, relative_in_words
from schemas.record import CaseRecord
from schemas.text import Language
from server.api.tracking import tracked
from server.domain.calendar import Calendar
from server.domain.workflow import stage_of
from server.pages.words import Words
from server.services import Services


@dataclass(frozen=True)
class Happened:
    """One entry of the timeline. `at` is the same moment for machines."""

    what: str
    when: str
    at: str


@dataclass(frozen=True)
class Due:
    """One limit. `far` is how far the date is, or how the limit ended."""

    label: str
    date: str
    on: str
    far: str
    late: bool
    provisional: bool
    why: tuple[str, ...]


@dataclass(frozen=True)
class Standing:
    number: str
    service: str
    stage: str
    says: str
    waits: bool
    """For the applicant."""
    timeline: tuple[Happened, ...]
    limits: tuple[Due, ...]
    files: str
    """How many photos and documents have arrived; empty where there are none."""


def standing_of(world: Services, record: CaseRecord, language: Language) -> Standing:
    """The case in words, dates in the city's time zone."""
    say = Words(language)
    told = tracked(world, record)
    today = world.calendar.local(world.sources.clock()).date()
    # What runs comes first, by its date: that is what somebody looks for.
    limits = sorted(told["limits"], key=lambda limit: (_ORDER[limit["state"]], limit["due"]))
    return Standing(
        number=told["number"],
        service=say.of(told["service"]),
        stage=say.of(told["label"]),
        says=say.of(told["says"]) if told["says"] else "",
        waits=_waits(world, record),
        timeline=tuple(_timeline(told, world.calendar, say)),
        limits=tuple(_due(limit, today, say) for limit in limits),
        files=say("files", **told["files"]) if told["files"]["all"] else "",
    )


_ORDER = {"running": 0, "paused": 1, "met": 2}


def _waits(world: Services, record: CaseRecord) -> bool:
    service = next((service for service in world.city.services if service.code == record.service), None)
    stage = stage_of(service, record.stage) if service else None
    return stage is not None and stage.waits_for == "applicant"


def _timeline(told: dict[str, Any], calendar: Calendar, say: Words) -> list[Happened]:
    # Times are text that sorts. An officer who acts has opened the case in the same second, and that came first.
    found: list[tuple[str, int, str]] = []
    before = None
    for step in told["steps"]:
        label = say.of(step["label"])
        what = label if step["stage"] != before else say("went_on", stage=label)
        found.append((step["at"], 2 if found else 0, what))
        before = step["stage"]
    if told["opened"]:
        found.append((told["opened"], 1, say("opened")))
    return [_happened(what, at, calendar, say) for at, _, what in sorted(found, key=lambda entry: entry[:2])]


def _happened(what: str, at: str, calendar: Calendar, say: Words) -> Happened:
    moment = calendar.local(datetime.fromisoformat(at))
    return Happened(what, moment_in_words(moment, say.language), moment.isoformat())


def _due(limit: dict[str, Any], today: date, say: Words) -> Due:
    due: date = limit["due"]
    late: bool = limit["late"]
    far = {
        "running": relative_in_words(due, today, say.language),
        "paused": say("paused_late" if late else "paused"),
        "met": say("met_late" if late else "met"),
    }
    return Due(
        label=say.of(limit["label"]),
        date=date_in_words(due, say.language),
        on=due.isoformat(),
        far=far[limit["state"]],
        late=late,
        provisional=limit["provisional"],
        why=tuple(limit["why"][say.language]),
    )
