/** When bytes stay, and when they go. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { openDB } from "idb";
import { attachOf } from "../../../src/device/files/manifest.ts";
import { namedBy } from "../../../src/device/files/table.ts";
import { Store } from "../../../src/device/store.ts";
import { Bench, caseId, MINE, NOW, newId, record, uniqueName } from "../bench.ts";
import { ARRIVED, bytesOf, cased, entry, fileRows, hasBytes, hashOf, kept, queue } from "./kept.ts";

const DAY = 86_400_000;
const now = Date.parse(NOW);

function makeRoom({ store }: Bench, wanted: number, urgent = true, at = now + 60_000): Promise<number> {
  return store.change("strict", async here => here.files.makeRoom(wanted, await namedBy(here), at, { urgent }));
}

async function tidy({ store }: Bench, days: number): Promise<void> {
  await store.change("strict", async here => here.files.tidy(await namedBy(here), now + days * DAY));
}

/** A file of somebody else's, fetched from the server. */
async function fetched({ store }: Bench, about: string, size = 50) {
  const bytes = bytesOf(size);
  const file = { sha256: hashOf(bytes), size, type: "image/jpeg", name: "", taken: null, place: null, accuracy: null };
  await store.change("strict", async ({ files }) => {
    const coming = { sha256: file.sha256, type: file.type, bytes: bytes.buffer, small: null };
    await files.keep(coming, size, false, store.clock().getTime(), about);
    await files.told(file.sha256, ARRIVED);
  });
  return file;
}

test("a database of before there were files keeps what waits in it", async () => {
  const name = uniqueName();
  const old = await openDB(name, 1, {
    upgrade(database) {
      database.createObjectStore("meta");
      database.createObjectStore("instance", { keyPath: "n" });
      const outbox = database.createObjectStore("outbox", { keyPath: ["instance", "seq"] });
      outbox.createIndex("state", ["state", "instance", "seq"]);
      outbox.createIndex("case", "case");
      outbox.createIndex("settled", "settled_at");
      const records = database.createObjectStore("record", { keyPath: "id" });
      for (const index of ["number", "generation", "conflicts"]) records.createIndex(index, index);
      database.createObjectStore("line");
      database.createObjectStore("typing");
    },
  });
  const line = JSON.stringify({
    ...{ t: "command", seq: 1, kind: "case.edit", case: caseId(1), at: NOW },
    data: { service: "izin", set: { name: "Warga" } },
  });
  await old.put("instance", { n: 1, id: "i", next_seq: 2 });
  await old.put("outbox", {
    ...{ instance: 1, seq: 1, state: "queued", case: caseId(1), kind: "case.edit", queued_at: NOW },
    ...{ sent_at: null, settled_at: null, line, size: line.length, result: null },
  });
  await old.put("typing", { action: "report_survey", form: { road_width: 6 } }, [caseId(1), "report_survey"]);
  await old.put("meta", "t".repeat(43), "token");
  old.close();
  const store = new Store({ name });
  const found = await store.read(async ({ outbox, meta, transaction, files }) => ({
    lines: (await outbox.rows("queued")).map(row => row.line),
    token: await meta.get("token"),
    typed: await transaction.objectStore("typing").getAll(),
    none: await files.none(),
  }));
  assert.deepEqual(found.lines, [line]);
  assert.deepEqual([found.token, found.typed.length, found.none], ["t".repeat(43), 1, true]);
  await kept(store);
  assert.equal((await fileRows(store)).length, 1);
});

test("equal files lie here once", async () => {
  const { store } = await Bench.make();
  const bytes = bytesOf(40);
  const [one, two] = [await kept(store, {}, bytes), await kept(store, {}, bytes.slice())];
  assert.equal(one.sha256, two.sha256);
  assert.equal((await fileRows(store)).length, 1);
});

test("our own bytes go only after a record says that they arrived", async () => {
  const bench = await Bench.make();
  const [one, two] = [await kept(bench.store), await kept(bench.store)];
  const [first, second] = [newId(), newId()];
  await bench.arrive([cased([entry(one, first), entry(two, second, { document: "plan" })])]);
  assert.deepEqual((await queue(bench.store)).map(row => row.id).sort(), [first, second]);
  assert.equal(await makeRoom(bench, 1), 0);
  const attachments = [entry(one, first, { arrived: ARRIVED }), entry(two, second, { document: "plan" })];
  await bench.arrive([cased(attachments, { v: 2 })]);
  assert.deepEqual(
    (await queue(bench.store)).map(row => row.id),
    [second],
  );
  assert.equal(await makeRoom(bench, 1), 100);
  assert.deepEqual([await hasBytes(bench.store, one.sha256), await hasBytes(bench.store, two.sha256)], [false, true]);
  // Something small to show of it stays.
  const row = (await fileRows(bench.store)).find(({ sha256 }) => sha256 === one.sha256);
  assert.deepEqual([row?.here, row?.small], [false, true]);
});

test("what arrived for one case and is to be sent for another stays", async () => {
  const bench = await Bench.make();
  const file = await kept(bench.store);
  await bench.arrive([cased([entry(file, newId(), { arrived: ARRIVED })])]);
  const draft = await bench.begin("berkas", {});
  await bench.work.attach(draft, "ktp", file);
  assert.equal(await makeRoom(bench, 1), 0);
  await bench.hear(await bench.store.take(), [{ kind: "gone", ids: [caseId(1)] }]);
  await tidy(bench, 100);
  assert.equal(await hasBytes(bench.store, file.sha256), true);
});

test("what is to be sent stays though nothing else says that it is wanted", async () => {
  const bench = await Bench.make();
  const file = await kept(bench.store);
  const arrived = entry(file, newId(), { arrived: ARRIVED });
  await bench.arrive([cased([arrived]), cased([entry(file, newId())], { id: caseId(2) }), cased([arrived], { v: 2 })]);
  assert.deepEqual([(await fileRows(bench.store))[0]?.arrived, (await queue(bench.store)).length], [ARRIVED, 1]);
  assert.equal(await makeRoom(bench, 1), 0);
});

test("room is made with what can be fetched again, then with the oldest of our own", async () => {
  const bench = await Bench.make();
  const [old, young] = [await kept(bench.store, { size: 10 }), await kept(bench.store, { size: 20 })];
  const other = await fetched(bench, caseId(1));
  const arrived = [old, young, other].map(file => entry(file, newId(), { arrived: ARRIVED }));
  await bench.arrive([cased(arrived)]);
  const here = async () => Promise.all([old, young, other].map(file => hasBytes(bench.store, file.sha256)));
  assert.equal(await makeRoom(bench, 1), 50);
  assert.deepEqual(await here(), [true, true, false]);
  assert.equal(await makeRoom(bench, 1), 10);
  assert.deepEqual(await here(), [false, true, false]);
});

test("where all that may go would not be enough, nothing goes", async () => {
  const bench = await Bench.make();
  const [own, other] = [await kept(bench.store), await fetched(bench, caseId(1))];
  await bench.arrive([cased([own, other].map(file => entry(file, newId(), { arrived: ARRIVED })))]);
  assert.equal(await makeRoom(bench, 151), 0);
  const here = await Promise.all([own, other].map(file => hasBytes(bench.store, file.sha256)));
  assert.deepEqual(here, [true, true]);
  assert.equal(await makeRoom(bench, 150), 150);
});

test("for what nobody waits for, our own stay thirty days", async () => {
  const bench = await Bench.make();
  const file = await kept(bench.store);
  await bench.arrive([cased([entry(file, newId(), { arrived: ARRIVED })])]);
  assert.equal(await makeRoom(bench, 1, false, now + 29 * DAY), 0);
  assert.equal(await makeRoom(bench, 1, false, now + 31 * DAY), 100);
});

test("what nothing names stays for a day though room is wanted, and thirty without", async () => {
  const bench = await Bench.make();
  const file = await kept(bench.store);
  assert.equal(await makeRoom(bench, 1, true, now + DAY / 2), 0);
  await tidy(bench, 29);
  assert.equal(await hasBytes(bench.store, file.sha256), true);
  await tidy(bench, 31);
  assert.equal(await hasBytes(bench.store, file.sha256), false);
  const other = await kept(bench.store);
  assert.equal(await makeRoom(bench, 1, true, now + 2 * DAY), 100);
  assert.equal(await hasBytes(bench.store, other.sha256), false);
});

test("what a half-typed form names stays, however long, and whatever room is wanted", async () => {
  const bench = await Bench.make();
  const file = await kept(bench.store);
  await bench.store.change("relaxed", async ({ transaction }) => {
    const act = { action: "report_survey", attach: [attachOf(newId(), "site", file)] };
    await transaction.objectStore("typing").put(act, [caseId(1), "report_survey"]);
  });
  assert.equal(await makeRoom(bench, 1, true, now + 100 * DAY), 0);
  await tidy(bench, 100);
  assert.equal(await hasBytes(bench.store, file.sha256), true);
});

test("a case that leaves takes what was fetched along, and not what still has to be sent", async () => {
  const bench = await Bench.make();
  const mine = await kept(bench.store);
  const other = await fetched(bench, caseId(1));
  const shared = await fetched(bench, caseId(1));
  const files = [entry(mine, newId()), entry(other, newId(), { arrived: ARRIVED })];
  const also = entry(shared, newId(), { arrived: ARRIVED });
  await bench.arrive([cased([...files, also]), cased([also], { id: caseId(2) })]);
  await bench.hear(await bench.store.take(), [{ kind: "gone", ids: [caseId(1)] }]);
  const left = await Promise.all([mine, other, shared].map(file => hasBytes(bench.store, file.sha256)));
  assert.deepEqual(left, [true, false, true]);
  assert.equal((await queue(bench.store)).length, 1);
});

test("a file that was taken off a case goes with it", async () => {
  const bench = await Bench.make();
  const other = await fetched(bench, caseId(1));
  await bench.arrive([cased([entry(other, newId(), { arrived: ARRIVED })])]);
  await bench.arrive([cased([], { v: 2 })]);
  assert.equal(await hasBytes(bench.store, other.sha256), false);
});

test("after a restore what the server has lost is sent again from the bytes kept", async () => {
  const bench = await Bench.make();
  const file = await kept(bench.store);
  const id = newId();
  await bench.arrive([cased([entry(file, id, { arrived: ARRIVED })])]);
  assert.deepEqual(await queue(bench.store), []);
  await bench.arrive([cased([entry(file, id)])], { epoch: "e2" });
  assert.deepEqual(
    (await queue(bench.store)).map(row => [row.id, row.state, row.url]),
    [[id, "waiting", null]],
  );
  assert.equal(await makeRoom(bench, 1), 0);
});

test("a restored server's word of before is void, also while its records have not come", async () => {
  const bench = await Bench.make();
  const [file, going] = [await kept(bench.store), await kept(bench.store)];
  await bench.arrive([cased([entry(file, newId(), { arrived: ARRIVED }), entry(going, newId())])]);
  await bench.store.change("strict", async ({ files }) => {
    for (const row of await files.queue()) files.put({ ...row, url: "/api/v1/uploads/1", sent: 50 });
  });
  await bench.hear(await bench.store.take(), [], { epoch: "e2" });
  assert.equal(await makeRoom(bench, 1), 0);
  assert.deepEqual(
    (await queue(bench.store)).map(row => [row.url, row.sent]),
    [[null, 0]],
  );
});

test("an officer's photos of a case that left stay for a server that loses what it had", async () => {
  const bench = await Bench.make();
  const file = await kept(bench.store);
  const id = newId();
  await bench.arrive([cased([entry(file, id, { arrived: ARRIVED })])]);
  await bench.hear(await bench.store.take(), [{ kind: "gone", ids: [caseId(1)] }]);
  await tidy(bench, 0);
  await tidy(bench, 29);
  assert.equal(await hasBytes(bench.store, file.sha256), true);
  await bench.arrive([cased([entry(file, id)], { v: 2 })], { epoch: "e2" });
  assert.deepEqual(
    (await queue(bench.store)).map(row => row.id),
    [id],
  );
  await bench.arrive([cased([entry(file, id, { arrived: ARRIVED })], { v: 3 })], { epoch: "e2" });
  await bench.hear(await bench.store.take(), [{ kind: "gone", ids: [caseId(1)] }], { epoch: "e2" });
  await tidy(bench, 40);
  await tidy(bench, 71);
  assert.equal(await hasBytes(bench.store, file.sha256), false);
});

test("another device of the same person sends what the first one lost, and an officer's does not", async () => {
  const bench = await Bench.make();
  const other = await fetched(bench, caseId(1));
  const id = newId();
  const seen = { scopes: [MINE, "office:tata"] };
  const office = { scopes: ["office:tata"] };
  await bench.arrive([cased([entry(other, id, { arrived: ARRIVED })], office)], seen);
  await bench.arrive([cased([entry(other, id)], { v: 2, ...office })], seen);
  assert.deepEqual(await queue(bench.store), []);
  await bench.arrive([cased([entry(other, id)], { v: 3 })], seen);
  assert.equal(await makeRoom(bench, 1), 0);
  assert.deepEqual(
    (await queue(bench.store)).map(row => row.id),
    [id],
  );
});

test("a wiped device keeps nothing", async () => {
  const bench = await Bench.make();
  await bench.begin("berkas", {});
  await bench.work.attach(newId(), "ktp", await kept(bench.store), "berkas");
  await bench.send(["quarantined"], "device_revoked", { wipe: true });
  assert.deepEqual([await fileRows(bench.store), await queue(bench.store)], [[], []]);
});

test("a device without files stores a thousand records without looking for any", async () => {
  const bench = await Bench.make();
  await bench.arrive(Array.from({ length: 50 }, (_, place) => record({ id: caseId(place + 1) })));
  assert.deepEqual((await bench.ids()).length, 50);
});
