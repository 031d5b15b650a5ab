"""What waits, in the window's title: seen also while the window is small, or another program's is in front."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from client.store import Store
from schemas.text import Language

NAME = "Tenggat"


@dataclass(frozen=True)
class Waits:
    """Of one profile: commands and files that the server has not received, and since when."""

    number: int
    since: str | None
    received: bool = True
    """Whether this profile ever spoke with its server."""


def waits_of(store: Store) -> Waits:
    with store.reading():
        waiting, _, oldest = store.outbox.waiting()
        files = [upload for upload in store.files.uploads() if upload.unsent and not upload.refused]
        since = min([stamp for stamp in (oldest, *(upload.queued_at for upload in files)) if stamp], default=None)
        return Waits(waiting + len(files), since, store.meta.get("last_success") is not None)


def title(opened: Iterable[Waits], language: Language, now: datetime) -> str:
    """Of all profiles that sync: whoever sits here may have shut the window, and what waits still waits. `now` has the
    zone in which the moment is told."""
    known = list(opened)
    number = sum(each.number for each in known)
    if number == 0:
        if not any(each.received for each in known):
            return NAME
        return f"{NAME} — {'semua sudah sampai' if language == 'id' else 'all received'}"
    since = min([each.since for each in known if each.since], key=_moment, default=None)
    words = f"{number} belum terkirim" if language == "id" else f"{number} not sent"
    told = _told(since, now, language)
    return f"{NAME} — {words}{told}"


def _told(since: str | None, now: datetime, language: Language) -> str:
    found = _moment(since) if since else None
    if not found:
        return ""
    local = datetime.fromtimestamp(found, now.tzinfo)
    clock = f"{local:%H.%M}" if language == "id" else f"{local:%H:%M}"
    day = "" if local.date() == now.date() else f"{local.day}/{local.month} "
    return f" {'sejak' if language == 'id' else 'since'} {day}{clock}"


def _moment(stamp: str) -> float:
    try:
        return datetime.fromisoformat(stamp).timestamp()
    except (ValueError, OverflowError, OSError):
        return 0.0
