"""The list of cases: gathered from columns for speed, read in full only where something was done here."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any

import msgspec
from rich.table import Table
from rich.text import Text as Rich

from client.cli.app import App
from client.cli.finding import SHORT
from client.cli.plain import area_name, clean, short_date, stage_label
from client.store.outbox import Entry
from client.work import Desk
from schemas.catalogue.model import DRAFT, Service
from schemas.explain import relative_in_words
from schemas.text import Language
from sync.decoding import decoder
from sync.outbox import WAITING, State

SOON = 1
"""Days to a due date from which it is shown as near."""

WIDE = 120
"""Characters of a terminal in which each case fits one line."""


class _Whose(msgspec.Struct):
    owner: str = ""


class _Answers(msgspec.Struct):
    fields: dict[str, Any] = {}


_whose = decoder(_Whose)
_answers = decoder(_Answers)


@dataclass(frozen=True)
class Row:
    """One case in the list."""

    id: str
    number: str | None
    service: str
    title: str
    stage: str
    due: date | None
    district: str | None
    waiting: int = 0
    refused: int = 0
    conflicts: int = 0
    ended: bool = False
    mine: bool = False

    @property
    def name(self) -> str:
        return self.number or self.id[:SHORT]

    @property
    def marked(self) -> bool:
        return bool(self.waiting or self.refused or self.conflicts)


def gather(desk: Desk) -> list[Row]:
    """Every case on this device, by due date; drafts that only lie here come last."""
    services = {service.code: service for service in desk.city.services}
    done_here: dict[str, list[Entry]] = defaultdict(list)
    for entry in desk.store.outbox.entries(*WAITING, State.REFUSED):
        done_here[entry.case].append(entry)
    rows: list[Row] = []
    for held in desk.store.records.by_due():
        service = services.get(held["service"])
        due = date.fromisoformat(held["due"]) if held["due"] else None
        row = Row(
            held["id"], held["number"], held["service"], held["title"], held["stage"], due, held["district"],
            conflicts=held["conflicts"],
        )  # fmt: skip
        if held["id"] in done_here:
            row = _with_work(desk, row, done_here.pop(held["id"]))
        rows.append(_placed(desk, row, service, bytes(held["line"])))
    for case_id, entries in done_here.items():
        row = _with_work(desk, Row(case_id, None, "", "", DRAFT, None, None), entries)
        if row.service:
            rows.append(replace(row, mine=True))
    return rows


def _with_work(desk: Desk, row: Row, entries: Sequence[Entry]) -> Row:
    try:
        case = desk.case(row.id)
    except Exception:  # a service that the catalogue no longer has: the columns still tell what it is
        return row
    waiting = [e for e in entries if e.state in WAITING]
    title = case.service.title_of(case.fields).strip(" –-") or row.title
    return replace(
        row, service=case.service.code, stage=case.stage, title=title, waiting=len(waiting),
        refused=len(entries) - len(waiting),
    )  # fmt: skip


def _placed(desk: Desk, row: Row, service: Service | None, line: bytes) -> Row:
    try:
        stage = service.stage(row.stage) if service else None
    except KeyError:
        stage = None
    if row.stage == DRAFT:
        return replace(row, mine=True)
    own = _whose.decode(line).owner == desk.person
    acts = stage is not None and stage.role in desk.possible.roles
    return replace(row, ended=bool(stage and stage.ending), mine=own or acts)


@dataclass(frozen=True)
class Filter:
    """What to show. None does not narrow."""

    service: str | None = None
    stage: str | None = None
    district: str | None = None
    due_within: int | None = None
    mine: bool = False
    waiting: bool = False
    search: str | None = None
    every: bool = False

    def keeps(self, row: Row, today: date) -> bool:
        return (
            (self.every or not row.ended or row.marked)
            and self.service in (None, row.service)
            and self.stage in (None, row.stage)
            and self.district in (None, row.district)
            and (self.due_within is None or _within(row.due, today, self.due_within))
            and (row.mine or not self.mine)
            and (row.marked or not self.waiting)
        )


def _within(due: date | None, today: date, days: int) -> bool:
    return due is not None and due <= today + timedelta(days=days)


def narrowed(rows: Sequence[Row], wanted: Filter, desk: Desk, today: date) -> Iterator[Row]:
    for row in rows:
        if wanted.keeps(row, today) and (wanted.search is None or _holds(desk, row, wanted.search.lower())):
            yield row


def _holds(desk: Desk, row: Row, text: str) -> bool:
    if text in f"{row.number or ''} {row.id} {row.title}".lower():
        return True
    place = area_name(desk.city, row.district) if row.district else ""
    if text in place.lower():
        return True
    values = _fields(desk, row)
    service = {s.code: s for s in desk.city.services}.get(row.service)
    ward = values.get(service.district_field) if service and service.district_field else None
    named = [area_name(desk.city, ward)] if isinstance(ward, str) else []
    return any(text in str(value).lower() for value in (*values.values(), *named))


def _fields(desk: Desk, row: Row) -> dict[str, Any]:
    line = None if row.waiting or row.refused else desk.store.records.line(row.id)
    return _answers.decode(line).fields if line else desk.case(row.id).fields


def as_json(row: Row) -> dict[str, Any]:
    return asdict(row) | {"due": row.due.isoformat() if row.due else None}


def table(app: App, rows: Sequence[Row]) -> Table:
    """At 80 columns two lines a case; in a wide terminal one."""
    wide = app.console.width >= WIDE
    shown = Table(box=None, padding=(0, 2 if wide else 1, 0, 0), header_style="bold", pad_edge=False)
    shown.add_column(app.say("col_number"), no_wrap=True, min_width=15)
    shown.add_column(app.say("col_title"), ratio=1, overflow="fold")
    shown.add_column(app.say("col_stage"), max_width=26 if wide else 18)
    shown.add_column(app.say("col_due"), no_wrap=True)
    if wide:
        shown.add_column(app.say("col_district"), no_wrap=True)
        shown.add_column(app.say("col_marks"))
    for row in rows:
        shown.add_row(*_cells(app, row, wide))
    return shown


def _cells(app: App, row: Row, wide: bool) -> list[Rich]:
    language, today = app.language, app.today
    try:
        service = app.city.service(row.service)
        stage = stage_label(service, row.stage, language)
        name = service.name.get(language)
    except KeyError:
        stage, name = row.stage, row.service
    title = clean(row.title) or app.say("untitled")
    if not row.number:
        title = f"{title} · {name}"
    district = area_name(app.city, row.district) if row.district else ""
    marks, due = _marks(app, row, ", " if wide else "\n"), _due(row.due, today, language, "  " if wide else "\n")
    if wide:
        return [Rich(row.name), Rich(title), Rich(stage), due, Rich(district), marks]
    number = Rich.assemble(row.name, "\n" if marks.plain else "", marks)
    below = ("\n" + district, "dim") if district else ""
    return [number, Rich.assemble(title, below), Rich(stage), due]


def _marks(app: App, row: Row, between: str) -> Rich:
    found = [
        (app.say("mark_refused"), "bold red") if row.refused else None,
        (app.say("mark_conflict"), "magenta") if row.conflicts else None,
        (app.say("mark_waiting"), "cyan") if row.waiting else None,
    ]
    return Rich(between).join(Rich(words, style=style) for words, style in filter(None, found))


def _due(due: date | None, today: date, language: Language, between: str) -> Rich:
    if due is None:
        return Rich("–", style="dim")
    days = (due - today).days
    style = "bold red" if days < 0 else "yellow" if days <= SOON else ""
    return Rich(short_date(due, today, language) + between + relative_in_words(due, today, language), style=style)
