/** The other screens are fetched ahead, also by a page that is never idle: what keeps the app comes after them. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { loadAhead } from "../../src/ui/lazy.tsx";

test("a page that is never idle begins all the same", async t => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  // As a browser does it that never comes to it by itself.
  const requestIdleCallback = (task: () => void, { timeout }: IdleRequestOptions = {}) =>
    timeout === undefined ? 0 : Number(setTimeout(task, timeout));
  const before = globalThis.window;
  globalThis.window = { requestIdleCallback } as unknown as typeof globalThis.window;
  try {
    let begun = false;
    const ahead = loadAhead().then(() => {
      begun = true;
    });
    await Promise.resolve();
    assert.equal(begun, false);
    t.mock.timers.tick(10_000);
    await ahead;
    assert.equal(begun, true);
  } finally {
    globalThis.window = before;
  }
});
