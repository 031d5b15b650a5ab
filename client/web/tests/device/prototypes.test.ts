/** Keys that every object seems to have already, in all that others send and that people type: they are kept as the
 * data that they are, and change nothing that this program's own objects are made of. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Catalogue } from "../../src/device/catalogue.ts";
import { Keystrokes } from "../../src/device/keystrokes.ts";
import { exportOutbox, importOutbox } from "../../src/device/rescue.ts";
import { Store } from "../../src/device/store.ts";
import { layOver } from "../../src/device/view.ts";
import type { City } from "../../src/schemas/catalogue.ts";
import { checkForm } from "../../src/schemas/forms.ts";
import { lineOf, readControl, readHead } from "../../src/sync/codec.ts";
import { fromProblem } from "../../src/sync/errors.ts";
import { merge, same, type Values } from "../../src/sync/merge.ts";
import type { ControlLine } from "../../src/sync/messages.ts";
import { explained } from "../../src/ui/errors.ts";
import { Bench, furnish, newId, offline, record, refusal, result, ticking, uniqueName, welcome } from "./bench.ts";
import { CITY, COMPLETE } from "./city.ts";

const HOSTILE = `"__proto__":{"polluted":true,"toString":1},"constructor":{"prototype":{"polluted":true}},"prototype":{"polluted":true}`;

/** JSON with these keys in every object of it. */
function poisoned<T>(value: T): T {
  const text = JSON.stringify(value).replaceAll(/\{(?=\})/g, `{${HOSTILE}`);
  return JSON.parse(text.replaceAll(/\{(?=")(?!"__proto__"|"polluted"|"prototype":\{"polluted")/g, `{${HOSTILE},`));
}

const MADE_OF = [Object, Array, Function, String, Map, Promise].map(one => one.prototype as object);
const before = MADE_OF.map(one => Object.getOwnPropertyNames(one).sort());

/** Nothing is polluted; nor did any object of `found` get another prototype than the one it began with. */
function clean(found: unknown): void {
  assert.deepEqual(
    MADE_OF.map(one => Object.getOwnPropertyNames(one).sort()),
    before,
  );
  assert.equal(({} as Record<string, unknown>).polluted, undefined);
  everyObject(found, one => {
    assert.ok([Object.prototype, Array.prototype].includes(Object.getPrototypeOf(one)), "another prototype");
  });
}

function everyObject(value: unknown, look: (one: object) => void): void {
  if (typeof value !== "object" || value === null || value instanceof Blob) return;
  look(value);
  for (const name of Object.getOwnPropertyNames(value)) everyObject((value as Record<string, unknown>)[name], look);
}

test("the material has them, as keys of its own", () => {
  const one = poisoned({ a: {}, b: [{ c: 1 }] });
  let objects = 0;
  everyObject(one, found => {
    if (Object.hasOwn(found, "__proto__")) objects += 1;
  });
  assert.equal(objects, 3);
});

test("every line of an answer", () => {
  const lines: ControlLine[] = [
    welcome({ person: { id: "x", more: {} } }),
    result(1, "rejected", "invalid", { text: { id: "a" }, details: { problems: {} } }),
    { t: "promises", version: "v", table: { rows: {} } },
    { t: "amended", n: 1, instance: "i", result: result(1, "applied", undefined, { details: {} }) },
    { t: "have", ids: [["x", 1]] },
    { t: "end", cursor: "c", more: false, digest: [[1, "00"]] },
  ];
  for (const line of lines) {
    let found: unknown = null;
    try {
      found = readControl(JSON.stringify(poisoned(line)));
      lineOf(found as ControlLine);
    } catch (error) {
      // Texts by language are texts; an object among them is refused.
      assert.equal((error as { code?: string }).code, "malformed");
    }
    clean(found);
  }
  clean(readHead(JSON.stringify(poisoned(record({ fields: {} })))));
});

test("a record on the device, what is laid over it, and what goes out", async () => {
  const bench = await Bench.make();
  const one = poisoned(record({ fields: { name: "Warga" } }));
  await bench.arrive([one]);
  await bench.work.edit(one.id, { street: "Jl. B" });
  const refused = await refusal(bench.work.edit(one.id, poisoned({ rt_rw: "1/2" })));
  assert.deepEqual(Object.keys(refused.extra.problems as object), ["__proto__", "constructor", "prototype"]);
  clean(refused.extra);
  const local = await bench.local(one.id);
  const { service, ...shown } = local ?? { service: null };
  clean({ ...shown, unsent: null });
  assert.ok(Object.hasOwn(local?.fields ?? {}, "__proto__"), "kept as the data that it is");
  assert.equal(service?.code, "izin");
  clean(await bench.only());
});

test("answers to a form", () => {
  const [service] = CITY.services;
  assert.ok(service);
  for (const partial of [true, false]) {
    const checked = checkForm(CITY, service, service.fields, poisoned({ ...COMPLETE }), partial);
    clean(checked);
    assert.deepEqual(Object.keys(checked.problems).sort(), ["__proto__", "constructor", "prototype"]);
  }
  const nested = checkForm(CITY, service, service.fields, { name: poisoned({}), nik: poisoned([{}]) }, true);
  clean(nested);
  assert.deepEqual(Object.keys(nested.problems), ["name", "nik"]);
});

test("two people's values", () => {
  const [ours, patch, was] = [poisoned({ a: 1 }), poisoned({ a: 2, b: {} }), JSON.parse("{}") as Values];
  clean(merge(ours, patch, was));
  clean(merge({}, patch, was));
  assert.ok(Object.hasOwn(merge({}, patch, was).values, "__proto__"));
  assert.ok(!same({}, poisoned({})));
  const [service] = CITY.services;
  assert.ok(service);
  clean(layOver(ours, "draft", [{ kind: "case.edit", data: { set: patch } } as never], service));
});

test("a refusal, and its words", () => {
  const error = fromProblem(poisoned({ code: "invalid", detail: "no", problems: {}, text: { id: "a", en: "b" } }));
  clean(error.extra);
  assert.ok(explained(error));
  clean(null);
});

test("a catalogue", async () => {
  const bench = await Bench.make();
  await bench.store.change("relaxed", async ({ meta }) => {
    meta.set("catalogue_json", JSON.stringify(poisoned(CITY as City)));
  });
  clean(await bench.read(here => new Catalogue(bench.store, offline).needed(here)));
  const id = await bench.draft();
  clean((await bench.local(id))?.fields);
});

test("a file that another browser wrote", async () => {
  const bench = await Bench.make();
  await bench.draft();
  const file = poisoned(JSON.parse(await (await exportOutbox(bench.store, "https://kota.example")).text()));
  const store = new Store({ name: uniqueName(), clock: ticking(), newId });
  await furnish(store, {});
  assert.equal((await importOutbox(store, new Blob([JSON.stringify(file)]))).taken, 1);
  clean(await store.read(({ outbox }) => outbox.rows()));
});

test("what is typed faster than it is stored", async () => {
  const written: Values[] = [];
  const keystrokes = new Keystrokes(async (_, changes) => {
    written.push(changes);
  });
  await Promise.all([1, 2, 3].map(n => keystrokes.type("x", poisoned({ n }))));
  clean(written);
  assert.ok(written.length === 2 && written.every(changes => Object.hasOwn(changes, "__proto__")));
});
