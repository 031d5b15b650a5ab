/** The gate: who may see what is here, what stays when it shuts, and what goes when another comes. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Gate, type Profile } from "../../src/desktop/gate.ts";
import { Local } from "../../src/desktop/local.ts";
import { TenggatError } from "../../src/sync/errors.ts";
import { refusal } from "../device/bench.ts";
import { FakeLocal } from "./local.ts";

const one: Profile = { name: "loket", title: "Petugas Loket", kind: "pin", wait: 0, wiped: null };
const two: Profile = { ...one, name: "survei", title: "Petugas Survei" };

class Bench {
  readonly local = new FakeLocal();
  readonly events: string[] = [];
  open: Profile | null = null;
  readonly gate = new Gate(
    new Local({ fetch: this.local.fetch }),
    async () => void this.events.push("quiet"),
    () => this.events.push("another"),
  );

  constructor() {
    this.local.answers.set("/gate", () => ({
      open: this.open && { profile: this.open.name, title: this.open.title },
      profiles: [one, two],
      kind: "pin",
      server: null,
      version: "1",
    }));
    this.local.answers.set("/gate/open", ({ profile }: { profile: string }) => {
      this.open = profile === one.name ? one : two;
      return {};
    });
    this.local.answers.set("/gate/lock", () => {
      this.open = null;
      this.events.push("lock");
      return {};
    });
  }
}

test("it is shut when everything typed is on the disk, and opened by the same person it goes on", async () => {
  const bench = new Bench();
  const { gate, events } = bench;
  await gate.look();
  assert.deepEqual([gate.standing?.open, gate.standing?.preferences], [null, {}]);
  await gate.open(one, "804127");
  assert.equal(gate.standing?.open?.title, one.title);
  await gate.lock("asked");
  assert.deepEqual([events, gate.last], [["quiet", "lock"], { name: one.name, why: "asked" }]);
  let on = false;
  const waiting = gate.locked().then(() => {
    on = true;
  });
  await new Promise(resolve => setTimeout(resolve, 5));
  assert.equal(on, false);
  await gate.open(one, "804127");
  await waiting;
  assert.deepEqual([on, events], [true, ["quiet", "lock"]]);
});

test("for another person everything begins anew, and nothing of the first goes out", async () => {
  const { gate, events } = new Bench();
  await gate.open(one, "804127");
  await gate.lock("asked");
  let on = false;
  void gate.locked().then(() => {
    on = true;
  });
  await gate.open(two, "735912");
  assert.deepEqual([events.at(-1), on], ["another", false]);
});

test("a code that is told once is noted before everything begins anew for another", async () => {
  const bench = new Bench();
  const { gate, local, events } = bench;
  await gate.open(one, "804127");
  await gate.lock("asked");
  local.answers.set("/gate/make", () => {
    bench.open = two;
    return { recovery: "AB2D 7XKQ" };
  });
  await gate.make(two.title, "735912", null);
  assert.deepEqual([gate.code?.code, events.includes("another")], ["AB2D 7XKQ", false]);
  gate.noted();
  await gate.look();
  assert.deepEqual([gate.code, events], [null, ["quiet", "lock", "another"]]);
});

test("shut by whatever else than the person, it was for nobody being there", async () => {
  const bench = new Bench();
  await bench.gate.open(one, "804127");
  bench.open = null;
  await bench.gate.look();
  assert.deepEqual(bench.gate.last, { name: one.name, why: "idle" });
});

test("a code is shown until it is noted, and it is not shut over it", async () => {
  const bench = new Bench();
  const { gate, local } = bench;
  local.answers.set("/gate/make", () => {
    bench.open = one;
    return { recovery: "AB2D 7XKQ" };
  });
  await gate.make(one.title, "804127", { server: "https://kota.example" });
  const [, sent] = local.asked[0] ?? [];
  assert.deepEqual(sent, { title: one.title, secret: "804127", server: "https://kota.example" });
  assert.deepEqual(gate.code, { title: one.title, code: "AB2D 7XKQ" });
  await gate.lock("idle");
  await gate.look();
  assert.deepEqual([gate.code?.code, gate.standing?.open?.name], ["AB2D 7XKQ", one.name]);
  gate.noted();
  assert.equal(gate.code, null);
});

test("a wrong try tells at once how long the next must wait", async () => {
  const { gate, local } = new Bench();
  await gate.look();
  local.answers.set("/gate/open", new TenggatError("wrong_secret", "no", { retry_after: 15 }));
  let told = 0;
  gate.listen(() => {
    told += 1;
  });
  assert.equal((await refusal(gate.open(one, "804128"))).extra.retry_after, 15);
  assert.deepEqual([local.paths, told], [["/gate", "/gate/open", "/gate"], 1]);
});

test("a program that ended is said, and quitting is the end of it", async () => {
  const { gate, local } = new Bench();
  local.answers.set("/gate", new TypeError("fetch failed"));
  await gate.look();
  assert.equal((gate.error as TenggatError).code, "desk_gone");
  await gate.quit();
  assert.equal(gate.ended, true);
});
