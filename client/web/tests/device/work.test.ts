/** What a person does becomes commands: few, in order, and with nothing of what was typed left behind. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Bench, caseId, ME, NOW, newId, record, refusal, result } from "./bench.ts";
import { COMPLETE } from "./city.ts";

test("edits before the first exchange become one command", async () => {
  const bench = await Bench.make();
  const id = await bench.begin("izin", { name: "Warga" });
  await bench.work.edit(id, { name: "Warga Dua", street: "Jl. A" });
  await bench.work.edit(id, { street: null, rt_rw: "1/2" });
  const command = await bench.only();
  assert.deepEqual([command.kind, command.seq, command.base, command.after], ["case.edit", 1, 0, 0]);
  assert.deepEqual(command.data, {
    service: "izin",
    set: { name: "Warga Dua", street: null, rt_rw: "1/2" },
    was: {},
  });
  assert.deepEqual((await bench.local(id))?.fields, { name: "Warga Dua", rt_rw: "1/2" });
});

test("a submit joins the edit that has not left", async () => {
  const bench = await Bench.make();
  const id = await bench.draft();
  await bench.work.submit(id);
  const command = await bench.only();
  assert.deepEqual([command.kind, command.data.action], ["case.act", "submit"]);
  assert.deepEqual(command.data.set, COMPLETE);
  const local = await bench.local(id);
  assert.deepEqual([local?.stage, local?.moved], ["completeness", true]);
});

test("an edit after it left is a new command on top of it", async () => {
  const bench = await Bench.make();
  const id = await bench.draft({ name: "Warga" });
  await bench.store.take();
  await bench.work.edit(id, { name: "Warga Dua" });
  const [first, second] = await bench.sent();
  assert.equal(second?.after, first?.seq);
  assert.deepEqual(second?.data, { set: { name: "Warga Dua" }, was: { name: "Warga" }, service: "izin" });
});

test("`was` is what the server will have had", async () => {
  const bench = await Bench.make();
  await bench.arrive([record({ fields: { name: "Warga", street: "Jl. A" } })]);
  await bench.work.edit(caseId(1), { name: "Warga Dua" });
  await bench.work.edit(caseId(1), { name: "Warga Tiga", street: "Jl. B" });
  const command = await bench.only();
  assert.deepEqual([command.base, command.data.was], [1, { name: "Warga", street: "Jl. A" }]);
});

test("a waiting submit can still be typed into, one that left cannot", async () => {
  const bench = await Bench.make();
  const id = await bench.draft();
  await bench.work.submit(id);
  await bench.work.edit(id, { street: "Jl. Lain" });
  const { data } = await bench.only();
  assert.deepEqual([data.action, (data.set as { street: string }).street], ["submit", "Jl. Lain"]);
  await bench.store.take();
  assert.equal((await refusal(bench.work.edit(id, { street: "Jl. Lagi" }))).code, "forbidden");
});

test("an incomplete draft is not submitted and says what is missing", async () => {
  const bench = await Bench.make();
  const id = await bench.begin("izin", { nik: "12" });
  const refused = await refusal(bench.work.submit(id));
  const problems = refused.extra.problems as Record<string, { code: string }>;
  assert.deepEqual([refused.code, problems.nik?.code, problems.name?.code], ["invalid", "wrong_length", "required"]);
  assert.equal((await refusal(bench.begin("izin", { nothing: 1 }))).code, "invalid");
  const unknown = await refusal(bench.work.edit(id, { nothing: 1, constructor: 2 }));
  assert.deepEqual(Object.keys(unknown.extra.problems as object), ["nothing", "constructor"]);
  assert.equal((await refusal(bench.begin("pajak", {}))).code, "no_such_service");
  assert.equal((await refusal(bench.work.edit(newId(), {}))).code, "no_such_case");
  assert.equal((await refusal(bench.work.submit(newId()))).code, "no_such_case");
});

test("what was refused is carried along when it is mended", async () => {
  const bench = await Bench.make();
  const id = await bench.draft({ nik: "3374010101010001" });
  await bench.work.submit(id);
  await bench.send(["rejected"]);
  const local = await bench.local(id);
  assert.deepEqual([local?.stage, local?.fields.name, local?.refused.length], ["draft", "Warga Satu", 1]);
  await bench.work.edit(id, { nik: "3374010101010002" });
  assert.deepEqual((await bench.only()).data.set, { ...COMPLETE, nik: "3374010101010002" });
  assert.deepEqual(await bench.entries("refused"), []);
});

test("of several refused edits the latest words are carried", async () => {
  const bench = await Bench.make();
  const id = await bench.begin("izin", { name: "Satu", street: "Jl. A" });
  await bench.store.take();
  await bench.work.edit(id, { name: "Dua" });
  await bench.send(["rejected", "blocked"]);
  assert.deepEqual((await bench.local(id))?.fields, { name: "Dua", street: "Jl. A" });
  await bench.work.edit(id, { rt_rw: "1/2" });
  assert.deepEqual((await bench.only()).data.set, { name: "Dua", street: "Jl. A", rt_rw: "1/2" });
});

test("words typed after a refusal are not turned back", async () => {
  const bench = await Bench.make();
  const id = await bench.begin("izin", { name: "Lama", street: "Jl. A" });
  const device = await bench.store.take();
  await bench.work.edit(id, { name: "Baru" });
  await bench.store.change("strict", ({ outbox }) =>
    outbox.answer(device.instance, [result(1, "rejected", "invalid")], NOW),
  );
  assert.deepEqual((await bench.local(id))?.fields, { name: "Baru", street: "Jl. A" });
  await bench.work.edit(id, { rt_rw: "1/2" });
  assert.deepEqual((await bench.only()).data.set, { name: "Baru", street: "Jl. A", rt_rw: "1/2" });
});

test("a refused action is not settled by typing", async () => {
  const bench = await Bench.make();
  const one = record({ stage: "completeness", number: "IZN-2026-000001", fields: COMPLETE });
  await bench.arrive([one]);
  await bench.work.act(one.id, { action: "withdraw", note: "Batal" });
  await bench.send(["rejected"]);
  const correction = { round: 1, asked: NOW, items: [{ reason: "Beda", field: "nik" }] };
  await bench.arrive([{ ...one, v: 2, stage: "correction", correction }]);
  await bench.work.edit(one.id, { nik: "3374010101010009" });
  assert.deepEqual(
    (await bench.entries("refused")).map(entry => entry.data.action),
    ["withdraw"],
  );
});

test("a correction changes only what was marked and goes back in", async () => {
  const bench = await Bench.make();
  const items = [
    { reason: "Beda", field: "nik" },
    { reason: "Buram", document: "ktp" },
  ];
  const one = record({ stage: "correction", fields: COMPLETE, correction: { round: 1, asked: NOW, items } });
  await bench.arrive([one]);
  const refused = await refusal(bench.work.edit(one.id, { name: "Lain" }));
  assert.deepEqual([refused.code, refused.extra.fields], ["not_marked", ["name"]]);
  await bench.work.edit(one.id, { nik: "3374010101010009" });
  await bench.work.submit(one.id);
  const { data } = await bench.only();
  assert.deepEqual([data.action, data.set], ["resubmit", { nik: "3374010101010009" }]);
  assert.equal((await bench.local(one.id))?.stage, "completeness");
});

test("undo takes back the latest first", async () => {
  const bench = await Bench.make();
  const one = record({ stage: "completeness", fields: COMPLETE });
  await bench.arrive([one]);
  await bench.store.change("strict", ({ outbox }) => outbox.add("case.open", one.id, {}, NOW, 1));
  await bench.work.act(one.id, { action: "withdraw" });
  const [first, second] = await bench.entries("queued");
  assert.ok(first && second);
  assert.equal((await refusal(bench.work.undo(first))).code, "frozen");
  await bench.work.undo(second);
  await bench.work.undo(first);
  assert.equal((await bench.local(one.id))?.stage, "completeness");
  assert.deepEqual(await bench.sent(), []);
  assert.equal((await refusal(bench.work.undo(first))).code, "frozen");
});

test("what left the device cannot be undone", async () => {
  const bench = await Bench.make();
  await bench.draft();
  await bench.store.take();
  const [entry] = await bench.entries();
  assert.ok(entry);
  assert.equal((await refusal(bench.work.undo(entry))).code, "frozen");
});

test("a draft that is undone is gone and readable", async () => {
  const bench = await Bench.make();
  const id = await bench.begin("lapor", { title: "Lampu" });
  const [entry] = await bench.entries();
  assert.ok(entry);
  await bench.work.undo(entry);
  assert.equal(await bench.local(id), null);
  assert.deepEqual((await bench.entries("settled"))[0]?.data.set, { title: "Lampu" });
});

test("retry is a new command and only for what was refused", async () => {
  const bench = await Bench.make();
  const id = await bench.draft();
  await bench.work.submit(id);
  const [entry] = await bench.entries();
  assert.ok(entry);
  assert.equal((await refusal(bench.work.retry(entry))).code, "frozen");
  assert.equal((await refusal(bench.work.giveUp(entry))).code, "frozen");
  await bench.send(["quarantined"], "internal");
  await bench.work.retry(entry);
  const command = await bench.only();
  assert.deepEqual([command.seq, command.data], [2, entry.data]);
});

test("what is given up stays readable", async () => {
  const bench = await Bench.make();
  const id = await bench.draft();
  await bench.send(["rejected"]);
  const [entry] = await bench.entries("refused");
  assert.ok(entry);
  await bench.work.giveUp(entry);
  assert.equal(await bench.local(id), null);
  assert.equal((await bench.entries("settled")).length, 1);
});

test("choosing, and what must be chosen first", async () => {
  const bench = await Bench.make();
  const conflict = (theirs: string) => ({ field: "street", ours: "Jl. A", theirs, by: ME, at: NOW });
  const one = record({ fields: COMPLETE, conflicts: [conflict("Jl. B"), conflict("Jl. C")] });
  await bench.arrive([one]);
  const refused = await refusal(bench.work.submit(one.id));
  assert.deepEqual([refused.code, refused.extra.fields], ["choose_first", ["street"]]);
  assert.equal((await refusal(bench.work.choose(one.id, "name", "ours"))).code, "nothing_to_choose");
  await bench.work.choose(one.id, "street", "theirs");
  await bench.work.submit(one.id);
  const [choice, submit] = await bench.sent();
  assert.deepEqual(choice?.data, { field: "street", take: "theirs", value: "Jl. C" });
  assert.equal(submit?.after, choice?.seq);
});

test("the value that was shown is the one that is chosen", async () => {
  const bench = await Bench.make();
  const conflict = (theirs: string) => ({ field: "street", ours: "Jl. A", theirs, by: ME, at: NOW });
  await bench.arrive([record({ fields: COMPLETE, conflicts: [conflict("Jl. B"), conflict("Jl. C")] })]);
  await bench.work.choose(caseId(1), "street", "theirs", "Jl. B");
  assert.equal((await bench.only()).data.value, "Jl. B");
});

test("an officer opens a case once and never their own", async () => {
  const bench = await Bench.make();
  const one = record({ stage: "survey", fields: COMPLETE });
  await bench.arrive([one]);
  await bench.work.opened(one.id);
  assert.deepEqual(await bench.sent(), []);
  await bench.as({ roles: ["surveyor"] });
  await Promise.all([bench.work.opened(one.id), bench.work.opened(one.id)]);
  assert.deepEqual(
    (await bench.sent()).map(command => command.kind),
    ["case.open"],
  );
  const own = record({ id: caseId(2), stage: "survey", owner: "officer" });
  await bench.arrive([own]);
  await bench.work.opened(own.id);
  assert.equal((await bench.sent()).length, 1);
});

test("an action needs its role, its answers, its reason and its items", async () => {
  const bench = await Bench.make();
  const one = record({ stage: "survey", fields: COMPLETE });
  await bench.arrive([one]);
  const act = (action: string, given: object = {}) => bench.work.act(one.id, { action, ...given });
  assert.equal((await refusal(act("report_survey"))).code, "forbidden");
  await bench.as({ roles: ["surveyor", "section_head", "front_desk"] });
  const refused = await refusal(act("report_survey", { form: { road_width: "lebar" } }));
  assert.equal((refused.extra.problems as Record<string, { code: string }>).road_width?.code, "not_a_number");
  await bench.arrive([{ ...one, v: 2, stage: "verification" }]);
  assert.equal((await refusal(act("send_back", { note: "  " }))).code, "note_required");
  assert.equal((await refusal(act("verify", { form: { extra: 1 } }))).code, "invalid");
  await act("send_back", { note: "Kurang jelas" });
  assert.deepEqual((await bench.only()).data, { action: "send_back", note: "Kurang jelas" });
  await bench.arrive([record({ id: caseId(2), stage: "completeness" })]);
  const ask = (items: object[]) => bench.work.act(caseId(2), { action: "ask", items: items as never });
  assert.equal((await refusal(ask([]))).code, "items_required");
  assert.equal((await refusal(ask([{ field: "nik", reason: " " }]))).code, "items_required");
  await ask([{ field: "nik", reason: "Beda" }]);
});

test("half-typed answers are forgotten once the action is done", async () => {
  const bench = await Bench.make();
  const one = record({ stage: "completeness", fields: COMPLETE });
  await bench.arrive([one]);
  const typed = { action: "withdraw", note: "Bat" };
  await bench.store.change("relaxed", ({ transaction }) =>
    transaction.objectStore("typing").put(typed, [one.id, "withdraw"]),
  );
  await bench.work.act(one.id, { action: "withdraw", note: "Batal" });
  assert.equal(
    await bench.read(({ transaction }) => transaction.objectStore("typing").get([one.id, "withdraw"])),
    undefined,
  );
});

test("a device without a catalogue says so", async () => {
  const bench = await Bench.make();
  await bench.store.change("relaxed", async ({ meta }) => meta.set("catalogue", null));
  assert.equal((await refusal(bench.draft())).code, "no_catalogue");
});

test("the first draft makes a guest, and the next ones keep it", async () => {
  const bench = await Bench.make();
  const guest = () => bench.read(({ meta }) => meta.some("token", "guest"));
  await bench.store.change("strict", async ({ meta }) => meta.set("token", null));
  assert.deepEqual(await guest(), { token: null, guest: null });
  await bench.draft();
  const first = await guest();
  assert.match(first.token ?? "", /^[A-Za-z0-9_-]{43}$/);
  assert.equal(first.guest, true);
  await bench.draft();
  assert.deepEqual(await guest(), first);
});

test("half of an emoji is made well-formed before it is stored", async () => {
  const bench = await Bench.make();
  const id = await bench.begin("lapor", { title: "Lampu \ud83d", text: "\ude00 mati 😀" });
  const [row] = await bench.read(({ outbox }) => outbox.rows());
  assert.deepEqual((await bench.local(id))?.fields, { title: "Lampu \ufffd", text: "\ufffd mati 😀" });
  assert.equal(row?.size, Buffer.byteLength(row?.line ?? ""));
  assert.ok(!/\\ud[89a-f]/i.test(row?.line ?? ""));
});

test("a submit that is taken back is a draft again, with all that was typed", async () => {
  const bench = await Bench.make();
  const id = await bench.draft();
  await bench.work.submit(id);
  const [entry] = await bench.entries();
  assert.ok(entry);
  await bench.work.undo(entry);
  const command = await bench.only();
  assert.deepEqual([command.kind, command.seq, command.data.action], ["case.edit", entry.seq, undefined]);
  assert.deepEqual([command.data.service, command.data.set], ["izin", COMPLETE]);
  const local = await bench.local(id);
  assert.deepEqual([local?.stage, local?.fields], ["draft", COMPLETE]);
});
