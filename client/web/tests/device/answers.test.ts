/** One answer for all who ask at the same time, and never one from before a change. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Answers } from "../../src/device/answers.ts";

test("who asks at the same time gets the same answer", async () => {
  const answers = new Answers();
  let asked = 0;
  const ask = () => answers.once("status", async () => ++asked);
  assert.deepEqual(await Promise.all([ask(), ask()]), [1, 1]);
  assert.equal(await ask(), 1);
  assert.equal(await answers.once("city", async () => "kota"), "kota");
});

test("after a change it is asked anew, also while the answer from before is still on its way", async () => {
  const answers = new Answers();
  let give = (_: string) => {};
  const before = answers.once("list", () => new Promise<string>(resolve => (give = resolve)));
  answers.forget();
  const after = answers.once("list", async () => "after");
  give("before");
  assert.deepEqual([await before, await after], ["before", "after"]);
  assert.equal(await answers.once("list", async () => "later"), "after");
});

test("one question can be forgotten alone", async () => {
  const answers = new Answers();
  await Promise.all([answers.once("city", async () => 1), answers.once("list", async () => 1)]);
  answers.forget("city");
  assert.equal(await answers.once("city", async () => 2), 2);
  assert.equal(await answers.once("list", async () => 2), 1);
});

test("what could not be answered is asked anew", async () => {
  const answers = new Answers();
  await assert.rejects(answers.once("list", () => Promise.reject(new Error("no store"))));
  assert.equal(await answers.once("list", async () => "there"), "there");
});

test("an answer is not believed for longer than a second", async t => {
  const answers = new Answers();
  let now = 5_000;
  t.mock.method(performance, "now", () => now);
  await answers.once("list", async () => "old");
  now += 999;
  assert.equal(await answers.once("list", async () => "new"), "old");
  now += 1;
  assert.equal(await answers.once("list", async () => "new"), "new");
});

test("while an exchange only comes further, all but how far is good for as long again", async t => {
  const answers = new Answers();
  let now = 5_000;
  t.mock.method(performance, "now", () => now);
  await Promise.all([answers.once("list", async () => 1), answers.once("status", async () => 1)]);
  // A slow road: a telling every two seconds, for a minute.
  for (let step = 0; step < 30; step += 1) {
    now += 2_000;
    answers.after("progress");
    assert.equal(await answers.once("list", async () => 2), 1);
    assert.equal(await answers.once("status", async () => step), step);
  }
  answers.after("changed");
  assert.equal(await answers.once("list", async () => 3), 3);
});
