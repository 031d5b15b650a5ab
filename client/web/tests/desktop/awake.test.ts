/** Nobody in front of the window: it is locked, however the clocks go. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Awake, IDLE } from "../../src/desktop/awake.ts";

const MINUTE = 60_000;

function bench(lock: () => Promise<void> = async () => {}) {
  const told: string[] = [];
  let now = 1_000_000_000;
  const idle = () => {
    told.push("idle");
    return lock();
  };
  const awake = new Awake({ now: () => now, idle, awake: () => told.push("awake") });
  awake.opened(true);
  const pass = (milliseconds: number) => {
    now += milliseconds;
  };
  return { awake, told, pass };
}

test("it is locked after a quarter of an hour without a sign, and not a minute before", () => {
  const { awake, told, pass } = bench();
  pass(IDLE - MINUTE);
  awake.look();
  awake.sign();
  pass(IDLE - 1);
  awake.look();
  assert.deepEqual(told, ["awake"]);
  pass(1);
  awake.look();
  assert.deepEqual(told, ["awake", "idle"]);
});

test("many signs are told once a minute", () => {
  const { awake, told, pass } = bench();
  for (let sign = 0; sign < 130; sign += 1) {
    awake.sign();
    pass(1_000);
  }
  assert.deepEqual(told, ["awake", "awake", "awake"]);
});

test("whoever wakes the computer after a long sleep finds it locked", () => {
  const { awake, told, pass } = bench();
  pass(8 * 60 * MINUTE);
  awake.sign();
  assert.equal(told[0], "idle");
});

test("a clock that is set back keeps nothing open for longer", () => {
  const { awake, told, pass } = bench();
  pass(-24 * 60 * MINUTE);
  awake.look();
  pass(IDLE);
  awake.look();
  assert.deepEqual(told, ["idle"]);
});

test("while nothing is open nothing is locked, and who opens it has all of the time", () => {
  const { awake, told, pass } = bench();
  awake.opened(false);
  pass(2 * IDLE);
  awake.look();
  awake.sign();
  assert.deepEqual(told, []);
  pass(IDLE - 1);
  awake.opened(true);
  pass(IDLE - 1);
  awake.look();
  assert.deepEqual(told, []);
});

test("what could not be locked is locked at the next look, whoever came since, and once at a time", async () => {
  let fail: (why: Error) => void = () => {};
  const { awake, told, pass } = bench(() => new Promise((_, reject) => (fail = reject)));
  const idle = () => told.filter(one => one === "idle").length;
  pass(IDLE);
  awake.look();
  awake.look();
  assert.equal(idle(), 1);
  fail(new Error("no answer"));
  await new Promise(setImmediate);
  awake.sign();
  assert.equal(idle(), 2);
  awake.opened(false);
  fail(new Error("no answer, and yet it is shut"));
  await new Promise(setImmediate);
  awake.look();
  assert.equal(idle(), 2);
});
