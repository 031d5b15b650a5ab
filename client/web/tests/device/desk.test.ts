/** What a browser's desk does besides what every desk promises (`tests/contract/`): several windows, its own timer and
 * room, and what a fake server can be told to do. */

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { BrowserDesk, type BrowserOptions } from "../../src/device/browser_desk.ts";
import { stampOf } from "../../src/device/clock.ts";
import { newToken, newId as realId } from "../../src/device/ids.ts";
import { TenggatError } from "../../src/sync/errors.ts";
import {
  arrived,
  caseId,
  furnish,
  ME,
  NOW,
  newId,
  offline,
  record,
  refusal,
  result,
  ticking,
  uniqueName,
  welcome,
} from "./bench.ts";
import { COMPLETE } from "./city.ts";
import { FakeServer } from "./server.ts";

const desks: BrowserDesk[] = [];

afterEach(async () => {
  for (const desk of desks.splice(0)) await desk.stop();
});

async function open(options: BrowserOptions = {}): Promise<BrowserDesk> {
  const desk = new BrowserDesk({
    ...{ name: uniqueName(), clock: ticking(), newId, transport: offline, locks: undefined, marking: null },
    ...options,
  });
  desks.push(desk);
  await desk.start();
  return desk;
}

async function furnished(options: BrowserOptions = {}): Promise<BrowserDesk> {
  const desk = await open(options);
  await furnish(desk.store, {});
  return desk;
}

async function arrive(desk: BrowserDesk, ...records: object[]): Promise<void> {
  const end = { kind: "ended", end: { t: "end", cursor: "c", more: false, digest: null } } as const;
  await desk.store.apply(await desk.store.take(), [{ kind: "opened", welcome: welcome() }, arrived(...records), end]);
}

async function until(look: () => Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 400; turn += 1) {
    if (await look()) return;
    await new Promise(resolve => setTimeout(resolve, 5));
  }
  throw new Error("it never came to be");
}

test("a catalogue that is there is not asked for twice, and nobody exchanges for nobody", async () => {
  const server = new FakeServer();
  const desk = await open({ transport: server });
  assert.equal((await desk.city())?.code, "kota");
  await desk.city();
  assert.equal(server.catalogues, 1);
  await desk.sync();
  assert.deepEqual(server.requests, []);
});

test("the list has the nearest date first, then what was touched last", async () => {
  const desk = await furnished();
  const one = (n: number, given: object) => record({ id: caseId(n), title: `t${n}`, ...given });
  const step = (at: string) => ({ action: "x", stage: "survey", at, by: ME, role: "owner" });
  await arrive(
    desk,
    one(1, { created: "2026-03-01T00:00:00Z" }),
    one(2, {
      due: "2026-04-01",
      stage: "survey",
      number: "IZN-2026-000002",
      opened: NOW,
      office: "tata",
      district: "33",
    }),
    one(3, { created: "2026-01-01T00:00:00Z", steps: [step("2026-03-10T00:00:00Z")] }),
    one(4, { due: "2026-03-20", stage: "survey", scopes: ["office:tata"], conflicts: [{ field: "name" }] }),
    { ...one(5, {}), t: "parcel" },
  );
  await desk.edit(caseId(6), { title: "Lampu mati" }, "lapor");
  await desk.edit(caseId(1), { street: "Jl. Baru", work: "house" });
  const rows = await desk.list();
  // What this device did is newer than anything that the server told.
  assert.deepEqual(
    rows.map(row => row.id),
    [4, 2, 1, 6, 3].map(caseId),
  );
  assert.deepEqual(rows[1], {
    ...{ id: caseId(2), service: "izin", number: "IZN-2026-000002", stage: "survey", office: "tata", district: "33" },
    ...{ due: "2026-04-01", title: "t2", opened: true, conflicts: 0, mine: true, waiting: 0, refused: 0, touched: NOW },
  });
  assert.deepEqual([rows[0]?.mine, rows[0]?.conflicts, rows[0]?.opened], [false, 1, false]);
  const draft = rows[3];
  assert.deepEqual(
    [draft?.title, draft?.stage, draft?.mine, draft?.waiting, draft?.service],
    ["Lampu mati", "draft", true, 1, "lapor"],
  );
  assert.deepEqual([rows[2]?.title, rows[2]?.waiting], ["Rumah – Jl. Baru", 1]);
});

test("a list reads heads and no lines", async () => {
  const desk = await furnished();
  await arrive(desk, ...Array.from({ length: 50 }, (_, n) => record({ id: caseId(n + 1), title: `t${n}` })));
  const rows = await desk.list();
  assert.equal(rows.length, 50);
  await desk.store.change("relaxed", ({ transaction }) => transaction.objectStore("line").clear());
  assert.deepEqual(await desk.list(), rows);
});

test("what was refused, or received in an answer that broke off, stays in the list", async () => {
  const desk = await furnished();
  await desk.edit(caseId(1), { title: "Satu" }, "lapor");
  await desk.edit(caseId(2), { title: "Dua" }, "lapor");
  const device = await desk.store.take();
  const answers = [result(1, "applied", undefined, { version: 1 }), result(2, "rejected", "case_full")];
  await desk.store.applyAnswers(device, welcome(), answers);
  const rows = await desk.list();
  assert.deepEqual(
    rows.map(row => [row.title, row.waiting, row.refused]),
    [
      ["Dua", 0, 1],
      ["Satu", 0, 0],
    ],
  );
  await arrive(desk, record({ id: caseId(3) }));
  assert.deepEqual((await desk.list()).map(row => row.id).sort(), [caseId(2), caseId(3)]);
});

test("what one window does, the others show", async () => {
  const name = uniqueName();
  const [one, two] = [await open({ name }), await open({ name })];
  await furnish(one.store);
  await new Promise(resolve => setTimeout(resolve, 30));
  let told = 0;
  const stop = two.watch(() => {
    told += 1;
  });
  await one.edit(newId(), { title: "Lampu" }, "lapor");
  await until(async () => told > 0);
  assert.equal((await two.list())[0]?.title, "Lampu");
  stop();
  const before = told;
  await one.edit(newId(), { title: "Lampu" }, "lapor");
  await new Promise(resolve => setTimeout(resolve, 30));
  assert.equal(told, before);
});

test("two windows that type into one case lose nothing of either", async () => {
  const name = uniqueName();
  const [one, two] = [await open({ name }), await furnished({ name })];
  await one.edit(caseId(1), { name: "Warga" }, "izin");
  await Promise.all([
    ...["1", "1/", "1/2"].map(text => one.edit(caseId(1), { rt_rw: text })),
    ...["J", "Jl", "Jl."].map(text => two.edit(caseId(1), { street: text })),
  ]);
  const entries = await two.outbox();
  assert.deepEqual([entries.length, entries[0]?.data.set], [1, { name: "Warga", rt_rw: "1/2", street: "Jl." }]);
});

test("without its token a device keeps all, says so, and goes on after signing in again", async () => {
  const server = new FakeServer();
  server.person = { id: ME, name: "Warga Satu", kind: "citizen", roles: ["citizen"] };
  const desk = await open({ transport: server });
  await desk.city();
  await desk.sign_up("warga", "kata sandi panjang", "Warga Satu");
  await desk.sync();
  await desk.edit(caseId(1), COMPLETE, "izin");
  server.fate.push(new TenggatError("not_signed_in", "who?"));
  assert.equal((await refusal(desk.sync())).code, "not_signed_in");
  const status = await desk.status();
  assert.deepEqual([status.signed_out, status.waiting, status.last_error?.code], [true, 1, "not_signed_in"]);
  await desk.sign_in("warga", "kata sandi panjang");
  await until(async () => (await desk.status()).held === 1);
  assert.deepEqual([(await desk.status()).signed_out, (await desk.status()).waiting], [false, 0]);
  await desk.sign_out();
  assert.deepEqual([await desk.list(), await desk.person()], [[], null]);
});

test("nothing is signed in or out while an exchange is under way", async () => {
  const server = new FakeServer();
  const desk = await open({ transport: server });
  await desk.city();
  await desk.edit(caseId(1), COMPLETE, "izin");
  let calls = -1;
  let signing: Promise<unknown> = Promise.resolve();
  server.meanwhile = async () => {
    server.meanwhile = async () => {};
    signing = desk.sign_in("warga", "kata sandi panjang");
    await new Promise(resolve => setTimeout(resolve, 20));
    calls = server.calls.length;
  };
  await desk.sync();
  await signing;
  assert.deepEqual([calls, server.calls.length], [0, 1]);
});

test("progress is shown while it lasts", async () => {
  const server = new FakeServer();
  const desk = await open({ transport: server });
  await desk.city();
  await desk.edit(caseId(1), COMPLETE, "izin");
  const seen = new Set<string>();
  const asking: Promise<unknown>[] = [];
  server.meanwhile = async () => {
    seen.add((await desk.status()).progress?.what ?? "-");
  };
  const heard = new Set<string>();
  let list: unknown;
  desk.watch(change => {
    heard.add(change);
    if (change === "changed") list = desk.list();
    // What did not change is what it was, as an object.
    else if (list) asking.push(desk.list().then(async now => assert.equal(now, (await list) as never)));
    asking.push(desk.status());
  });
  await desk.sync();
  await Promise.all(asking);
  assert.deepEqual([[...seen], (await desk.status()).progress], [["sending"], null]);
  assert.deepEqual([...heard].sort(), ["changed", "progress"]);
});

test("a browser that cannot say how much room there is says nothing", async () => {
  const desk = await furnished();
  const status = await desk.status();
  assert.deepEqual([status.free, status.used, status.persistent, await desk.persist()], [null, null, null, false]);
});

test("a browser that can is asked, and its promise remembered", async () => {
  let persisted = false;
  const storage = {
    estimate: async () => ({ quota: 1_000, usage: 300 }),
    persisted: async () => persisted,
    persist: async () => {
      persisted = true;
      return true;
    },
  };
  const before = Object.getOwnPropertyDescriptor(globalThis, "navigator");
  Object.defineProperty(globalThis, "navigator", { value: { storage }, configurable: true });
  try {
    const desk = await furnished();
    const { free, used, persistent } = await desk.status();
    assert.deepEqual([free, used, persistent], [700, 300, false]);
    assert.deepEqual([await desk.persist(), (await desk.status()).persistent], [true, true]);
  } finally {
    if (before) Object.defineProperty(globalThis, "navigator", before);
    else Reflect.deleteProperty(globalThis, "navigator");
  }
});

test("ids are random UUIDs also where the page did not come over HTTPS, tokens are 256 bits", () => {
  const form = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  assert.match(realId(), form);
  const before = Object.getOwnPropertyDescriptor(globalThis, "crypto");
  const insecure = { getRandomValues: crypto.getRandomValues.bind(crypto) };
  Object.defineProperty(globalThis, "crypto", { value: insecure, configurable: true });
  try {
    const ids = Array.from({ length: 100 }, realId);
    for (const id of ids) assert.match(id, form);
    assert.equal(new Set(ids).size, 100);
    const tokens = Array.from({ length: 100 }, newToken);
    for (const token of tokens) assert.match(token, /^[A-Za-z0-9_-]{43}$/);
    assert.equal(new Set(tokens).size, 100);
  } finally {
    if (before) Object.defineProperty(globalThis, "crypto", before);
  }
});

test("a moment is told with the device's own offset", () => {
  const at = (minutes: number) =>
    stampOf(Object.assign(new Date("2026-03-16T02:00:00Z"), { getTimezoneOffset: () => -minutes }));
  assert.deepEqual(
    [at(420), at(0), at(-150), at(345)],
    [
      "2026-03-16T09:00:00+07:00",
      "2026-03-16T02:00:00+00:00",
      "2026-03-15T23:30:00-02:30",
      "2026-03-16T07:45:00+05:45",
    ],
  );
  assert.equal(Date.parse(at(-150)), Date.parse("2026-03-16T02:00:00Z"));
});
