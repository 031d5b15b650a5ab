/** One exchange at a time, with Web Locks and without. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Alone } from "../../src/device/alone.ts";
import { refusal } from "./bench.ts";

/** What is used of the browser's locks. */
function locks(): LockManager {
  const held = new Set<string>();
  const waiting: (() => void)[] = [];
  type Work = (lock: object | null) => Promise<unknown>;
  const request = async (name: string, ...given: [Work] | [LockOptions, Work]): Promise<unknown> => {
    const [options, work] = given.length === 2 ? given : [{} as LockOptions, given[0]];
    if (held.has(name) && options.ifAvailable) return work(null);
    while (held.has(name)) await new Promise<void>(resolve => waiting.push(resolve));
    held.add(name);
    try {
      return await work({ name });
    } finally {
      held.delete(name);
      waiting.splice(0).forEach(go => {
        go();
      });
    }
  };
  return { request, query: async () => ({}) } as unknown as LockManager;
}

for (const [kind, shared] of [
  ["Web Locks", locks()],
  ["a page without them", undefined],
] as const) {
  test(`a second exchange is refused while one is under way: ${kind}`, async () => {
    const first = new Alone("sync", shared);
    const second = shared ? new Alone("sync", shared) : first;
    let end = () => {};
    const order: string[] = [];
    const running = first.now(async () => {
      await new Promise<void>(resolve => {
        end = resolve;
      });
      order.push("exchange");
      return "done";
    });
    assert.equal((await refusal(second.now(async () => "never"))).code, "already_syncing");
    const after = second.next(async () => {
      order.push("sign in");
      return "then";
    });
    end();
    assert.deepEqual([await running, await after, order], ["done", "then", ["exchange", "sign in"]]);
    assert.equal(await second.now(async () => "again"), "again");
  });

  test(`one that failed lets the next one in: ${kind}`, async () => {
    const alone = new Alone("sync", shared);
    await assert.rejects(
      alone.now(() => Promise.reject(new Error("oh"))),
      /oh/,
    );
    assert.equal(await alone.now(async () => "fine"), "fine");
  });
}
