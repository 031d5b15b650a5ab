/** The city's day, remembered from one start to the next, is the day that the browser's tables of zones tell. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { inZone } from "../../src/schemas/explain.ts";
import { dayIn } from "../../src/ui/zone.ts";

const HOUR = 3_600_000;
const kept = new Map([["tenggat.zone", '{"timezone":"Asia/Jakarta","from":"long ago"}']]);
const storage = { getItem: (key: string) => kept.get(key) ?? null, setItem: kept.set.bind(kept) };
Object.defineProperty(globalThis, "localStorage", { value: storage, configurable: true });

function told(timezone: string, moment: number): string {
  return inZone(new Date(moment).toISOString(), timezone).slice(0, 10);
}

test("what cannot be read was never remembered", () => {
  const moment = Date.parse("2026-03-16T17:30:00Z");
  assert.equal(dayIn("Asia/Jakarta", moment), "2026-03-17");
  const { timezone, ahead, from, until } = JSON.parse(kept.get("tenggat.zone") ?? "");
  assert.deepEqual([timezone, ahead], ["Asia/Jakarta", 7 * HOUR]);
  assert.ok(from <= moment && until - moment === 30 * 24 * HOUR);
});

for (const timezone of ["Asia/Jakarta", "Europe/Berlin", "America/St_Johns"]) {
  test(`each hour of a year in ${timezone}, forwards and back`, () => {
    const begin = Date.parse("2026-01-01T00:10:00Z");
    const hours = Array.from({ length: 366 * 24 }, (_, hour) => begin + hour * HOUR);
    const wrong = [...hours, ...hours.reverse()].filter(moment => dayIn(timezone, moment) !== told(timezone, moment));
    assert.deepEqual(wrong, []);
  });
}
