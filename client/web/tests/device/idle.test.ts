/** What waits for a page that is idle is done at last, also where it never is. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { idle } from "../../src/device/idle.ts";

const browser = globalThis as { requestIdleCallback?: unknown };

test("a page that is never idle goes on all the same", async t => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  // As a browser does it that never comes to it by itself.
  browser.requestIdleCallback = (task: () => void, { timeout }: IdleRequestOptions = {}) =>
    timeout === undefined ? 0 : Number(setTimeout(task, timeout));
  t.after(() => delete browser.requestIdleCallback);
  let over = false;
  const waiting = idle().then(() => {
    over = true;
  });
  await Promise.resolve();
  assert.equal(over, false);
  t.mock.timers.tick(10_000);
  await waiting;
});

test("a browser that does not tell is given as long as was said", async t => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  await idle();
  let over = false;
  const waiting = idle(500).then(() => {
    over = true;
  });
  await Promise.resolve();
  assert.equal(over, false);
  t.mock.timers.tick(500);
  await waiting;
});
