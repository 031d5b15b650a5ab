/** When exchanges happen: never not at all, sooner when somebody waits, later when the server asks. */

import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import type { Report } from "../../src/desk.ts";
import { Timer } from "../../src/device/timer.ts";
import { TenggatError } from "../../src/sync/errors.ts";
import { refusal } from "./bench.ts";

const REPORT: Report = { exchanges: 1, sent: 0, received: 0, dropped: 0, mended: 0, refused: [] };
let timers: Timer[] = [];

beforeEach(() => mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_000_000 }));
afterEach(() => {
  for (const timer of timers) timer.stop();
  timers = [];
  mock.timers.reset();
});

interface Stand {
  timer: Timer;
  /** Seconds from the beginning at which an exchange was tried. */
  tries: number[];
  error: TenggatError | null;
  needed: boolean;
  told: number;
  /** Where exchanges hang until told. */
  hold: Promise<void> | null;
}

function stand(): Stand {
  const made: Stand = { timer: null as never, tries: [], error: null, needed: true, told: 0, hold: null };
  made.timer = new Timer(
    async () => {
      made.tries.push((Date.now() - 1_000_000) / 1_000);
      await made.hold;
      if (made.error) throw made.error;
      return REPORT;
    },
    async () => made.needed,
    () => {
      made.told += 1;
    },
    { chance: () => 0.5 },
  );
  timers.push(made.timer);
  return made;
}

async function settled(): Promise<void> {
  for (let n = 0; n < 20; n += 1) await Promise.resolve();
}

async function seconds(count: number): Promise<void> {
  await settled();
  for (let n = 0; n < count * 10; n += 1) {
    mock.timers.tick(100);
    await settled();
  }
}

test("while all is well it exchanges at the start and about once a minute", async () => {
  const made = stand();
  made.timer.start();
  await settled();
  assert.equal(made.timer.next, 1_060_000);
  await seconds(121);
  assert.deepEqual(made.tries, [0, 60, 120]);
  assert.equal(made.told, 3);
});

test("failures wait longer each time, and one success ends that", async () => {
  const made = stand();
  made.error = new TenggatError("unreachable", "no network");
  made.timer.start();
  await seconds(23);
  assert.deepEqual(made.tries, [0, 1.5, 4.5, 10.5, 22.5]);
  made.error = null;
  await seconds(90);
  assert.deepEqual(made.tries.slice(5), [46.5, 106.5]);
});

test("where there is nobody to exchange for it does nothing, until there is", async () => {
  const made = stand();
  made.needed = false;
  made.timer.start();
  await seconds(200);
  assert.deepEqual([made.tries, made.timer.next], [[], null]);
  made.needed = true;
  made.timer.wake();
  await settled();
  assert.equal(made.timer.next, 1_260_000);
  await seconds(60);
  assert.deepEqual(made.tries, [260]);
});

test("after somebody signed out, the next person's exchanges come by themselves", async () => {
  const made = stand();
  made.timer.start();
  await settled();
  made.needed = false;
  await seconds(100);
  assert.deepEqual([made.tries, made.timer.next], [[0], null]);
  made.needed = true;
  made.timer.wake();
  await seconds(61);
  assert.deepEqual(made.tries, [0, 160]);
});

test("what somebody did goes at once, and what they did meanwhile right after", async () => {
  const made = stand();
  made.timer.start();
  await seconds(10);
  let end = () => {};
  made.hold = new Promise(resolve => {
    end = resolve;
  });
  made.timer.soon();
  await seconds(1);
  made.timer.soon();
  made.timer.soon();
  made.hold = null;
  end();
  await seconds(2);
  assert.deepEqual(made.tries, [0, 10, 11]);
});

test("a failure is not followed at once by what was done meanwhile", async () => {
  const made = stand();
  made.error = new TenggatError("unreachable", "no network");
  made.timer.start();
  made.timer.soon();
  await seconds(1);
  assert.deepEqual(made.tries, [0]);
});

// `too_many`: a new guest's device from an address of which others came before it.
for (const code of ["busy", "too_many"]) {
  test(`a server that asks for patience gets it, from the timer and from hints: ${code}`, async () => {
    const made = stand();
    made.error = new TenggatError(code, "later", { retry_after: 30 });
    made.timer.start();
    await settled();
    made.error = null;
    await seconds(10);
    made.timer.soon();
    await seconds(10);
    assert.deepEqual(made.tries, [0]);
    await seconds(14);
    // An eighth more than was asked for: others were told the same moment.
    assert.deepEqual(made.tries, [0, 33.8]);
  });
}

test("without a valid token it asks seldom", async () => {
  const made = stand();
  made.error = new TenggatError("not_signed_in", "who?");
  made.timer.start();
  await seconds(299);
  assert.deepEqual(made.tries, [0]);
});

test("another window's exchange is no failure", async () => {
  const made = stand();
  made.error = new TenggatError("already_syncing", "another window");
  made.timer.start();
  await seconds(61);
  assert.deepEqual(made.tries, [0, 60]);
});

test("what was done while another window exchanged does not wait for the next minute", async () => {
  const made = stand();
  made.timer.start();
  await seconds(1);
  made.error = new TenggatError("already_syncing", "another window");
  made.timer.soon();
  await seconds(3);
  made.error = null;
  await seconds(10);
  assert.deepEqual(made.tries, [0, 1, 3, 5]);
});

test("a hint of a network makes the next try come sooner, a flock of hints only once", async () => {
  const target = new EventTarget();
  const names = ["addEventListener", "removeEventListener"] as const;
  for (const name of names) Object.assign(globalThis, { [name]: target[name].bind(target) });
  const page = Object.assign(new EventTarget(), { visibilityState: "hidden" });
  Object.assign(globalThis, { document: page });
  try {
    const made = stand();
    made.timer.start();
    await seconds(10);
    target.dispatchEvent(new Event("online"));
    target.dispatchEvent(new Event("online"));
    await seconds(1);
    target.dispatchEvent(new Event("online"));
    await seconds(9);
    page.dispatchEvent(new Event("visibilitychange"));
    await seconds(1);
    assert.deepEqual(made.tries, [0, 10]);
    page.visibilityState = "visible";
    page.dispatchEvent(new Event("visibilitychange"));
    await seconds(1);
    assert.deepEqual(made.tries, [0, 10, 21]);
    made.timer.stop();
    await seconds(10);
    target.dispatchEvent(new Event("online"));
    await seconds(100);
    assert.equal(made.tries.length, 3);
  } finally {
    for (const name of [...names, "document"]) Reflect.deleteProperty(globalThis, name);
  }
});

test("a hint right after a try that failed is not forgotten", async () => {
  const target = new EventTarget();
  const names = ["addEventListener", "removeEventListener"] as const;
  for (const name of names) Object.assign(globalThis, { [name]: target[name].bind(target) });
  try {
    const made = stand();
    made.error = new TenggatError("unreachable", "no network");
    made.timer.start();
    await seconds(48);
    assert.deepEqual(made.tries, [0, 1.5, 4.5, 10.5, 22.5, 46.5]);
    made.error = null;
    target.dispatchEvent(new Event("online"));
    await seconds(3);
    assert.equal(made.tries.length, 6);
    await seconds(1);
    assert.deepEqual(made.tries.slice(6), [51.5]);
  } finally {
    for (const name of names) Reflect.deleteProperty(globalThis, name);
  }
});

test("asking by hand tells what happened, joins what is under way and counts on from there", async () => {
  const made = stand();
  made.timer.start();
  await seconds(30);
  const [first, second] = await Promise.all([made.timer.now(), made.timer.now()]);
  assert.deepEqual([first, second], [REPORT, REPORT]);
  await seconds(59);
  assert.deepEqual(made.tries, [0, 30]);
  made.error = new TenggatError("unreachable", "no network");
  assert.equal((await refusal(made.timer.now())).code, "unreachable");
  await seconds(2);
  assert.deepEqual(made.tries.slice(2), [89, 90.5]);
});

test("a store in trouble does not end the timer", async () => {
  const made = stand();
  let broken = true;
  const timer = new Timer(
    async () => {
      made.tries.push((Date.now() - 1_000_000) / 1_000);
      if (broken) throw new TenggatError("store_broken", "full");
      return REPORT;
    },
    () => (broken ? Promise.reject(new TenggatError("store_broken", "full")) : Promise.resolve(true)),
    () => {},
    { chance: () => 0.5 },
  );
  timers.push(timer);
  timer.start();
  await seconds(1);
  broken = false;
  await seconds(62);
  assert.deepEqual(made.tries, [0, 1.5, 61.5]);
});
