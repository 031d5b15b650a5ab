"""What is worth a word to somebody who does not look at the window; said without names or numbers of cases, since it
may stand on a screen that is locked."""

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from client.store import Store
from schemas.text import Language, Text

if TYPE_CHECKING:
    from client.desktop.agent import Outcome
    from client.desktop.opened import Opened
    from client.engine import Report

log = logging.getLogger("tenggat.desktop")

REFUSED = Text("Ada kiriman yang ditolak. Buka Tenggat untuk melihat alasannya.",
               "Something you sent was refused. Open Tenggat to see why.")  # fmt: skip
CHOICE = Text("Ada isian dengan dua nilai. Buka Tenggat untuk memilih.",
              "A field has two values. Open Tenggat to choose one.")  # fmt: skip
REVOKED = Text("Perangkat ini dicabut oleh kota, atau Anda keluarkan dari perangkat lain. Data di sini dihapus.",
               "The city revoked this device, or you put it out from another one. Its data was removed.")  # fmt: skip
GOES_ON = Text("Jendela ditutup, tetapi pengiriman tetap berjalan. Buka Tenggat lagi, atau pilih Keluar di dalamnya.",
               "The window is closed, and sending goes on. Open Tenggat again, or choose Quit in it.")  # fmt: skip


def arrived(number: int) -> Text:
    return Text(
        f"{number} berkas baru untuk ditangani.",
        "One new case to work on." if number == 1 else f"{number} new cases to work on.",
    )


@dataclass(frozen=True)
class Seen:
    """What a profile held when it was last looked at."""

    cases: frozenset[str] = field(default_factory=frozenset)
    """Of others, which somebody works on."""
    conflicts: int = 0
    synced: bool = False
    """Whether it had ever spoken with its server: what comes at the first exchange is no news."""


def seen(store: Store) -> Seen:
    with store.reading():
        person = store.meta.get("person") or {}
        officer = person.get("kind") == "staff"
        others = store.records.others(store.records.bit(f"person:{person.get('id')}")) if officer else ()
        return Seen(frozenset(others), store.records.conflicts(), store.meta.get("last_success") is not None)


def worth_telling(before: Seen, after: Seen, report: "Report") -> list[Text]:
    """What came with this run that somebody should know of."""
    if report.wiped:
        return [REVOKED]
    said: list[Text] = []
    if report.refused or report.files_refused:
        said.append(REFUSED)
    if after.conflicts > before.conflicts:
        said.append(CHOICE)
    if before.synced and (new := len(after.cases - before.cases)):
        said.append(arrived(new))
    return said


class Notices:
    """`front`: whether somebody looks at the window. `say` shows a sentence; `language` is the reader's."""

    def __init__(self, say: Callable[[str], None], front: Callable[[], bool], language: Callable[[], Language]) -> None:
        self._say, self._front, self._language = say, front, language
        self._seen: dict[str, Seen] = {}
        self._lock = threading.Lock()

    def ended(self, opened: "Opened", outcome: "Outcome") -> None:
        """A run of exchanges came to an end."""
        from client.engine import Report

        if not isinstance(outcome, Report):
            return
        # The background's run and one that a person asked for end in threads of their own.
        with self._lock:
            before = self._seen.get(opened.name)
            # Nothing came, so nothing can be new; a list of thousands is not read each minute for that.
            after = before if before is not None and not _moved(outcome) else seen(opened.store)
            self._seen[opened.name] = after
        if before is not None or outcome.wiped or outcome.refused:
            self.tell(worth_telling(before or after, after, outcome))

    def tell(self, texts: Iterable[Text], *, always: bool = False) -> None:
        if always or not self._front():
            for text in texts:
                self._say(text.get(self._language()))


def _moved(report: "Report") -> bool:
    return bool(report.received or report.dropped or report.mended or report.wiped)


class Desktop:
    """The system's notifications, from a thread of their own; quiet where there is no service for them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def __call__(self, sentence: str) -> None:
        threading.Thread(target=self._send, args=[sentence], name="tenggat-notice", daemon=True).start()

    def _send(self, sentence: str) -> None:
        with self._lock:
            try:
                import asyncio

                from desktop_notifier import DesktopNotifier

                async def send() -> None:
                    await DesktopNotifier(app_name="Tenggat").send(title="Tenggat", message=sentence)

                asyncio.run(asyncio.wait_for(send(), 10))
            except Exception as error:
                # Systems have services of every kind, or none; the title says what waits all the same.
                log.info("no notification: %s", error)
