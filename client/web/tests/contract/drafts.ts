/** What is typed: on the disk when its promise says so, as few commands, shown at once, and taken back while it is here. */

import assert from "node:assert/strict";
import { serviceOf } from "../../src/schemas/catalogue.ts";
import { newId, refusal } from "../device/bench.ts";
import { answers, begin, cityOf, shown, until } from "../device/real.ts";
import { contract } from "./world.ts";

const ENTRY = [
  ...["after", "base", "case", "data", "instance", "kind", "queued_at", "result", "sent_at", "seq", "size", "state"],
];

contract("what is typed", it => {
  it("is a draft that only this device has, the same in the case, the list and the outbox", async ({ open }) => {
    const { desk: here, network } = await open();
    await cityOf(here);
    network.cut();
    const id = newId();
    await here.edit(id, { title: "Lampu jalan mati", category: "light" }, "lapor");
    const parts = await here.case(id);
    assert.deepEqual([parts?.id, parts?.record, parts?.entries.length], [id, null, 1]);
    const [entry] = parts?.entries ?? [];
    assert.ok(entry);
    assert.deepEqual(Object.keys(entry).sort(), ENTRY);
    const { state, kind, sent_at, base, after, result, data } = entry;
    assert.deepEqual(
      { state, kind, case: entry.case, sent_at, base, after, result },
      { state: "queued", kind: "case.edit", case: id, sent_at: null, base: 0, after: 0, result: null },
    );
    assert.deepEqual(data, { service: "lapor", set: { title: "Lampu jalan mati", category: "light" } });
    assert.ok(entry.size > 50 && Math.abs(Date.parse(entry.queued_at) - Date.now()) < 60_000);
    assert.deepEqual([await here.outbox(), await here.outbox("sent", "refused")], [[entry], []]);
    const [row, ...rest] = await here.list();
    assert.ok(row);
    const { touched, ...known } = row;
    assert.deepEqual(
      [known, rest],
      [
        {
          ...{ id, service: "lapor", number: null, stage: "draft", office: "", district: null, due: null },
          ...{ title: "Lampu jalan mati", opened: false, conflicts: 0, mine: true, waiting: 1, refused: 0 },
        },
        [],
      ],
    );
    assert.ok(Math.abs(Date.parse(touched) - Date.now()) < 60_000);
    const status = await here.status();
    assert.deepEqual([status.waiting, status.oldest, status.bytes], [1, entry.queued_at, entry.size]);
  });

  it("goes into one command, letter by letter, and the last word stands", async ({ open }) => {
    const { desk, network } = await open();
    await cityOf(desk);
    network.cut();
    const id = newId();
    const title = "Lampu jalan mati di depan balai";
    const letters = Array.from(title, (_, place) => desk.edit(id, { title: title.slice(0, place + 1) }, "lapor"));
    const other = desk.edit(id, { text: "Sejak kemarin" }, "lapor");
    await Promise.all([...letters, other]);
    await desk.edit(id, { text: null });
    const entries = await desk.outbox();
    assert.deepEqual([entries.length, entries[0]?.data.set], [1, { title, text: null }]);
    assert.deepEqual((await shown(desk, id))?.fields, { title });
  });

  it("is kept as it was typed, right or wrong, and only what is no question is refused", async ({ open }) => {
    const { desk, network } = await open();
    await cityOf(desk);
    network.cut();
    const id = newId();
    const typed = { title: "x ".repeat(500), phone: "bukan nomor", point: { lat: 999, lon: "?" }, anonymous: "🙂" };
    await desk.edit(id, typed, "lapor");
    assert.deepEqual((await shown(desk, id))?.fields, typed);
    const refused = await refusal(desk.edit(id, { tidak_ada: 1 }));
    assert.deepEqual([refused.code, Object.keys(Object(refused.extra.problems))], ["invalid", ["tidak_ada"]]);
    assert.deepEqual((await shown(desk, id))?.fields, typed);
  });

  it("is told to whoever listens, until they stop, and one that fails keeps nothing from being done", async ({
    open,
  }) => {
    const { desk, network } = await open();
    await cityOf(desk);
    network.cut();
    let told = 0;
    const { error } = console;
    console.error = () => {};
    try {
      const failing = desk.watch(() => {
        throw new Error("cannot draw");
      });
      const stop = desk.watch(() => {
        told += 1;
      });
      await desk.edit(newId(), { title: "Satu" }, "lapor");
      assert.ok(told > 0);
      assert.equal((await desk.list()).length, 1);
      stop();
      failing();
    } finally {
      console.error = error;
    }
    await quiet(() => told);
    const before = told;
    await desk.edit(newId(), { title: "Dua" }, "lapor");
    assert.deepEqual([told, (await desk.list()).length], [before, 2]);
  });

  it("stands in the list with what was touched last first", async ({ open }) => {
    const { desk, network } = await open();
    await cityOf(desk);
    network.cut();
    const [one, two] = [newId(), newId()];
    await desk.edit(one, { title: "Satu" }, "lapor");
    await second();
    await desk.edit(two, { title: "Dua" }, "lapor");
    assert.deepEqual(
      (await desk.list()).map(row => row.title),
      ["Dua", "Satu"],
    );
    await second();
    await desk.edit(one, { title: "Satu lagi" });
    assert.deepEqual(
      (await desk.list()).map(row => row.title),
      ["Satu lagi", "Dua"],
    );
  });

  it("is not sent in before it is whole: each fault by its field, each missing document by its code", async ({
    open,
  }) => {
    const { desk, network } = await open();
    const city = await cityOf(desk);
    network.cut();
    const id = newId();
    await desk.edit(id, { title: "Lampu" }, "lapor");
    const refused = await refusal(desk.submit(id));
    const problems = Object(refused.extra.problems) as Record<string, { code: string; text?: object }>;
    assert.equal(refused.code, "invalid");
    assert.ok(problems.text && problems.category && !problems.email, JSON.stringify(problems));
    assert.equal(typeof problems.text.code, "string");
    const permit = newId();
    await desk.edit(permit, answers(serviceOf(city, "krk")?.fields ?? [], city), "krk");
    const missing = await refusal(desk.submit(permit));
    assert.equal(missing.code, "documents_missing", JSON.stringify(missing.extra));
    const documents = missing.extra.documents as string[];
    assert.ok(documents.includes("ktp") && documents.includes("location_map"), String(documents));
    assert.deepEqual(
      (await desk.outbox()).map(entry => entry.kind),
      ["case.edit", "case.edit"],
    );
  });

  it("is taken back whole, or only sent back to being a draft", async ({ open }) => {
    const { desk, network } = await open();
    await cityOf(desk);
    network.cut();
    const id = await begin(desk);
    const typed = (await shown(desk, id))?.fields;
    await desk.submit(id);
    const [submitted] = await desk.outbox("queued");
    assert.ok(submitted);
    assert.deepEqual(
      [submitted.kind, submitted.data.action, (await shown(desk, id))?.moved],
      [...["case.act", "submit"], true],
    );
    assert.equal((await desk.list())[0]?.stage, "draft");
    await desk.undo(submitted);
    assert.deepEqual([(await shown(desk, id))?.stage, (await shown(desk, id))?.fields], ["draft", typed]);
    const [entry] = await desk.outbox("queued");
    assert.ok(entry);
    assert.deepEqual([entry.kind, entry.data.action], ["case.edit", undefined]);
    await desk.undo(entry);
    assert.deepEqual([await desk.list(), await shown(desk, id), (await desk.status()).waiting], [[], null, 0]);
    assert.equal((await refusal(desk.undo(entry))).code, "frozen");
    assert.deepEqual(
      (await desk.outbox("settled")).map(one => one.seq),
      [entry.seq],
    );
  });

  it("is taken along by a submit that comes while it is being typed", async ({ open }) => {
    const { desk, network } = await open();
    const city = await cityOf(desk);
    network.cut();
    const id = newId();
    const typed = answers(serviceOf(city, "lapor")?.fields ?? [], city);
    const typing = Object.entries(typed).map(([name, value]) => desk.edit(id, { [name]: value }, "lapor"));
    await desk.submit(id);
    await Promise.all(typing);
    const [entry, ...more] = await desk.outbox();
    assert.deepEqual([entry?.data.action, entry?.data.set, more], ["submit", typed, []]);
  });

  it("is half an action until that is done: kept word for word, and forgotten when it is to be", async ({ open }) => {
    const { desk } = await open({ offline: true });
    const id = newId();
    const typed = { action: "verify", form: { width: 6.5, kinds: ["a"], none: null }, note: "Setengah 🙂" };
    assert.equal(await desk.typing(id, "verify"), null);
    await Promise.all(["S", "Se", "Setengah 🙂"].map(note => desk.keep_typing(id, "verify", { ...typed, note })));
    assert.deepEqual(await desk.typing(id, "verify"), typed);
    assert.equal(await desk.typing(id, "accept"), null);
    const items = [
      { reason: "Kurang jelas", field: "title" },
      { reason: "Buram", document: "photos" },
    ];
    await desk.keep_typing(id, "ask", { action: "ask", items });
    assert.deepEqual(await desk.typing(id, "ask"), { action: "ask", items });
    await desk.keep_typing(id, "verify", null);
    assert.equal(await desk.typing(id, "verify"), null);
  });
});

/** Past the second that moments on a device are told in. */
function second(): Promise<unknown> {
  return new Promise(resolve => setTimeout(resolve, 1_100));
}

/** Once nothing has been counted for a while. */
async function quiet(count: () => number): Promise<void> {
  let last = -1;
  await until(async () => {
    const same = count() === last;
    last = count();
    await new Promise(resolve => setTimeout(resolve, 300));
    return same && count() === last;
  }, "it is quiet");
}
