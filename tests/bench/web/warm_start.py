"""Starting with no network at all: from opening the address to the person's own cases, all from the phone itself."""

import statistics
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page

from client.engine import Engine
from client.transport import HttpTransport
from tests.bench import stage as python
from tests.bench.web.stage import SLOW_CPU, Slowed, chromium, crowding, phone, server

RUNS = 9
OWN = 5
"""Cases of this person."""
GOAL = 1.0
"""Seconds."""
SETTLED = 1_500
"""Milliseconds that a new window is given before the address is opened in it."""

_WATCH = """
  const told = (window.bench = {});
  const look = () => {
    const cases = document.querySelectorAll('main .cards a[href*="/case/"]').length;
    if (cases < %d || told.shown !== undefined) return;
    told.shown = null;
    requestAnimationFrame(() => setTimeout(() => {
      told.page = performance.getEntriesByType("navigation")[0].responseStart;
      told.shown = performance.now();
    }));
  };
  new MutationObserver(look).observe(document, { childList: true, subtree: true });
"""

# What the app's own first draft would do, with the token of a device that has cases already.
_BECOME = """token => new Promise((resolve, reject) => {
  const asked = indexedDB.open("tenggat");
  asked.onsuccess = () => {
    const change = asked.result.transaction("meta", "readwrite");
    change.objectStore("meta").put(token, "token");
    change.objectStore("meta").put(true, "guest");
    change.oncomplete = resolve;
    change.onerror = reject;
  };
})"""


def measure(folder: Path) -> dict[str, Any]:
    with chromium() as browser:
        context = phone(browser)
        context.add_init_script(_WATCH % OWN)
        with server(folder) as city:
            store = python.guest(folder / "person.db")
            engine = Engine(store, HttpTransport(city.address))
            python.file_complaints(store, engine, OWN, seed=31)
            _prepare(context, city.address, store.meta.get("token"))
        busy = crowding()
        runs = [_start(context, city.address) for _ in range(RUNS)]
    shown = statistics.median(shown for shown, _ in runs)
    return {
        "bench": "web_warm_start",
        "cases": OWN,
        "cpu": f"{SLOW_CPU}x slower",
        "seconds": round(shown, 3),
        "spread": [round(shown, 2) for shown, _ in sorted(runs)],
        "seconds_to_page": round(statistics.median(page for _, page in runs), 3),
        "crowding": busy,
        "goal": f"seconds <= {GOAL}",
        "ok": shown <= GOAL,
    }


def _prepare(context: BrowserContext, address: str, token: str) -> None:
    """A phone on which the app is kept and the person's cases are stored."""
    page = context.new_page()
    page.goto(address)
    page.evaluate("async () => { await navigator.serviceWorker.ready }")
    page.evaluate(_BECOME, token)
    page.reload()
    Slowed(page).told("shown")
    page.close()


def _start(context: BrowserContext, address: str) -> tuple[float, float]:
    """Seconds until the cases were drawn, and of these, how many until the page itself had come."""
    page = context.new_page()
    _stop_worker(page)
    # The browser is still busy with parts of its own window, which are no part of the app and no phone has.
    page.wait_for_timeout(SETTLED)
    slowed = Slowed(page, SLOW_CPU)
    page.goto(address, wait_until="commit")
    shown, came = slowed.told("shown"), slowed.told("page")
    page.close()
    return shown / 1_000, came / 1_000


def _stop_worker(page: Page) -> None:
    """A phone ends an idle service worker; where it has to be started again, that is part of the start."""
    session = page.context.new_cdp_session(page)
    session.send("ServiceWorker.enable")
    session.send("ServiceWorker.stopAllWorkers")
    session.detach()
