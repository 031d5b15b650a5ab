/** What is over is so by the server's time, however wrong this device's clock is. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { cityToday, isOver } from "../../src/ui/moments.ts";

const NOON = Date.parse("2026-03-16T05:00:00Z");
const [HOUR, DAY] = [3_600, 86_400];

test("a moment of the server's has come by the server's time", () => {
  const soon = "2026-03-16T06:00:00Z";
  assert.equal(isOver(soon, null, NOON), false);
  assert.equal(isOver(soon, 0, NOON + HOUR * 1000), true);
  // A clock that is two days ahead, and one that is a day behind.
  assert.equal(isOver(soon, 2 * DAY, NOON + 2 * DAY * 1000), false);
  assert.equal(isOver("2026-03-16T04:00:00Z", -DAY, NOON - DAY * 1000), true);
});

test("so has the city's day", () => {
  assert.equal(cityToday({ timezone: "Asia/Jakarta" }, 2 * DAY, NOON + 2 * DAY * 1000), "2026-03-16");
});
