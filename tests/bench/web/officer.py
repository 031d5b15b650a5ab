"""An officer's new phone: a thousand cases pulled, stored and listed, beside the least that a browser could do.

The floor is the very same lines as one file: fetched, parsed one by one, and put under their ids in one transaction.
"""

import gzip
import shutil
import statistics
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

from tests.bench import stage as python
from tests.bench.web.stage import SLOW_CPU, Slowed, chromium, crowding, phone, server
from tests.browser.serving import web_folder

RUNS = 5
FLOOR = "floor.ndjson"

# The app says in this channel that it changed something: after the transaction, so what is counted then is on the disk.
_WATCH = """
  const told = (window.bench = {});
  const opened = name => new Promise((resolve, reject) => {
    const asked = indexedDB.open(name);
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = reject;
  });
  let database;
  const count = async () => {
    database ??= await opened("tenggat");
    return new Promise(resolve => {
      const asked = database.transaction("record").objectStore("record").count();
      asked.onsuccess = () => resolve(asked.result);
    });
  };
  new BroadcastChannel("tenggat").onmessage = async () => {
    const at = performance.now();
    if (told.stored !== undefined || (await count()) < %d) return;
    told.stored = at - performance.getEntriesByName(`${location.origin}/api/v1/devices`)[0].responseEnd;
  };
  window.list = () => {
    const begun = performance.now();
    new MutationObserver((_, observer) => {
      if (!document.querySelector("main .row")) return;
      observer.disconnect();
      requestAnimationFrame(() => setTimeout(() => {
        told.listed = performance.now() - begun;
      }));
    }).observe(document, { childList: true, subtree: true });
    location.hash = "/work";
  };
"""

_FLOOR = """async file => {
  const asked = indexedDB.open("floor", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("line");
  await new Promise(resolve => { asked.onsuccess = resolve; });
  const begun = performance.now();
  const lines = (await (await fetch(file, { cache: "no-store" })).text()).split("\\n");
  const change = asked.result.transaction("line", "readwrite", { durability: "strict" });
  for (const line of lines) if (line) change.objectStore("line").put(line, JSON.parse(line).id);
  await new Promise((resolve, reject) => {
    change.oncomplete = resolve;
    change.onerror = reject;
  });
  return performance.now() - begun;
}"""


def measure(folder: Path) -> dict[str, Any]:
    web = folder / "app"
    shutil.copytree(web_folder(), web)
    with server(folder, web) as city, chromium() as browser:
        lines = _lay_floor(web, folder, city.port)
        busy = crowding()
        runs = {cpu: [_pull(browser, city.address, lines, cpu) for _ in range(RUNS)] for cpu in (1, SLOW_CPU)}
    stored, listed, floor = (statistics.median(values) for values in zip(*runs[1], strict=True))
    slow_stored, slow_listed, slow_floor = (statistics.median(values) for values in zip(*runs[SLOW_CPU], strict=True))
    return {
        "bench": "web_officer",
        "records": lines,
        "seconds": round(stored, 3),
        "floor_seconds": round(floor, 3),
        "ratio": round(statistics.median(stored / floor for stored, _, floor in runs[1]), 2),
        "seconds_to_list": round(listed, 3),
        f"at_{SLOW_CPU}x_slower": {
            "seconds": round(slow_stored, 2),
            "floor_seconds": round(slow_floor, 2),
            "ratio": round(statistics.median(stored / floor for stored, _, floor in runs[SLOW_CPU]), 2),
            "seconds_to_list": round(slow_listed, 2),
        },
        "crowding": busy,
        "goal": "none: told beside the floor",
        "ok": True,
    }


def _lay_floor(web: Path, folder: Path, port: int) -> int:
    """Put the lines that the officer's exchange brings into one file beside the app; how many they are."""
    store, engine = python.officer(folder / "officer.db", port)
    engine.sync()
    lines = [bytes(row["line"]) for row in store.records.by_due()]
    body = b"".join(line + b"\n" for line in lines)
    (web / FLOOR).write_bytes(body)
    (web / f"{FLOOR}.gz").write_bytes(gzip.compress(body, 6))
    # The server looks for new files when this one was written.
    (web / "build.json").touch()
    return len(lines)


def _pull(browser: Browser, address: str, records: int, cpu: int) -> tuple[float, float, float]:
    """Seconds from the signed-in officer's first request until all is on the disk, to the list, and for the floor."""
    context = phone(browser)
    context.add_init_script(_WATCH % records)
    page = context.new_page()
    page.goto(f"{address}/#/me")
    page.evaluate("async () => { await navigator.serviceWorker.ready }")
    page.get_by_role("button", name="Masuk", exact=True).click()
    page.locator("#me-in-login").fill(python.OFFICER)
    page.locator("#me-in-password").fill(python.PASSWORD)
    slowed = Slowed(page, cpu)
    page.locator("form [type=submit]").click()
    stored = slowed.told("stored")
    page.evaluate("location.hash = '/'")
    # Longer than an answer is held in memory: the list is to come from the disk.
    page.wait_for_timeout(2_000)
    page.evaluate("window.list()")
    listed = slowed.told("listed")
    page.goto(f"{address}/offline.html")
    floor: float = page.evaluate(_FLOOR, f"/{FLOOR}")
    context.close()
    return stored / 1_000, listed / 1_000, floor / 1_000
