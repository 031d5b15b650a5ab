"""What the app is measured on: a city with a thousand complaints, its server with the built app, and a slowed phone."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, sync_playwright

from tests.browser.chromium import ARGUMENTS, needed
from tests.browser.serving import ServerProcess

CASES = 1_000

SLOW_CPU = 6
SLOW_NETWORK = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
"""400 ms and 400 kbit/s."""

_PATIENCE = 60
"""Seconds."""


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=needed(), args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def server(folder: Path, web: Path | None = None) -> Iterator[ServerProcess]:
    """The city's server on a bench's copy of the database."""
    process = ServerProcess(folder / "server", web)
    process.start()
    try:
        yield process
    finally:
        process.kill()


def phone(browser: Browser) -> BrowserContext:
    """A browser that was never here before."""
    return browser.new_context(
        locale="id-ID", timezone_id="Asia/Jakarta", viewport={"width": 390, "height": 844}, service_workers="allow"
    )


def crowding() -> float:
    """How many times longer work takes than it needs, because others use this machine: 1.0 where nobody does. Beside a
    3.0, times say little."""
    wall, own = time.perf_counter(), time.thread_time()
    while time.thread_time() - own < 0.3:
        pass
    return round((time.perf_counter() - wall) / 0.3, 1)


class Slowed:
    """A page with a slower processor and, where asked, a slow network. It is asked by the browser's own protocol alone:
    what Playwright brings into a page to look for things there would be measured along."""

    def __init__(self, page: Page, cpu: int = 1, network: dict[str, Any] | None = None) -> None:
        self._session: CDPSession = page.context.new_cdp_session(page)
        self._requests: dict[str, dict[str, Any]] = {}
        self._network = network
        self._asked = 0
        self._session.on("Network.requestWillBeSent", self._sent)
        self._session.on("Network.loadingFinished", self._finished)
        self._session.send("Network.enable")
        if network:
            self._session.send("Network.emulateNetworkConditions", network)
            self._slow_workers()
        self._session.send("Emulation.setCPUThrottlingRate", {"rate": cpu})
        self._page = page

    def told(self, name: str) -> Any:
        """What the page's watcher wrote down as `bench[name]`, once it has."""
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            self._page.wait_for_timeout(100)
            expression = f"window.bench?.[{name!r}]"
            found = self._session.send("Runtime.evaluate", {"expression": expression, "returnByValue": True})
            if (value := found["result"].get("value")) is not None:
                return value
        raise TimeoutError(f"nothing was told of {name!r} in {_PATIENCE} seconds")

    def loaded_by(self, milliseconds: float) -> tuple[int, int]:
        """How many requests ended so soon after the page was asked for, and the bytes of their answers with headers."""
        begin = min(request["sent"] for request in self._requests.values())
        done = [r for r in self._requests.values() if "ended" in r and (r["ended"] - begin) * 1_000 <= milliseconds]
        return len(done), round(sum(request["bytes"] for request in done))

    def _sent(self, event: dict[str, Any]) -> None:
        self._requests[event["requestId"]] = {"sent": event["timestamp"]}

    def _finished(self, event: dict[str, Any]) -> None:
        if found := self._requests.get(event["requestId"]):
            found.update(ended=event["timestamp"], bytes=event["encodedDataLength"])

    def _slow_workers(self) -> None:
        """A page's network conditions do not reach its service worker, which would fetch the whole app at once."""
        self._session.on("Target.attachedToTarget", self._attached)
        attach = {"autoAttach": True, "waitForDebuggerOnStart": True, "flatten": False}
        self._session.send("Target.setAutoAttach", attach)

    def _attached(self, event: dict[str, Any]) -> None:
        for method, parameters in (
            ("Network.enable", {}),
            ("Network.emulateNetworkConditions", self._network),
            ("Runtime.runIfWaitingForDebugger", {}),
        ):
            self._asked += 1
            message = json.dumps({"id": self._asked, "method": method, "params": parameters})
            to = {"sessionId": event["sessionId"], "message": message}
            self._session.send("Target.sendMessageToTarget", to)
