"""The rows of a list: the columns of stored records, with what the outbox knows of each case laid over them.

Most cases have nothing in the outbox: SQLite writes their rows as JSON and no object is made of them, so that thousands
are on the screen at once. The others are few.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

import msgspec

from client.store import Store
from client.store.outbox import Entry
from client.view import local_case
from schemas.catalogue.model import DRAFT, City
from schemas.record import CaseRecord
from sync.decoding import decoder
from sync.outbox import WAITING, State

LAST: Final = "~"
"""Sorts after every date."""
_UNIX_EPOCH: Final = 2440587.5
"""As a Julian day, which is what SQLite makes of a moment."""

_record = decoder(CaseRecord)


def rows(store: Store, city: City | None) -> bytes:
    """A JSON array of `CaseRow` (client/web/src/desk.ts): the nearest due date first; without one, what was touched
    last."""
    with store.reading():
        own = store.records.bit(f"person:{(store.meta.get('person') or {}).get('id')}")
        known = store.records.rows(own)
        busy = _busy(store)
        typed = [id_ for id_, entries in busy.items() if any(entry.data.get("set") for entry in entries)]
        lines = store.records.lines(typed)
    keyed = [((due or LAST, -(at or 0.0), id_), text) for id_, due, at, text in known if id_ not in busy]
    if busy:
        held = {id_: text for id_, _, _, text in known if id_ in busy}
        keyed += [_laid_over(id_, entries, held.get(id_), lines.get(id_), city) for id_, entries in busy.items()]
    keyed.sort()
    return b"[" + ",".join([text for _, text in keyed]).encode() + b"]"


def _busy(store: Store) -> dict[str, list[Entry]]:
    """Cases with commands that the server has not answered, or refused, or that it received in an answer that broke off
    before their records."""
    since = store.meta.get("last_success") or ""
    found: dict[str, list[Entry]] = {}
    for entry in [*store.outbox.answered_after(since), *store.outbox.entries(*WAITING, State.REFUSED)]:
        found.setdefault(entry.case, []).append(entry)
    return found


def _laid_over(
    id_: str, entries: list[Entry], text: str | None, line: bytes | None, city: City | None
) -> tuple[tuple[str, float, str], str]:
    row: dict[str, Any] = msgspec.json.decode(text) if text else _draft(id_, entries)
    # A column says what the server called it; what is typed since may call it otherwise.
    if city is not None and (text is None or line is not None):
        local = local_case(id_, city, _record.decode(line) if line else None, entries)
        if local is not None:
            row["title"] = local.service.title_of(local.fields)[:200]
    row["waiting"] = sum(entry.state in WAITING for entry in entries)
    row["refused"] = sum(entry.state is State.REFUSED for entry in entries)
    latest = max((entry.command.at for entry in entries), key=julian)
    touched = row["touched"]
    row["touched"] = latest if julian(latest) > julian(touched) else touched
    key = (row["due"] or LAST, -julian(row["touched"]), id_)
    return key, msgspec.json.encode(row).decode()


def _draft(id_: str, entries: Iterable[Entry]) -> dict[str, Any]:
    service = next((s for entry in entries if isinstance(s := entry.data.get("service"), str)), "")
    return {
        "id": id_, "service": service, "number": None, "stage": DRAFT, "office": "", "district": None, "due": None,
        "title": "", "opened": False, "conflicts": 0, "mine": True, "waiting": 0, "refused": 0, "touched": "",
    }  # fmt: skip


def julian(stamp: str) -> float:
    """The moment as a Julian day; 0 for what is none."""
    try:
        return datetime.fromisoformat(stamp).timestamp() / 86_400 + _UNIX_EPOCH
    except (ValueError, OverflowError, OSError):
        return 0.0
