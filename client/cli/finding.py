"""Which case is meant: by number, by id or its beginning, or by the end of a number ("KRK-12", "12")."""

import re

from client.cli.app import App
from client.cli.trouble import Said
from client.view import LocalCase
from client.work import Desk
from sync.outbox import WAITING, State

SHORT = 8
"""Characters of an id that are shown for a case without a number."""

_NUMBER = re.compile(r"(?:([A-Za-z]{2,8})-)?(?:[0-9]{4}-)?0*([0-9]{1,9})")


def find(app: App, text: str) -> LocalCase:
    """The one case that fits. `Said` where none does, or several."""
    found = candidates(app.desk, text.strip())
    if not found:
        _ = app.city  # a device that never synced is told how to, and not that it has no such case
        raise Said("no_case", text=text)
    if len(found) > 1:
        shown = ", ".join(sorted(name_of(app.desk.case(case_id)) for case_id in found[:6]))
        raise Said("many_cases", text=text, found=shown + (" …" if len(found) > 6 else ""))
    return app.desk.case(found[0])


def candidates(desk: Desk, text: str) -> list[str]:
    """Ids of the cases that the text may mean; an exact number or id stands alone."""
    store, lowered = desk.store, text.lower()
    found = dict.fromkeys(store.records.find(lowered))
    for entry in store.outbox.entries(*WAITING, State.REFUSED):
        if entry.case == lowered or (len(lowered) >= 6 and entry.case.startswith(lowered)):
            found[entry.case] = None
    if found or (match := _NUMBER.fullmatch(text)) is None:
        return list(found)
    prefix, digits = (match[1] or "").upper(), match[2]
    return [
        row["id"]
        for row in store.records.by_due()
        if (number := row["number"])
        and number.startswith(f"{prefix}-" if prefix else "")
        and number.rpartition("-")[2].lstrip("0") == digits
    ]


def name_of(case: LocalCase) -> str:
    """What to call a case in a sentence and in the next command."""
    return case.number or case.id[:SHORT]
