/** The shared cases of `forms.json`, `catalogue.json` and `promise.json`. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { City, Field, Limit, Service } from "../../src/schemas/catalogue.ts";
import * as catalogue from "../../src/schemas/catalogue.ts";
import { askedFields, checkForm } from "../../src/schemas/forms.ts";
import { lookup, type PromiseTable, provisional } from "../../src/schemas/promise.ts";
import { cases, file } from "../vectors.ts";

type Json = Record<string, unknown>;
type Sparse = Partial<Field> & Pick<Field, "name" | "type">;

/** A field as the catalogue has it: what a case does not say is the default. */
function whole(field: Sparse): Field {
  const when = field.when ? Object.assign({ equals: [], not_equals: [] }, field.when) : null;
  const label = { id: "Tanya", en: "Question" };
  return {
    ...{ label, help: null, group: "", required: true, personal: false, internal: false, min: null, max: null },
    ...{ length: null, unit: null, options: [], ...field, when },
  };
}

// ---- forms ----

const forms = file("forms", ["city", "cases", "asked"]);
const city = forms.city as City;
const service = city.services[0];
assert.ok(service);

interface FormCase {
  name: string;
  fields: Sparse[];
  values: unknown;
  partial: boolean;
  clean: Json;
  problems: Record<string, { code: string; id: string; en: string }>;
}

for (const one of cases<FormCase>(forms, "cases")) {
  test(`form: ${one.name}`, () => {
    const before = JSON.stringify(one.values);
    const { clean, problems } = checkForm(city, service, one.fields.map(whole), one.values, one.partial);
    const told = Object.entries(problems).map(([name, { code, text }]) => [name, { code, ...text }]);
    assert.deepEqual(Object.fromEntries(told), one.problems);
    assert.deepEqual(clean, one.clean);
    assert.equal(JSON.stringify(one.values), before, "nothing given is changed");
  });

  test(`form, cleaned once more: ${one.name}`, () => {
    const again = checkForm(city, service, one.fields.map(whole), one.clean, one.partial);
    assert.deepEqual(again.clean, one.clean);
  });
}

for (const one of cases<{ name: string; fields: Sparse[]; values: Json; asked: string[] }>(forms, "asked")) {
  test(`asked: ${one.name}`, () => {
    const fields = askedFields(one.fields.map(whole), one.values);
    assert.deepEqual(
      fields.map(field => field.name),
      one.asked,
    );
  });
}

test("a type that this app does not know is left to the server", () => {
  const future = whole({ name: "it", type: "hologram" as Field["type"] });
  const { clean, problems } = checkForm(city, service, [future], { it: { x: 1 } }, false);
  assert.deepEqual([clean, problems], [{ it: { x: 1 } }, {}]);
});

test("numbers that JSON does not have are no numbers", () => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
    const { problems } = checkForm(city, service, [whole({ name: "it", type: "number" })], { it: value }, false);
    assert.equal(problems.it?.code, "not_a_number");
  }
  const place = { lat: Number.NaN, lon: 0 };
  const { problems } = checkForm(city, service, [whole({ name: "it", type: "point" })], { it: place }, false);
  assert.equal(problems.it?.code, "not_a_point");
});

test("a city's parts are found by their codes", () => {
  assert.equal(catalogue.serviceOf(city, "permit"), service);
  assert.equal(catalogue.serviceOf(city, "constructor"), undefined);
  assert.equal(catalogue.areaOf(city, "99.01.1002")?.name, "Dua");
  assert.equal(catalogue.officeOf(city, "licences")?.name.en, "Licences");
  assert.equal(catalogue.districtOf(city, "99.01.1001"), "99.01");
  assert.equal(catalogue.districtOf(city, "99.01"), "99.01");
  assert.equal(catalogue.districtOf(city, "nowhere"), undefined);
});

// ---- catalogue ----

const vectors = file("catalogue", ["service", "limits", "actions", "titles", "conditions", "sizes"]);
const permit = vectors.service as Service;

test("limits of the service and of its stages", () => {
  const wanted = cases<Limit>(vectors, "limits");
  // The server may name the ways out of a stage in any order.
  const sorted = (limit: Limit | undefined) => limit && { ...limit, ends: [...limit.ends].sort() };
  assert.deepEqual(catalogue.allLimits(permit).map(sorted), wanted.map(sorted));
  for (const limit of wanted) assert.deepEqual(sorted(catalogue.limitOf(permit, limit.code)), sorted(limit));
  assert.equal(catalogue.limitOf(permit, "issued"), undefined);
});

for (const one of cases<{ stage: string; actions: string[] }>(vectors, "actions")) {
  test(`actions from ${one.stage}`, () => {
    const codes = catalogue.actionsFrom(permit, one.stage).map(action => action.code);
    assert.deepEqual(codes, one.actions);
    for (const code of codes) assert.equal(catalogue.actionOf(permit, code)?.code, code);
  });
}

for (const one of cases<{ name: string; title: string; values: Json; line: string }>(vectors, "titles")) {
  test(`title: ${one.name}`, () => {
    assert.equal(catalogue.titleOf({ ...permit, title: one.title }, one.values), one.line);
  });
}

interface ConditionCase {
  name: string;
  condition: catalogue.Condition;
  values: Json;
  met: boolean;
}

for (const one of cases<ConditionCase>(vectors, "conditions")) {
  test(`condition: ${one.name}`, () => {
    assert.equal(catalogue.met(one.condition, one.values), one.met);
    assert.equal(catalogue.asked({ when: one.condition }, one.values), one.met);
    assert.equal(catalogue.asked({ when: null }, one.values), true);
  });
}

for (const one of cases<{ name: string; field: Sparse; size: number }>(vectors, "sizes")) {
  test(`size: ${one.name}`, () => assert.equal(catalogue.sizeOf(whole(one.field)), one.size));
}

// ---- promise ----

interface PromiseCase {
  name: string;
  table: string;
  service: string;
  day: string;
  due: Record<string, string> | null;
  provisional: string[];
}

const promises = file("promise", ["tables", "cases"]);
const tables = promises.tables as Record<string, PromiseTable>;

for (const one of cases<PromiseCase>(promises, "cases")) {
  test(`promise: ${one.name}`, () => {
    const table = tables[one.table];
    assert.ok(table);
    assert.deepEqual(lookup(table, one.service, one.day), one.due);
    assert.deepEqual([...provisional(table, one.service, one.day)].sort(), one.provisional);
  });
}
