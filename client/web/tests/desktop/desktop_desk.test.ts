/** The desk in the window: in which order deeds go out, what is asked once, and what a lock does to them. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { DesktopDesk, type DesktopOptions } from "../../src/desktop/desktop_desk.ts";
import { MB } from "../../src/schemas/documents.ts";
import { TenggatError } from "../../src/sync/errors.ts";
import { refusal } from "../device/bench.ts";
import { FakeLocal } from "./local.ts";

function open(options: DesktopOptions = {}) {
  const local = new FakeLocal();
  const desk = new DesktopDesk({ fetch: local.fetch, listen: local.listen, ...options });
  return { local, desk };
}

test("deeds go out one after the other, as they were done", async () => {
  const { local, desk } = open();
  let first = true;
  local.meanwhile = async () => {
    // The first is slow: over HTTP the second could pass it.
    const wait = first ? 20 : 0;
    first = false;
    await new Promise(resolve => setTimeout(resolve, wait));
  };
  const act = (note: string) => ({ action: "verify", note });
  const typed = ["a", "ab", "abc"].map(note => desk.keep_typing("one", "verify", act(note)));
  await Promise.all([...typed, desk.act("one", act("abc")), desk.opened("two")]);
  assert.deepEqual(local.asked, [
    ["/desk/keep_typing", ["one", "verify", act("a")]],
    ["/desk/keep_typing", ["one", "verify", act("ab")]],
    ["/desk/keep_typing", ["one", "verify", act("abc")]],
    ["/desk/opened", ["two"]],
    ["/desk/act", ["one", act("abc")]],
  ]);
});

test("a refused deed keeps no other from going out", async () => {
  const { local, desk } = open();
  local.answers.set("/desk/undo", new TenggatError("frozen", "it has left"));
  const undoing = desk.undo({ instance: 1, seq: 2 });
  const opening = desk.opened("one");
  assert.equal((await refusal(undoing)).code, "frozen");
  await opening;
  assert.deepEqual(local.paths, ["/desk/undo", "/desk/opened"]);
});

test("a submit takes along what is still being typed", async () => {
  const { local, desk } = open();
  const typing = ["L", "La", "Lam"].map(title => desk.edit("one", { title }, "lapor"));
  await desk.submit("one");
  await Promise.all(typing);
  assert.deepEqual(local.asked, [
    ["/desk/edit", ["one", { title: "L" }, "lapor"]],
    ["/desk/edit", ["one", { title: "Lam" }, "lapor"]],
    ["/desk/submit", ["one"]],
  ]);
});

test("what is left out is left out, and null is an answer", async () => {
  const { local, desk } = open();
  await desk.choose("one", "name", "theirs");
  await desk.choose("one", "name", "theirs", null);
  await desk.keep_typing("one", "verify", null);
  await desk.undo({ instance: 1, seq: 2, state: "queued" } as never);
  assert.deepEqual(
    local.asked.map(([, given]) => given),
    [["one", "name", "theirs"], ["one", "name", "theirs", null], ["one", "verify", null], [{ instance: 1, seq: 2 }]],
  );
});

test("what several parts of a screen ask is asked once, and anew after each change", async () => {
  const { local, desk } = open();
  local.answers.set("/desk/status", () => ({ waiting: local.asked.length }));
  await desk.start();
  await desk.start();
  const both = await Promise.all([desk.status(), desk.status()]);
  assert.deepEqual([both[0], local.asked.length], [both[1], 1]);
  local.tell();
  assert.equal((await desk.status()).waiting, 2);
  await desk.opened("one");
  assert.equal((await desk.status()).waiting, 4);
  await desk.stop();
  assert.equal(local.closed, 1);
});

test("while an exchange only comes further, how far is asked, and the list is not", async () => {
  const { local, desk } = open();
  local.answers.set("/desk/list", []);
  await desk.start();
  const heard: string[] = [];
  desk.watch(change => heard.push(change));
  const list = await desk.list();
  await desk.status();
  local.tell("progress");
  assert.equal(await desk.list(), list);
  await desk.status();
  local.tell();
  await desk.list();
  assert.deepEqual(local.paths, ["/desk/list", "/desk/status", "/desk/status", "/desk/list"]);
  assert.deepEqual(heard, ["progress", "changed"]);
});

test("whoever listens is told after each deed, before its word comes from the server", async () => {
  const { local, desk } = open();
  let told = 0;
  const stop = desk.watch(() => {
    told += 1;
  });
  await desk.opened("one");
  await desk.status();
  assert.equal(told, 1);
  stop();
  await desk.opened("one");
  assert.deepEqual([told, local.listeners.length], [1, 0]);
});

test("a catalogue that came again as it was is the same one", async () => {
  const { local, desk } = open();
  local.answers.set("/desk/city", { code: "kota" });
  const city = await desk.city();
  desk.changes.tell();
  assert.equal(await desk.city(), city);
  local.answers.set("/desk/city", { code: "lain" });
  desk.changes.tell();
  assert.equal((await desk.city())?.code, "lain");
});

test("a catalogue that is not there yet is asked for each time", async () => {
  const { local, desk } = open();
  assert.deepEqual([await desk.city(), await desk.city()], [null, null]);
  assert.equal(local.asked.length, 2);
});

test("what is asked while it is locked is asked again once it is open: no letter is lost", async () => {
  let unlock = () => {};
  const opened = new Promise<void>(resolve => {
    unlock = resolve;
  });
  let locked = 0;
  const { local, desk } = open({
    locked: () => {
      locked += 1;
      return opened;
    },
  });
  local.answers.set("/desk/edit", new TenggatError("locked", "no profile is open"));
  const typing = desk.edit("one", { title: "Lampu" }, "lapor");
  await new Promise(resolve => setTimeout(resolve, 5));
  assert.deepEqual([locked, local.asked.length], [1, 1]);
  local.answers.set("/desk/edit", null);
  unlock();
  await typing;
  assert.deepEqual(local.asked[1], ["/desk/edit", ["one", { title: "Lampu" }, "lapor"]]);
});

test("without a gate a lock is a refusal, and a program that ended is said", async () => {
  const { local, desk } = open();
  local.answers.set("/desk/person", new TenggatError("locked", "no profile is open"));
  assert.equal((await refusal(desk.person())).code, "locked");
  local.answers.set("/desk/person", new TypeError("fetch failed"));
  assert.equal((await refusal(desk.person())).code, "desk_gone");
});

test("bytes go as they are, with what is known of them", async () => {
  const { local, desk } = open();
  const file = new File([new Uint8Array([1, 2, 3])], "rumah & kebun.jpg");
  local.answers.set("/desk/keep_file", { sha256: "x" });
  local.answers.set("/desk/file", new Blob([new Uint8Array([4])]));
  local.answers.set("/desk/export", new Blob([new Uint8Array([5, 6])]));
  assert.deepEqual(await desk.keep_file(file, ["image", "pdf"], 5), { sha256: "x" });
  assert.equal((await desk.file("a", "b", "thumbnail")).size, 1);
  assert.equal((await desk.export()).size, 2);
  assert.deepEqual(local.asked, [
    ["/desk/keep_file", file],
    ["/desk/file", "?case=a&attachment=b&size=thumbnail"],
    ["/desk/export", []],
  ]);
});

test("a carried file goes over whole up to 64 MB, and a larger one in pieces that make it up", async () => {
  const local = new FakeLocal();
  const asked: [string, Blob][] = [];
  const counts = { taken: 1, known: 0 };
  const fetch = async (address: string, init: RequestInit = {}) => {
    asked.push([address, init.body as Blob]);
    return local.fetch(address, init);
  };
  const desk = new DesktopDesk({ fetch: fetch as typeof globalThis.fetch, listen: local.listen });
  local.answers.set("/desk/import", () => (asked.length === 6 ? counts : { at: 1 }));
  const whole = new Blob([new Uint8Array(64 * MB)]);
  await desk.import(whole);
  assert.deepEqual(asked, [["/desk/import", whole]]);
  const file = new Blob([whole, new Uint8Array(MB).fill(7)]);
  assert.deepEqual(await desk.import(file), counts);
  const size = 65 * MB;
  assert.deepEqual(
    asked.slice(1).map(([address]) => address),
    [0, 16, 32, 48, 64].map(at => `/desk/import?at=${at * MB}&of=${size}`),
  );
  const sent = new Uint8Array(await new Blob(asked.slice(1).map(([, piece]) => piece)).arrayBuffer());
  assert.deepEqual([sent.length, sent.indexOf(7)], [size, 64 * MB]);
});
