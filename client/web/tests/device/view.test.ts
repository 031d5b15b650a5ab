/** The picture of a case: the server's record with this device's own commands laid over it, each told apart. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { localCase } from "../../src/device/view.ts";
import { DRAFT } from "../../src/schemas/catalogue.ts";
import { Bench, NOW, record, result, welcome } from "./bench.ts";
import { CITY } from "./city.ts";

test("what waits lies over what is known and is named", async () => {
  const bench = await Bench.make();
  const one = record({ fields: { name: "Warga", street: "Jl. A" } });
  await bench.arrive([one]);
  await bench.work.edit(one.id, { name: "Warga Dua", street: null, rt_rw: "1/2" });
  const local = await bench.local(one.id);
  assert.deepEqual(local?.fields, { name: "Warga Dua", rt_rw: "1/2" });
  assert.deepEqual(local?.expected, local?.fields);
  assert.deepEqual([...(local?.unsent ?? [])].sort(), ["name", "rt_rw", "street"]);
  assert.deepEqual([local?.moved, local?.version], [false, 1]);
});

test("what was refused is still shown but not expected", async () => {
  const bench = await Bench.make();
  const one = record({ fields: { name: "Warga" } });
  await bench.arrive([one]);
  await bench.work.edit(one.id, { name: "Warga Dua" });
  await bench.send(["rejected"]);
  const local = await bench.local(one.id);
  assert.deepEqual([local?.fields, local?.expected], [{ name: "Warga Dua" }, { name: "Warga" }]);
  assert.deepEqual([[...(local?.unsent ?? [])], local?.last, local?.refused.length], [["name"], null, 1]);
});

test("a stage is expected only from actions that fit", async () => {
  const bench = await Bench.make();
  const id = await bench.draft();
  await bench.work.submit(id);
  assert.deepEqual([(await bench.local(id))?.stage, (await bench.local(id))?.moved], ["completeness", true]);
  await bench.work.act(id, { action: "withdraw" });
  assert.equal((await bench.local(id))?.stage, "withdrawn");
  await bench.store.change("strict", async ({ outbox }) => {
    await outbox.add("case.act", id, { action: "accept" }, NOW, 0);
    await outbox.add("case.act", id, { action: "unheard_of" }, NOW, 0);
  });
  assert.equal((await bench.local(id))?.stage, "withdrawn");
});

test("nothing known or an unknown service is no case", () => {
  assert.equal(localCase("x", CITY, null, []), null);
  assert.equal(localCase("x", CITY, record({ service: "pajak" }), []), null);
  const local = localCase("x", CITY, record(), []);
  assert.deepEqual([local?.stage, local?.number], [DRAFT, null]);
});

test("what was received stays in sight when the answer broke off before its record", async () => {
  const bench = await Bench.make();
  const id = await bench.draft();
  await bench.work.submit(id);
  const device = await bench.store.take();
  const number = "IZN-2026-000001";
  await bench.store.applyAnswers(device, welcome(), [result(1, "applied", undefined, { version: 1, number })]);
  const local = await bench.local(id);
  assert.deepEqual([local?.stage, local?.fields.name, local?.number], ["completeness", "Warga Satu", number]);
  assert.deepEqual([local?.waiting, [...(local?.unsent ?? [])], local?.moved], [[], [], false]);
  await bench.arrive([record({ id, stage: "completeness", number, fields: { name: "Warga Satu" } })]);
  assert.deepEqual((await bench.local(id))?.fields, { name: "Warga Satu" });
});

test("a field may have the name of something that every object has", async () => {
  const bench = await Bench.make();
  const one = record({ fields: { name: "Warga" } });
  await bench.arrive([one]);
  await bench.store.change("strict", ({ outbox }) =>
    outbox.add("case.edit", one.id, { set: { constructor: "x", toString: null } }, NOW, 1),
  );
  const local = await bench.local(one.id);
  assert.deepEqual([...(local?.unsent ?? [])], ["constructor"]);
});
