"""What whoever has a case's number and tracking code is told of it: one look-up, for the API and for the page."""

import hmac
from typing import Any

from sqlalchemy import text

from schemas.catalogue.model import City
from schemas.documents import counted
from schemas.explain import explain
from schemas.form_fields import CASE
from schemas.record import CaseRecord
from schemas.text import Text
from server.access import throttle
from server.domain.workflow import stage_of
from server.services import Services
from server.store.database import reading
from sync.decoding import decoder
from sync.errors import NotFound

_record = decoder(CaseRecord)


def find(world: Services, number: str, code: str, address: str) -> CaseRecord:
    """The case with this number and code, in either case and with blanks anywhere.

    A wrong number and a wrong code get the same `NotFound`; an address that guesses gets `TooMany`.
    """
    now = world.sources.clock()
    key = f"track:{address}"[:160]
    throttle.check(world.engine, key, now, throttle.MOST_ADDRESS)
    number, code = _as_printed(number), _as_printed(code)
    # What has no number's shape is not asked for: PostgreSQL would refuse some of it in its own way (a NUL).
    record = _read(world, _BY_NUMBER, number) if CASE.fullmatch(number) else None
    held = record.code if record is not None else None
    if record is None or held is None or not hmac.compare_digest(held.encode(), code.encode("utf-8", "replace")):
        throttle.count(world.engine, key, now)
        raise NotFound("there is no case with this number and code; check both on your receipt")
    return record


def of_case(world: Services, case: str) -> CaseRecord | None:
    """A case by its id, for whoever has just filed it."""
    return _read(world, _BY_ID, case)


def tracked(world: Services, record: CaseRecord) -> dict[str, Any]:
    """Stages and dates, and nothing of what the applicant wrote."""
    labels = _Labels(world.city, record.service)
    today = world.calendar.local(world.sources.clock()).date()
    return {
        "number": record.number,
        "service": labels.service,
        "stage": record.stage,
        "label": labels.stage(record.stage),
        "says": labels.says(record.stage),
        "received": record.received,
        "opened": record.opened,
        "steps": [{"stage": step.stage, "label": labels.stage(step.stage), "at": step.at} for step in record.steps],
        "limits": [
            {
                "limit": ledger.limit,
                "label": labels.limit(ledger.limit),
                "due": ledger.due,
                "state": ledger.state,
                "late": ledger.breached(today),
                "provisional": ledger.provisional,
                "why": {
                    "id": explain(ledger, labels.limit(ledger.limit), "id", today),
                    "en": explain(ledger, labels.limit(ledger.limit), "en", today),
                },
            }
            for ledger in record.limits
        ],
        "files": _files(record),
    }


def _files(record: CaseRecord) -> dict[str, int]:
    """How many photos and documents there are, and of how many the bytes have arrived."""
    arrived, all_ = counted(record.attachments)
    return {"arrived": arrived, "all": all_}


class _Labels:
    """The catalogue's words for what stands on a case; the bare code where a later catalogue no longer has it."""

    def __init__(self, city: City, service: str) -> None:
        self._service = next((s for s in city.services if s.code == service), None)
        self.service = self._service.name if self._service else Text(service, service)

    def stage(self, code: str) -> Text:
        found = stage_of(self._service, code) if self._service else None
        return found.label if found else Text(code, code)

    def says(self, code: str) -> Text | None:
        found = stage_of(self._service, code) if self._service else None
        return found.says if found else None

    def limit(self, code: str) -> Text:
        limits = self._service.all_limits() if self._service else ()
        return next((limit.label for limit in limits if limit.code == code), Text(code, code))


def _read(world: Services, query: Any, value: str) -> CaseRecord | None:
    with reading(world.engine) as connection:
        row = connection.execute(query, {"value": value}).one_or_none()
    return _record.decode(row.line) if row is not None else None


def _as_printed(typed: str) -> str:
    """People copy a number with the blanks that their eyes put into it."""
    return "".join(typed.split()).upper()


# The owner's line, because an anonymous case's other line does not hold the code.
_BY_NUMBER = text("SELECT coalesce(own_line, line) AS line FROM case_record WHERE number = :value")
_BY_ID = text("SELECT coalesce(own_line, line) AS line FROM case_record WHERE id = :value")
