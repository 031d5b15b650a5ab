/** What found no network, carried as a file: whole, once, and only for whom it is. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { exportOutbox, importOutbox } from "../../src/device/rescue.ts";
import { Store } from "../../src/device/store.ts";
import { Bench, caseId, furnish, ME, newId, refusal, result, ticking, uniqueName, welcome } from "./bench.ts";
import { kept } from "./files/kept.ts";

const ORIGIN = "https://kota.example";

async function fileOf(bench: Bench): Promise<Record<string, unknown> & { entries: Record<string, unknown>[] }> {
  return JSON.parse(await (await exportOutbox(bench.store, ORIGIN)).text());
}

const blob = (file: unknown) => new Blob([typeof file === "string" ? file : JSON.stringify(file)]);

async function asGuest(bench: Bench): Promise<Bench> {
  await bench.store.change("strict", async ({ meta }) => {
    meta.set("guest", true);
    meta.set("token", "g".repeat(43));
  });
  return bench;
}

/** A device that nobody has used yet. */
async function fresh(): Promise<Store> {
  const store = new Store({ name: uniqueName(), clock: ticking(), newId });
  await furnish(store);
  return store;
}

const rowsIn = (store: Store) => store.read(({ outbox }) => outbox.rows());

test("the file holds what was not received, as it was written, and nothing else", async () => {
  const bench = await Bench.make();
  await bench.draft();
  await bench.send(["applied"]);
  await bench.draft();
  await bench.send(["rejected"]);
  await bench.draft();
  await bench.store.take();
  await bench.draft();
  const undone = await bench.draft();
  const last = (await bench.entries()).find(entry => entry.case === undone);
  assert.ok(last);
  await bench.work.undo(last);
  const file = await fileOf(bench);
  const rows = await rowsIn(bench.store);
  assert.deepEqual([file.format, file.version, file.server, file.token], ["tenggat-outbox", 1, ORIGIN, undefined]);
  assert.deepEqual(file.person, { id: ME, name: "Saya", kind: "citizen" });
  assert.deepEqual(
    file.entries.map(entry => [entry.seq, entry.state]),
    [
      [2, "refused"],
      [3, "sent"],
      [4, "sent"],
    ],
  );
  assert.deepEqual(
    file.entries.map(entry => entry.line),
    rows.slice(1, 4).map(row => row.line),
  );
  assert.deepEqual(file.instances, [file.entries[0]?.instance]);
});

test("what was written to a file is frozen", async () => {
  const bench = await Bench.make();
  const id = await bench.begin("lapor", { title: "Lampu" });
  await fileOf(bench);
  const [entry] = await bench.entries();
  assert.equal(entry?.state, "sent");
  assert.ok(entry.sent_at);
  assert.equal((await refusal(bench.work.undo(entry))).code, "frozen");
  await bench.work.edit(id, { title: "Lampu mati" });
  assert.deepEqual(
    (await bench.sent()).map(command => command.data.set),
    [{ title: "Lampu" }, { title: "Lampu mati" }],
  );
});

test("a device without anybody becomes the file's guest, and sends it first and under its key", async () => {
  const bench = await asGuest(await Bench.make());
  await bench.draft();
  const sender = await bench.store.take();
  const file = await exportOutbox(bench.store, ORIGIN);
  const store = await fresh();
  assert.deepEqual(await importOutbox(store, file), { taken: 1, known: 0 });
  assert.deepEqual(await importOutbox(store, file), { taken: 0, known: 1 });
  const held = await store.read(({ meta }) => meta.some("token", "guest", "person"));
  assert.deepEqual([held.token, held.guest, held.person?.id], ["g".repeat(43), true, ME]);
  const own = await store.change("strict", ({ outbox }) => outbox.add("case.edit", newId(), {}, "", 0));
  const device = await store.take();
  assert.deepEqual([device.instance, device.seqs, device.lines], [sender.instance, sender.seqs, sender.lines]);
  await store.applyAnswers(device, welcome({ highest: 1 }), [result(1, "applied")]);
  const next = await store.take();
  assert.notEqual(next.instance, sender.instance);
  assert.deepEqual([next.seqs, own.seq], [[1], 1]);
  assert.deepEqual(await importOutbox(store, file), { taken: 0, known: 1 });
});

test("the same person on another device takes it in, whoever was signed in there stays", async () => {
  const bench = await Bench.make();
  await bench.draft();
  await bench.send(["rejected"]);
  const file = await exportOutbox(bench.store, ORIGIN);
  const other = await Bench.make();
  await other.draft();
  assert.deepEqual(await importOutbox(other.store, file), { taken: 1, known: 0 });
  const rows = await rowsIn(other.store);
  assert.deepEqual(
    rows.map(row => [row.state, row.seq, row.result]),
    [
      ["sent", 1, null],
      ["queued", 1, null],
    ],
  );
  assert.ok((rows[0]?.instance ?? 9) < (rows[1]?.instance ?? 0));
  assert.equal(await other.store.read(({ meta }) => meta.get("token")), "t".repeat(43));
});

test("two files of two devices keep apart", async () => {
  const files = [];
  for (const name of ["Satu", "Dua"]) {
    const bench = await Bench.make();
    await bench.draft({ name });
    files.push(await exportOutbox(bench.store, ORIGIN));
  }
  const { store } = await Bench.make();
  for (const file of files) await importOutbox(store, file);
  const instances = new Set((await rowsIn(store)).map(row => row.instance));
  assert.equal(instances.size, 2);
});

test("nobody's commands go up in another's name", async () => {
  const bench = await asGuest(await Bench.make());
  await bench.draft();
  const file = await exportOutbox(bench.store, ORIGIN);
  const other = await Bench.make();
  await other.as({ id: caseId(99) });
  assert.equal((await refusal(importOutbox(other.store, file))).code, "other_person");
  const account = await Bench.make();
  await account.draft();
  const theirs = await exportOutbox(account.store, ORIGIN);
  const store = await fresh();
  const refused = await refusal(importOutbox(store, theirs));
  assert.deepEqual([refused.code, refused.extra.name], ["sign_in_first", "Saya"]);
  assert.deepEqual([await rowsIn(store), await store.read(({ meta }) => meta.get("token"))], [[], null]);
});

test("a guest whom the server does not know yet is known by the token", async () => {
  const store = await fresh();
  const draft = () =>
    store.change("strict", async ({ meta, outbox }) => {
      meta.set("token", "g".repeat(43));
      meta.set("guest", true);
      await outbox.add("case.edit", newId(), { service: "izin" }, "", 0);
    });
  await draft();
  const file = await exportOutbox(store, ORIGIN);
  const other = await fresh();
  assert.deepEqual(await importOutbox(other, file), { taken: 1, known: 0 });
  assert.deepEqual(await importOutbox(other, file), { taken: 0, known: 1 });
});

test("another text under a known key is refused aloud, and nothing is taken", async () => {
  const bench = await Bench.make();
  await bench.draft();
  const file = await fileOf(bench);
  const [entry] = file.entries;
  assert.ok(entry);
  const line = String(entry.line).replace("Warga Satu", "Warga Dua");
  const second = { ...entry, seq: 9, line: line.replace('"seq":1', '"seq":9') };
  const changed = { ...file, entries: [second, { ...entry, line }] };
  assert.equal((await refusal(importOutbox(bench.store, blob(changed)))).code, "conflict");
  assert.equal((await bench.entries()).length, 1);
});

test("a copy of this database that went on elsewhere ends this one's minting", async () => {
  const bench = await Bench.make();
  await bench.draft();
  const file = await fileOf(bench);
  const [entry] = file.entries;
  assert.ok(entry);
  const further = { ...entry, seq: 5, line: String(entry.line).replace('"seq":1', '"seq":5') };
  assert.deepEqual(await importOutbox(bench.store, blob({ ...file, entries: [entry, further] })), {
    taken: 1,
    known: 1,
  });
  await bench.draft();
  assert.deepEqual(
    (await bench.sent()).map(command => command.seq),
    [1, 5, 1],
  );
  const rows = await rowsIn(bench.store);
  assert.deepEqual(
    rows.map(row => row.instance),
    [1, 1, 2],
  );
});

test("garbage is refused aloud", async () => {
  const bench = await Bench.make();
  await bench.draft();
  const file = await fileOf(bench);
  const [entry] = file.entries;
  assert.ok(entry);
  const bad: unknown[] = [
    "",
    "null",
    "[]",
    "{",
    "\ufeff{}",
    { ...file, format: "other" },
    { ...file, version: 2 },
    { ...file, entries: {} },
    { ...file, entries: [null] },
    { ...file, entries: [{ ...entry, instance: "x" }] },
    { ...file, entries: [{ ...entry, seq: 0 }] },
    { ...file, entries: [{ ...entry, seq: 1.5 }] },
    { ...file, entries: [{ ...entry, line: 7 }] },
    { ...file, entries: [{ ...entry, line: "" }] },
    { ...file, entries: [{ ...entry, line: `${entry.line}\n` }] },
    { ...file, entries: [{ ...entry, seq: 2 }] },
    { ...file, entries: [{ ...entry, line: "x".repeat(300_000) }] },
  ];
  for (const one of bad) {
    assert.equal(
      (await refusal(importOutbox(bench.store, blob(one)))).code,
      "malformed",
      JSON.stringify(one).slice(0, 90),
    );
  }
  const bytes = new Uint8Array(await blob(file).arrayBuffer());
  bytes[bytes.length - 30] = 0xff;
  assert.equal((await refusal(importOutbox(bench.store, new Blob([bytes])))).code, "malformed");
});

test("a damaged line is carried as it lies", async () => {
  const bench = await Bench.make();
  await bench.draft();
  await bench.store.change("strict", async ({ outbox }) => {
    for (const row of await outbox.rows()) outbox.put({ ...row, line: '{"t":"comm' });
  });
  const other = await Bench.make();
  await importOutbox(other.store, await exportOutbox(bench.store, ORIGIN));
  assert.deepEqual((await other.store.take()).lines, ['{"t":"comm']);
});

test("the file says how many photos stay behind", async () => {
  const bench = await Bench.make();
  await bench.begin("berkas", {});
  assert.equal((await fileOf(bench)).files_left, 0);
  const id = await bench.begin("berkas", {});
  await bench.work.attach(id, "ktp", await kept(bench.store));
  const file = await fileOf(bench);
  assert.equal(file.files_left, 1);
  // The commands are all in it, and another device takes them.
  assert.deepEqual(await importOutbox(await fresh(), blob({ ...file, token: "g".repeat(43) })), { taken: 2, known: 0 });
});
