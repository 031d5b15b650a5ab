/** Attaching and taking away: what goes into which command, and what is refused before it. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Values } from "../../../src/desk.ts";
import { attachedBy, attachOf } from "../../../src/device/files/manifest.ts";
import type { Attach } from "../../../src/sync/messages.ts";
import { Bench, caseId, newId, refusal } from "../bench.ts";
import { COMPLETE } from "../city.ts";
import { ARRIVED, cased, entry, fileRows, kept, queue } from "./kept.ts";

const ids = (data: Values) => attachedBy(data).map((one: Attach) => one.id);

test("a file goes with the command that has not left, beside what was typed", async () => {
  const bench = await Bench.make();
  const id = await bench.begin("berkas", { name: "Warga" });
  const file = await kept(bench.store, { taken: "2026-03-16T09:00:00+07:00", place: [-6.98, 110.42], accuracy: 4 });
  const attachment = await bench.work.attach(id, "ktp", file);
  await bench.work.edit(id, { street: "Jl. A" });
  const { kind, data } = await bench.only();
  assert.equal(kind, "case.edit");
  assert.deepEqual(data, {
    service: "berkas",
    set: { name: "Warga", street: "Jl. A" },
    was: {},
    attach: [{ id: attachment, document: "ktp", ...file }],
  });
  const local = await bench.local(id);
  assert.deepEqual(
    local?.files.map(one => [one.id, one.waiting, one.arrived, one.action]),
    [[attachment, true, null, ""]],
  );
  assert.deepEqual(
    (await queue(bench.store)).map(row => [row.id, row.state, row.size]),
    [[attachment, "waiting", 100]],
  );
});

test("a case can begin with a file, and nothing is attached that is not on this device", async () => {
  const bench = await Bench.make();
  const file = await kept(bench.store);
  const id = newId();
  assert.equal((await refusal(bench.work.attach(id, "ktp", file))).code, "no_such_case");
  await bench.work.attach(id, "ktp", file, "berkas");
  assert.equal((await bench.local(id))?.files.length, 1);
  const lost = { ...file, sha256: "0".repeat(64) };
  assert.equal((await refusal(bench.work.attach(id, "plan", lost))).code, "no_such_file");
});

test("what never left is dropped from its command, and what the server knows is told to be taken away", async () => {
  const bench = await Bench.make();
  const [one, two] = [await kept(bench.store), await kept(bench.store)];
  const known = newId();
  await bench.arrive([cased([entry(one, known)])]);
  const added = await bench.work.attach(caseId(1), "plan", { ...two, type: "application/pdf" });
  await bench.work.detach(caseId(1), added);
  assert.deepEqual(await bench.sent(), []);
  assert.deepEqual(
    (await queue(bench.store)).map(row => row.id),
    [known],
  );
  await bench.work.detach(caseId(1), known);
  assert.deepEqual((await bench.only()).data, { set: {}, was: {}, detach: [known] });
  assert.deepEqual((await bench.local(caseId(1)))?.files, []);
  await bench.work.detach(caseId(1), known);
  assert.equal((await bench.sent()).length, 1);
});

test("what left in a command before is told to be taken away by the next", async () => {
  const bench = await Bench.make();
  const id = await bench.begin("berkas", {});
  const attachment = await bench.work.attach(id, "ktp", await kept(bench.store));
  await bench.store.take();
  await bench.work.detach(id, attachment);
  const [first, second] = await bench.sent();
  assert.deepEqual([ids(first?.data ?? {}), second?.data.detach], [[attachment], [attachment]]);
  assert.deepEqual((await bench.local(id))?.files, []);
});

test("what was refused is carried along, without what was taken away since", async () => {
  const bench = await Bench.make();
  await bench.arrive([cased([])]);
  const id = caseId(1);
  const pdf = { type: "application/pdf" };
  const first = await bench.work.attach(id, "plan", await kept(bench.store, pdf));
  const second = await bench.work.attach(id, "plan", await kept(bench.store, pdf));
  await bench.send(["rejected"], "invalid_file");
  assert.deepEqual(
    (await bench.local(id))?.files.map(file => [file.id, file.waiting]),
    [
      [first, true],
      [second, true],
    ],
  );
  await bench.work.detach(id, first);
  const { data } = await bench.only();
  assert.deepEqual([ids(data), data.detach], [[second], undefined]);
  assert.deepEqual((await bench.entries("refused")).length, 0);
  assert.deepEqual(
    (await queue(bench.store)).map(row => row.id),
    [second],
  );
});

test("refused: another's document, a type or a size too much, one too many, and what was not marked", async () => {
  const bench = await Bench.make();
  const id = await bench.begin("berkas", {});
  const photo = await kept(bench.store);
  const codeOf = async (document: string, file = photo) => (await refusal(bench.work.attach(id, document, file))).code;
  assert.equal(await codeOf("site"), "unknown_document");
  assert.equal(await codeOf("nothing"), "unknown_document");
  assert.equal(await codeOf("plan"), "invalid_file");
  assert.equal(await codeOf("ktp", { ...photo, size: 2 ** 20 + 1 }), "invalid_file");
  await bench.work.attach(id, "ktp", photo);
  const refused = await refusal(bench.work.attach(id, "ktp", photo));
  const problems = Object.values(refused.extra.problems as Record<string, { code: string }>);
  assert.deepEqual([refused.code, problems.map(problem => problem.code)], ["invalid_file", ["too_many"]]);

  const correction = { round: 1, asked: ARRIVED, items: [{ reason: "Buram", document: "plan" }] };
  await bench.arrive([cased([entry(photo, newId())], { id: caseId(2), stage: "correction", correction })]);
  assert.equal((await refusal(bench.work.attach(caseId(2), "ktp", photo))).code, "not_marked");
  await bench.work.attach(caseId(2), "plan", { ...photo, type: "application/pdf" });
  const there = (await bench.local(caseId(2)))?.files[0];
  assert.equal((await refusal(bench.work.detach(caseId(2), there?.id ?? ""))).code, "not_marked");
  await bench.arrive([cased([], { id: caseId(3), stage: "survey", v: 2 })]);
  assert.equal((await refusal(bench.work.attach(caseId(3), "ktp", photo))).code, "forbidden");
});

test("nothing is sent in without its documents, and taking that back keeps the files", async () => {
  const bench = await Bench.make();
  const id = await bench.begin("berkas", COMPLETE);
  const refused = await refusal(bench.work.submit(id));
  assert.deepEqual([refused.code, refused.extra.documents], ["documents_missing", ["ktp"]]);
  const attachment = await bench.work.attach(id, "ktp", await kept(bench.store));
  await bench.work.submit(id);
  const act = await bench.only();
  assert.deepEqual([act.kind, act.data.action, ids(act.data)], ["case.act", "submit", [attachment]]);
  const [waiting] = await bench.entries("queued");
  assert.ok(waiting);
  await bench.work.undo(waiting);
  const edit = await bench.only();
  assert.deepEqual([edit.kind, edit.data.action, ids(edit.data)], ["case.edit", undefined, [attachment]]);
  assert.equal((await queue(bench.store)).length, 1);
  await bench.work.undo(waiting);
  assert.deepEqual(await queue(bench.store), []);
});

test("an officers' form takes its own files, all in one command", async () => {
  const bench = await Bench.make();
  await bench.as({ roles: ["surveyor"] });
  await bench.arrive([cased([], { stage: "survey", owner: "somebody" })]);
  const file = await kept(bench.store);
  const act = { action: "report_survey", form: { road_width: 6.5 } };
  const refused = await refusal(bench.work.act(caseId(1), act));
  assert.deepEqual([refused.code, refused.extra.documents], ["documents_missing", ["site"]]);
  const wrong = attachOf(newId(), "ktp", file);
  assert.equal((await refusal(bench.work.act(caseId(1), { ...act, attach: [wrong] }))).code, "unknown_document");
  const right = attachOf(newId(), "site", file);
  await bench.work.act(caseId(1), { ...act, attach: [right] });
  assert.deepEqual((await bench.only()).data, { ...act, attach: [right] });
  const local = await bench.local(caseId(1));
  assert.deepEqual(
    local?.files.map(one => [one.id, one.action]),
    [[right.id, "report_survey"]],
  );
  assert.equal((await refusal(bench.work.detach(caseId(1), right.id))).code, "forbidden");
  assert.deepEqual(
    (await queue(bench.store)).map(row => row.id),
    [right.id],
  );
});

test("an action that waits for documents waits until their bytes arrived", async () => {
  const bench = await Bench.make();
  await bench.as({ roles: ["front_desk"] });
  const file = await kept(bench.store);
  const id = newId();
  const fields = { ...COMPLETE };
  await bench.arrive([cased([entry(file, id)], { stage: "completeness", owner: "somebody", fields })]);
  const refused = await refusal(bench.work.act(caseId(1), { action: "accept" }));
  assert.deepEqual([refused.code, refused.extra.documents], ["documents_waiting", ["ktp"]]);
  const arrived = [entry(file, id, { arrived: ARRIVED })];
  await bench.arrive([cased(arrived, { v: 2, stage: "completeness", owner: "somebody", fields })]);
  await bench.work.act(caseId(1), { action: "accept" });
  assert.equal((await fileRows(bench.store))[0]?.arrived, ARRIVED);
});

test("a command takes so many files and no more", async () => {
  const bench = await Bench.make();
  await bench.arrive([cased([])]);
  const pdf = await kept(bench.store, { type: "application/pdf" });
  for (let place = 0; place < 2; place += 1) await bench.work.attach(caseId(1), "plan", pdf);
  const [waiting] = await bench.entries("queued");
  assert.ok(waiting);
  await bench.store.change("strict", async ({ outbox }) => {
    const attach = Array.from({ length: 100 }, () => attachOf(newId(), "plan", pdf));
    await outbox.amend(waiting, "case.edit", { set: {}, was: {}, attach }, bench.store.stamp());
  });
  await bench.work.attach(caseId(1), "ktp", await kept(bench.store));
  assert.deepEqual(
    (await bench.sent()).map(command => ids(command.data).length),
    [100, 1],
  );
});
