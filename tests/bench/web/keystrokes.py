"""From a letter typed to that letter on the disk, on a slow phone."""

import statistics
from pathlib import Path
from typing import Any

from tests.bench.web.stage import SLOW_CPU, Slowed, chromium, crowding, phone, server

TEXT = "Sejak tiga malam lampu jalan di depan pasar mati, dan jalannya gelap sekali."
PAUSE = 150
"""Milliseconds between two letters: a quick thumb."""

# A letter is on the disk as soon as the outbox's only command holds a text as long as the field was then.
_WATCH = """
  const told = (window.bench = { waits: [] });
  const opened = name => new Promise((resolve, reject) => {
    const asked = indexedDB.open(name);
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = reject;
  });
  const result = request => new Promise(resolve => {
    request.onsuccess = () => resolve(request.result);
  });
  let database;
  const length = async () => {
    database ??= await opened("tenggat");
    const [row] = await result(database.transaction("outbox").objectStore("outbox").getAll());
    return JSON.parse(row.line).data.set?.text?.length ?? 0;
  };
  const typed = [];
  addEventListener("input", event => typed.push([performance.now(), event.target.value.length]), true);
  new BroadcastChannel("tenggat").onmessage = async () => {
    const at = performance.now();
    const kept = typed.length ? await length() : 0;
    while (typed.length && typed[0][1] <= kept) told.waits.push(at - typed.shift()[0]);
    if (told.waits.length >= %d) told.done = told.waits;
  };
  window.floor = async n => {
    database ??= await opened("tenggat");
    const [row] = await result(database.transaction("outbox").objectStore("outbox").getAll());
    const waits = [];
    for (let turn = 0; turn < n; turn += 1) {
      const begun = performance.now();
      const change = database.transaction("outbox", "readwrite", { durability: "relaxed" });
      change.objectStore("outbox").put(row);
      await new Promise(resolve => {
        change.oncomplete = resolve;
      });
      waits.push(performance.now() - begun);
    }
    return waits;
  };
"""


def measure(folder: Path) -> dict[str, Any]:
    with server(folder) as city, chromium() as browser:
        context = phone(browser)
        context.add_init_script(_WATCH % len(TEXT))
        page = context.new_page()
        page.goto(f"{city.address}/#/new/lapor")
        page.get_by_role("button", name="Mulai").click()
        page.wait_for_url("**/form")
        page.evaluate("location.hash += '/text'")
        page.get_by_role("textbox").focus()
        busy = crowding()
        slowed = Slowed(page, SLOW_CPU)
        page.keyboard.type(TEXT, delay=PAUSE)
        waits = sorted(slowed.told("done"))
        floor = statistics.median(page.evaluate("n => window.floor(n)", len(TEXT)))
    median = statistics.median(waits)
    return {
        "bench": "web_keystrokes",
        "letters": len(waits),
        "cpu": f"{SLOW_CPU}x slower",
        "milliseconds": round(median, 1),
        "p95": round(waits[int(0.95 * len(waits))], 1),
        "floor_milliseconds": round(floor, 1),
        "ratio": round(median / floor, 2),
        "crowding": busy,
        "goal": "none: told beside the floor, one put of the same row",
        "ok": True,
    }
