"""The window itself: pywebview around the bridge's page, its title, and what closing it means."""

import logging
import signal
import threading
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from client.desktop import toolkit
from client.desktop.notices import GOES_ON, Desktop, Notices
from client.desktop.server import Bridge
from client.desktop.single import Single
from client.desktop.title import NAME, title, waits_of
from client.vault import Profiles
from schemas.text import Language

if TYPE_CHECKING:
    from client.roads import Connect

log = logging.getLogger("tenggat.desktop")

SIZE: Final = (1180, 800)
LEAST: Final = (360, 480)
CALM: Final = 0.5
"""Least seconds between two titles."""


def run(profiles: Profiles, connect: "Connect | None" = None, profile: str | None = None) -> None:
    """Open the window, or show the one that is open, and come back when the program ends. `profile`: the one that the
    gate is to offer first."""
    single = Single(profiles.home)
    if not single.first() and single.show_other(profile):
        return
    try:
        _open(profiles, connect, single, profile)
    finally:
        single.leave()


def _open(profiles: Profiles, connect: "Connect | None", single: Single, profile: str | None) -> None:
    import webview

    shown = Shown()
    notices = Notices(Desktop(), shown.front, lambda: _language(bridge))
    bridge = Bridge(profiles, connect=connect, ended=notices.ended, key=single.key)
    bridge.gate.offer(profile)
    webview.settings["ALLOW_DOWNLOADS"] = True
    webview.settings["ALLOW_FILE_URLS"] = False
    bridge.start()
    window = webview.create_window(
        NAME, bridge.door.address(), width=SIZE[0], height=SIZE[1], min_size=LEAST, text_select=True,
        background_color="#f4f6f5",
    )  # fmt: skip
    assert window is not None, "it is the first window of this program"
    shown.window = window
    single.here(bridge.port)
    bridge.show = shown.show
    told = threading.Event()

    def closing() -> bool:
        """Whether it may close: only once somebody quits. Else it is hidden, and what waits is sent all the same."""
        if bridge.over.is_set():
            return True
        shown.hide()
        if not told.is_set():
            told.set()
            notices.tell([GOES_ON], always=True)
        return False

    window.events.closing += closing
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: bridge.over.set())
    threading.Thread(target=_titles, args=[bridge, window], name="tenggat-title", daemon=True).start()
    try:
        webview.start(_until_over, (bridge, window), gui=toolkit.toolkit(), private_mode=True)
    finally:
        bridge.over.set()
        bridge.close()


def _until_over(bridge: Bridge, window: Any) -> None:
    bridge.over.wait()
    window.destroy()


def _titles(bridge: Bridge, window: Any) -> None:
    """The title follows what waits in all profiles that sync."""
    shown = ""
    window.events.shown.wait()
    # Also as exchanges only come further: those of profiles that nobody looks at say no more.
    for _ in bridge.gate.changes.moments():
        try:
            waits = [waits_of(opened.store) for opened in bridge.gate.all_opened()]
        except Exception as error:
            # A store that is being closed, or a disk that is in trouble: the next change asks again.
            log.info("no title: %s", error)
            continue
        wanted = title(waits, _language(bridge), datetime.now().astimezone())
        if wanted != shown:
            shown = wanted
            window.set_title(wanted)
        if bridge.over.wait(CALM):
            return


def _language(bridge: Bridge) -> Language:
    return "en" if bridge.gate.remembered.get()["preferences"].get("language") == "en" else "id"


class Shown:
    """Whether the window is to be seen, and whether somebody looks at it."""

    def __init__(self) -> None:
        self.window: Any = None
        self._hidden = False

    def hide(self) -> None:
        self._hidden = True
        self.window.hide()

    def show(self) -> None:
        """In front of all others."""
        self._hidden = False
        self.window.show()
        self.window.restore()

    def front(self) -> bool:
        if self.window is None or self._hidden:
            return False
        native = self.window.native
        # GTK and Qt tell; of others it is taken to be.
        for name in ("is_active", "isActiveWindow"):
            if (asked := getattr(native, name, None)) is not None:
                return bool(asked())
        return True
