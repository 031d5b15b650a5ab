/** The device's store: what it survives, what it forgets, and when. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Store } from "../../src/device/store.ts";
import { readHead } from "../../src/sync/codec.ts";
import { digestOf } from "../../src/sync/digest.ts";
import type { Event } from "../../src/sync/exchange.ts";
import { nextInstance } from "../../src/sync/outbox.ts";
import { answered, arrived, Bench, caseId, ME, MINE, NOW, newId, record, refusal, result, welcome } from "./bench.ts";
import { COMPLETE } from "./city.ts";

const states = async (bench: Bench) => (await bench.entries()).map(entry => entry.state);
const meta = <K extends Parameters<Parameters<Parameters<Store["read"]>[0]>[0]["meta"]["get"]>[0]>(
  bench: Bench,
  key: K,
) => bench.read(here => here.meta.get(key));
const set = (bench: Bench, key: "token" | "cursor", value: string) =>
  bench.store.change("strict", async here => here.meta.set(key, value));
const digest = (bench: Bench, scopes: string[]) => bench.store.change("relaxed", here => here.records.digest(scopes));

test("a transaction is all or nothing", async () => {
  const bench = await Bench.make();
  const failing = bench.store.change("strict", async ({ meta, outbox }) => {
    meta.set("login", "warga");
    await outbox.add("case.edit", newId(), {}, NOW, 0);
    throw new TypeError("a fault of ours");
  });
  await assert.rejects(failing, TypeError);
  assert.deepEqual([await meta(bench, "login"), await bench.entries()], [null, []]);
  const { instance } = await bench.store.take();
  assert.equal(await bench.read(({ outbox }) => outbox.minted(instance)), 0);
});

test("an answer that breaks off stores nothing but what became of the commands", async () => {
  const bench = await Bench.make();
  await bench.draft();
  const device = await bench.store.take();
  const broken = { kind: "ended", end: undefined } as unknown as Event;
  const events = [{ kind: "opened", welcome: welcome() } as Event, answered(result(1, "applied")), arrived(record())];
  await assert.rejects(bench.store.apply(device, [...events, broken]));
  assert.deepEqual([await bench.ids(), await states(bench)], [[], ["sent"]]);
  await bench.store.applyAnswers(device, welcome(), [result(1, "applied")]);
  assert.deepEqual([await states(bench), await meta(bench, "cursor")], [["acknowledged"], null]);
});

test("what left is frozen and goes again as the same bytes", async () => {
  const bench = await Bench.make();
  await bench.draft();
  const { lines } = await bench.store.take();
  assert.deepEqual((await bench.store.take()).lines, lines);
  assert.deepEqual(await states(bench), ["sent"]);
  const [entry] = await bench.entries();
  assert.ok(entry);
  const amended = bench.store.change("strict", ({ outbox }) => outbox.amend(entry, "case.edit", {}, NOW));
  assert.equal((await refusal(amended)).code, "frozen");
});

test("losing a scope drops at once what only it showed", async () => {
  const bench = await Bench.make();
  const both = record({ scopes: ["office:a", MINE] });
  const one = record({ id: caseId(2), scopes: ["office:a"] });
  await bench.arrive([both, one], { scopes: [MINE, "office:a"] });
  assert.deepEqual(await digest(bench, [MINE, "office:a"]), [
    digestOf([[caseId(1), 1]]),
    digestOf([
      [caseId(1), 1],
      [caseId(2), 1],
    ]),
  ]);
  await bench.hear(await bench.store.take(), [], { scopes: [MINE] });
  assert.deepEqual(await bench.ids(), [caseId(1)]);
  assert.equal(await bench.read(({ records }) => records.line(caseId(2))), undefined);
  await bench.hear(await bench.store.take(), [], { scopes: [MINE, "office:b"] });
  assert.deepEqual(await digest(bench, ["office:b"]), [digestOf([])]);
});

test("a digest of many equals the definition, also after changes", async () => {
  const bench = await Bench.make();
  const pairs = Array.from({ length: 200 }, (_, n): [string, number] => [caseId(n + 1), n + 1]);
  await bench.arrive(pairs.map(([id, v]) => record({ id, v })));
  assert.deepEqual(await digest(bench, [MINE]), [digestOf(pairs)]);
  await bench.arrive([record({ id: caseId(7), v: 70 })]);
  const changed = pairs.map(([id, v]): [string, number] => [id, id === caseId(7) ? 70 : v]);
  assert.deepEqual(await digest(bench, [MINE]), [digestOf(changed)]);
  await bench.hear(await bench.store.take(), [{ kind: "gone", ids: [caseId(7)] }]);
  assert.deepEqual(await digest(bench, [MINE]), [digestOf(pairs.filter(([id]) => id !== caseId(7)))]);
});

test("a snapshot drops what did not come with it, and only when it is whole", async () => {
  const bench = await Bench.make();
  await bench.arrive([record(), record({ id: caseId(2) }), record({ id: caseId(3) })]);
  const page = (more: boolean): Event => ({ kind: "ended", end: { t: "end", cursor: "c2", more, digest: null } });
  const opened: Event = { kind: "opened", welcome: welcome() };
  const reset: Event = { kind: "started_over", why: "scopes" };
  const first = [opened, reset, arrived(record({ id: caseId(2), v: 3 })), page(true)];
  await bench.store.apply(await bench.store.take(), first);
  assert.equal((await bench.ids()).length, 3);
  await bench.store.apply(await bench.store.take(), [opened, arrived(record({ v: 4 })), page(false)]);
  const versions = await bench.read(({ records }) => records.versions());
  assert.deepEqual(
    versions,
    new Map([
      [caseId(1), 4],
      [caseId(2), 3],
    ]),
  );
});

test("left and deleted are dropped, and a check is compared", async () => {
  const bench = await Bench.make();
  await bench.arrive([1, 2, 3].map(n => record({ id: caseId(n) })));
  await bench.hear(await bench.store.take(), [{ kind: "gone", ids: [caseId(1)] }]);
  const listed: Event = {
    kind: "listed",
    ids: [
      [caseId(2), 5],
      [caseId(9), 1],
    ],
  };
  const applied = await bench.hear(await bench.store.take(), [listed]);
  assert.deepEqual(applied.mended, { fetch: [caseId(2), caseId(9)], drop: [caseId(3)] });
  assert.deepEqual([await bench.ids(), await meta(bench, "mended")], [[caseId(2)], 3]);
});

test("what was received is kept thirty days and sent again to a restored server", async () => {
  const bench = await Bench.make();
  await bench.draft();
  const { lines } = await bench.send(["applied"]);
  assert.deepEqual((await bench.store.take()).lines, []);
  await bench.hear(await bench.store.take(), [], { epoch: "e2" });
  const again = await bench.store.take();
  assert.deepEqual([again.lines, again.epoch], [lines, "e2"]);
  await bench.send(["applied"], "", { epoch: "e2" });
  await bench.hear(await bench.store.take(), [], { epoch: "e2", now: "2026-04-14T02:00:00Z" });
  assert.equal((await bench.entries()).length, 1);
  await bench.hear(await bench.store.take(), [], { epoch: "e2", now: "2026-04-16T02:00:00Z" });
  assert.deepEqual(await bench.entries(), []);
});

test("a new epoch forgets the cursor", async () => {
  const bench = await Bench.make();
  await set(bench, "cursor", "old");
  await bench.hear(await bench.store.take());
  const device = await bench.store.take();
  const cut: Event[] = [{ kind: "opened", welcome: welcome({ epoch: "e2" }) }];
  await bench.store.apply(device, cut);
  assert.equal(await meta(bench, "cursor"), null);
});

test("after a restore, what builds on a refused command is refused here", async () => {
  const bench = await Bench.make();
  const id = await bench.draft();
  await bench.store.take();
  await bench.work.edit(id, { rt_rw: "1/1" });
  const device = await bench.store.take();
  await bench.work.edit(id, { rt_rw: "2/2" });
  await bench.store.applyAnswers(device, welcome(), [result(1, "rejected", "invalid")]);
  await bench.hear(device, [], { epoch: "e2" });
  assert.deepEqual(await states(bench), ["refused", "refused", "refused"]);
  assert.deepEqual(
    (await bench.entries("refused")).map(entry => entry.result?.code),
    ["invalid", "blocked", "blocked"],
  );
});

test("what waits or was refused never expires, and what was settled is counted from the server's time", async () => {
  const bench = await Bench.make();
  const id = await bench.draft();
  await bench.send(["rejected"]);
  await bench.begin("lapor", { title: "Lampu" });
  await bench.hear(await bench.store.take(), [], { now: "2036-01-01T00:00:00Z" });
  assert.deepEqual(await states(bench), ["refused", "sent"]);
  const [entry] = await bench.entries("refused");
  assert.ok(entry && entry.case === id);
  await bench.work.giveUp(entry);
  await bench.hear(await bench.store.take(), [], { now: "2036-01-02T00:00:00Z" });
  assert.deepEqual(await states(bench), ["settled", "sent"]);
  await bench.hear(await bench.store.take(), [], { now: "2036-02-02T00:00:00Z" });
  assert.deepEqual(await states(bench), ["sent"]);
});

for (const sign of ["highest", "seq_reused"]) {
  test(`a copy that went on elsewhere numbers anew: ${sign}`, async () => {
    const bench = await Bench.make();
    const id = await bench.draft();
    const device = await bench.store.take();
    await bench.work.edit(id, { rt_rw: "9/9" });
    const reused = sign === "seq_reused" ? [answered(result(1, "quarantined", "seq_reused"))] : [];
    await bench.hear(device, reused, { highest: sign === "highest" ? 7 : 0 });
    let again = await bench.store.take();
    if (sign === "highest") {
      // What left without an answer may have been applied, so it keeps its key and goes first.
      assert.deepEqual([again.instance, again.seqs, again.lines], [device.instance, device.seqs, device.lines]);
      await bench.hear(again, [answered(result(1, "applied"))], { highest: 7 });
      again = await bench.store.take();
      assert.notEqual(again.instance, device.instance);
      assert.deepEqual(again.seqs, [1]);
      return;
    }
    assert.notEqual(again.instance, device.instance);
    assert.deepEqual(again.seqs, [1, 2]);
    const [first, second] = await bench.sent();
    assert.deepEqual([first?.seq, second?.after], [1, 1]);
    assert.deepEqual(await states(bench), ["sent", "sent"]);
  });
}

test("what builds on a reused number is numbered anew with it, what does not keeps its key", async () => {
  const bench = await Bench.make();
  const id = await bench.draft();
  await bench.draft();
  await bench.store.take();
  await bench.work.edit(id, { rt_rw: "1/1" });
  const device = await bench.store.take();
  await bench.hear(device, [answered(result(1, "quarantined", "seq_reused"))]);
  const rows = await bench.read(({ outbox }) => outbox.rows());
  assert.deepEqual(
    rows.map(row => [row.instance, row.seq, row.state]),
    [
      [1, 2, "sent"],
      [2, 1, "queued"],
      [2, 2, "queued"],
    ],
  );
  assert.deepEqual(
    (await bench.sent()).map(command => [command.seq, command.after]),
    [
      [2, 0],
      [1, 0],
      [2, 1],
    ],
  );
});

test("what waits under an id of somebody else's goes under the next one, with its numbers and its lines", async () => {
  const bench = await Bench.make();
  await bench.draft();
  const device = await bench.store.take();
  await bench.draft();
  const rehome = () => bench.store.change("strict", ({ outbox }) => outbox.rehome(device.instance));
  await rehome();
  const again = await bench.store.take();
  assert.equal(again.instance, nextInstance(device.instance));
  assert.deepEqual(again.seqs, [1, 2]);
  assert.deepEqual(again.lines?.slice(0, 1), device.lines);
  await rehome();
  await bench.draft();
  const more = await bench.store.take();
  assert.deepEqual([more.instance, more.seqs], [again.instance, [1, 2, 3]]);
});

test("a revoked device keeps nothing once it has handed over what was refused", async () => {
  const bench = await Bench.make();
  await set(bench, "token", "t");
  await bench.arrive([record()]);
  await bench.draft();
  await bench.send(["rejected"]);
  await bench.draft();
  await bench.hear(await bench.store.take(), [], { wipe: true });
  assert.deepEqual([await bench.ids(), await meta(bench, "token")], [[caseId(1)], "t"]);
  await bench.send(["quarantined"], "device_revoked", { wipe: true });
  // The refused one goes up once more before all is dropped.
  const { seqs } = await bench.send(["quarantined"], "device_revoked", { wipe: true });
  assert.deepEqual(seqs, [1]);
  assert.deepEqual([await bench.ids(), await bench.entries(), await meta(bench, "token")], [[], [], null]);
  assert.ok(await meta(bench, "wiped"));
  assert.equal(await meta(bench, "person"), null);
});

test("an old program keeps what it has", async () => {
  const bench = await Bench.make();
  await bench.arrive([record()]);
  await bench.hear(await bench.store.take(), [], { scopes: [], upgrade: true });
  assert.deepEqual([await bench.ids(), await meta(bench, "upgrade")], [[caseId(1)], true]);
  await bench.hear(await bench.store.take());
  assert.equal(await meta(bench, "upgrade"), null);
});

test("a line that no server takes is refused while it is typed", async () => {
  const bench = await Bench.make();
  assert.equal((await refusal(bench.begin("lapor", { text: "x".repeat(300_000) }))).code, "too_large");
  assert.equal((await refusal(bench.begin("lapor", { text: "é".repeat(150_000) }))).code, "too_large");
  assert.deepEqual(await bench.entries(), []);
});

test("a long outbox goes up in several batches", async () => {
  const bench = await Bench.make({ batch: { commands: 3, bytes: 1_000_000 } });
  for (let n = 0; n < 5; n += 1) await bench.begin("lapor", { title: "Lampu" });
  assert.deepEqual((await bench.send(["applied"])).seqs, [1, 2, 3]);
  assert.deepEqual((await bench.send(["applied"])).seqs, [4, 5]);
  const small = await Bench.make({ batch: { commands: 9, bytes: 10 } });
  for (let n = 0; n < 2; n += 1) await small.begin("lapor", { title: "Lampu" });
  assert.deepEqual((await small.store.take()).seqs, [1]);
  assert.deepEqual(await states(small), ["sent", "queued"]);
});

test("what was sent before goes before what was queued since", async () => {
  const bench = await Bench.make({ batch: { commands: 2, bytes: 1_000_000 } });
  for (let n = 0; n < 3; n += 1) await bench.begin("lapor", { title: "Lampu" });
  assert.deepEqual((await bench.store.take()).seqs, [1, 2]);
  assert.deepEqual((await bench.store.take()).seqs, [1, 2]);
});

test("lines are kept as they came, also of types that are not known", async () => {
  const bench = await Bench.make();
  const line = `{"t":"case","id":"${caseId(1)}","v":1,"new_thing":{"a":[1]},"service":"izin","scopes":["${MINE}"]}`;
  const other = `{"t":"parcel","id":"${caseId(2)}","v":1,"kept":true,"scopes":["${MINE}"]}`;
  const lines = [line, other];
  await bench.hear(await bench.store.take(), [{ kind: "arrived", lines, heads: lines.map(readHead) }]);
  assert.equal(await bench.read(({ records }) => records.line(caseId(1))), line);
  assert.equal(await bench.read(({ records }) => records.line(caseId(2))), other);
});

test("a damaged line still goes up, as one line", async () => {
  const bench = await Bench.make();
  await bench.draft();
  await bench.draft();
  await bench.store.change("strict", async ({ outbox }) => {
    for (const row of await outbox.rows()) outbox.put({ ...row, line: row.seq > 1 ? "" : '{"t":"comm\nand' });
  });
  assert.deepEqual(
    (await bench.entries()).map(entry => entry.data),
    [{}, {}],
  );
  const device = await bench.store.take();
  assert.deepEqual(device.lines, ['{"t":"comm and', "?"]);
  const results = [1, 2].map(line => result(line, "quarantined", "malformed"));
  await bench.hear(device, [answered(...results)]);
  assert.deepEqual(await states(bench), ["refused", "refused"]);
});

test("retry leaves a command as it was", async () => {
  const bench = await Bench.make();
  await bench.draft();
  const { lines } = await bench.send(["retry"]);
  assert.deepEqual([await states(bench), (await bench.store.take()).lines], [["sent"], lines]);
});

test("numbers, promises and health are told as they are", async () => {
  const bench = await Bench.make();
  const conflict = { field: "street", ours: "a", theirs: "b", by: ME, at: NOW };
  await bench.arrive([record({ conflicts: [conflict, conflict], fields: COMPLETE }), record({ id: caseId(2) })]);
  await bench.draft();
  await bench.send(["rejected"]);
  await bench.begin("lapor", { title: "é" });
  const promised: Event = { kind: "promised", promises: { t: "promises", version: "p1", table: { rows: {} } } };
  await bench.hear(await bench.store.take(), [promised]);
  const device = await bench.store.take(123_456_789_012);
  const [, entry] = await bench.entries();
  assert.deepEqual(device.health, {
    ...{ waiting: 1, refused: 1, conflicts: 1, bytes: entry?.size, oldest: entry?.queued_at },
    ...{ free: 123_400_000_000, mended: 0 },
  });
  assert.deepEqual([device.promises, device.limit, device.guest, device.epoch], ["p1", 1_000, false, "e1"]);
  assert.match(device.clock ?? "", /^2026-03-1\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/);
});

test("who is a guest is learnt from the server", async () => {
  const bench = await Bench.make();
  await bench.hear(await bench.store.take(), [], {
    person: { id: ME, name: "Tamu", kind: "guest", roles: ["citizen"] },
  });
  assert.equal(await meta(bench, "guest"), true);
  await bench.hear(await bench.store.take(), [], { person: {} });
  assert.equal((await meta(bench, "person"))?.name, "Tamu");
});
