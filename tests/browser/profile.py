"""A browser whose data outlive it: killed at any moment, and started again on the same folder."""

import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserType, Error, Page

from tests.browser.chromium import ARGUMENTS, needed
from tests.browser.waiting import until
from tests.browser.window import PHONE, Device

_ACKNOWLEDGE = """words => new MutationObserver(() => {
  const told = [...document.querySelectorAll("main [role=status]")].some(one => words.includes(one.textContent));
  const typed = document.querySelector("main textarea, main input[type=text], main input:not([type])");
  if (told && typed) acknowledged(typed.value);
}).observe(document, { subtree: true, childList: true, characterData: true })"""


class Profile:
    """A folder that a browser keeps its data in."""

    def __init__(self, chromium: BrowserType, folder: Path, address: str) -> None:
        self.chromium = chromium
        self.folder = folder
        self.address = address
        self.acknowledged = ""
        """What the page last said of the words in its box: that they are kept."""

    def start(self) -> Device:
        context = self.chromium.launch_persistent_context(
            self.folder, executable_path=needed(), args=ARGUMENTS, **PHONE
        )
        context.expose_function("acknowledged", self._heard)
        return Device(context, self.address)

    def listen(self, page: Page, *words: str) -> None:
        """From here on, note what is in the box each time the page says one of these."""
        self.acknowledged = ""
        page.evaluate(_ACKNOWLEDGE, words)

    def kill(self, device: Device) -> None:
        """SIGKILL for the browser with all its processes, as a phone does that runs out of memory or of power."""
        # The browser's own note of who works in this folder: "machine-process".
        process = int(str((self.folder / "SingletonLock").readlink()).rpartition("-")[2])
        os.killpg(process, signal.SIGKILL)
        until(lambda: not _alive(process), "the browser's end")
        with suppress(Error):
            device.context.close()

    def _heard(self, typed: Any) -> None:
        self.acknowledged = str(typed)


def _alive(process: int) -> bool:
    try:
        os.killpg(process, 0)
    except ProcessLookupError:
        return False
    return True


def crash(page: Page) -> None:
    """The process that draws the page is gone, as when the system takes its memory."""
    with page.expect_event("crash"), suppress(Error):
        page.goto("chrome://crash")
    page.close()
