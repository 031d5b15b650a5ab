/** Words as they are typed: each on the disk when its promise says so, and few writes for many letters. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Values } from "../../src/desk.ts";
import { Keystrokes } from "../../src/device/keystrokes.ts";
import { TenggatError } from "../../src/sync/errors.ts";
import { Bench, newId, refusal } from "./bench.ts";

test("what is typed while a write is under way goes into the next one, for each case", async () => {
  const written: [string, Values, string | undefined][] = [];
  let letGo = () => {};
  const keystrokes = new Keystrokes(async (id, changes, service) => {
    written.push([id, changes, service]);
    await new Promise<void>(resolve => {
      if (written.length === 1) letGo = resolve;
      else resolve();
    });
  });
  const done: string[] = [];
  const type = (text: string) => keystrokes.type("a", { title: text }, "lapor").then(() => done.push(text));
  const typed = ["L", "La", "Lam"].map(type);
  await keystrokes.type("b", { title: "B" });
  assert.deepEqual([done, written.length], [[], 2]);
  letGo();
  await Promise.all(typed);
  assert.deepEqual(done, ["L", "La", "Lam"]);
  assert.deepEqual(written, [
    ["a", { title: "L" }, "lapor"],
    ["b", { title: "B" }, undefined],
    ["a", { title: "Lam" }, "lapor"],
  ]);
});

test("what is refused keeps nothing else from the disk", async () => {
  const written: Values[] = [];
  const keystrokes = new Keystrokes(async (_, changes) => {
    if ("nothing" in changes) throw new TenggatError("invalid", "no such field");
    written.push(changes);
  });
  const typed = [{ a: 1 }, { b: 2 }, { nothing: 3 }, { c: 4 }].map(changes => keystrokes.type("x", changes));
  const told = await Promise.allSettled(typed);
  assert.deepEqual(
    told.map(each => each.status),
    ["fulfilled", "fulfilled", "rejected", "fulfilled"],
  );
  assert.deepEqual(written, [{ a: 1 }, { b: 2 }, { c: 4 }]);
});

test("a hundred letters are few writes, and the last word stands", async () => {
  const bench = await Bench.make();
  const id = newId();
  let writes = 0;
  const keystrokes = new Keystrokes((...given) => {
    writes += 1;
    return bench.work.edit(...given);
  });
  const letters = Array.from({ length: 100 }, (_, n) => "x".repeat(n + 1));
  await Promise.all(letters.map(text => keystrokes.type(id, { title: text }, "lapor")));
  assert.equal(writes, 2);
  assert.deepEqual((await bench.only()).data.set, { title: "x".repeat(100) });
});

test("a submit waits for what is being typed", async () => {
  const bench = await Bench.make();
  const keystrokes = new Keystrokes((...given) => bench.work.edit(...given));
  const id = newId();
  void keystrokes.type(id, { title: "L" }, "lapor");
  void keystrokes.type(id, { title: "Lampu" }, "lapor");
  await keystrokes.quiet(id);
  await bench.work.submit(id);
  assert.deepEqual((await bench.only()).data.set, { title: "Lampu" });
  await keystrokes.quiet(id);
});

test("each promise tells of its own value on the disk", async () => {
  const bench = await Bench.make();
  const keystrokes = new Keystrokes((...given) => bench.work.edit(...given));
  const id = newId();
  const typed = ["a", "b", "c"].map(async text => {
    await keystrokes.type(id, { [text === "c" ? "text" : "title"]: text }, "lapor");
    return (await bench.local(id))?.fields;
  });
  const seen = await Promise.all(typed);
  assert.equal(seen[2]?.text, "c");
  const late = keystrokes.type(id, { nothing: 1 });
  assert.equal((await refusal(late)).code, "invalid");
});
