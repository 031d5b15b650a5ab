/** The shared cases of `documents.json`. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { City, Document, Service } from "../../src/schemas/catalogue.ts";
import { documentOf } from "../../src/schemas/catalogue.ts";
import { counted, fault, missing, ofForm, unarrived, wanted } from "../../src/schemas/documents.ts";
import { cases, file } from "../vectors.ts";

type Values = Record<string, unknown>;

const vectors = file("documents", ["documents", "wanted", "of_form", "missing", "unarrived", "counted", "faults"]);

/** A document as the catalogue has it: what a case does not say is the default. */
function whole(document: Partial<Document>): Document {
  const when = document.when ? Object.assign({ equals: [], not_equals: [] }, document.when) : null;
  const label = { id: "Berkas", en: "File" };
  return {
    ...{ code: "", form: null, label, help: null, required: true, types: ["image", "pdf"], max_mb: 10, count_max: 1 },
    ...document,
    when,
  };
}

const city = file("forms", ["city", "cases", "asked"]).city as City;
const service = {
  ...(city.services[0] as Service),
  documents: cases<Partial<Document>>(vectors, "documents").map(whole),
};
const codes = (documents: readonly Document[]) => documents.map(({ code }) => code);

for (const one of cases<{ values: Values; codes: string[] }>(vectors, "wanted")) {
  test(`wanted: ${JSON.stringify(one.values)}`, () => {
    assert.deepEqual(codes(wanted(service, one.values)), one.codes);
  });
}

for (const one of cases<{ form: string | null; answers: Values; codes: string[] }>(vectors, "of_form")) {
  test(`of form: ${JSON.stringify(one)}`, () => {
    assert.deepEqual(codes(ofForm(service, one.form, one.answers)), one.codes);
  });
}

for (const one of cases<{ values: Values; attached: string[]; codes: string[] }>(vectors, "missing")) {
  test(`missing: ${JSON.stringify(one)}`, () => {
    const attached = one.attached.map(document => ({ document }));
    assert.deepEqual(missing(wanted(service, one.values), attached), one.codes);
  });
}

for (const one of cases<{ values: Values; attached: [string, string | null][]; codes: string[] }>(
  vectors,
  "unarrived",
)) {
  test(`unarrived: ${JSON.stringify(one)}`, () => {
    const attached = one.attached.map(([document, arrived]) => ({ document, arrived }));
    assert.deepEqual(unarrived(wanted(service, one.values), attached), one.codes);
  });
}

for (const one of cases<{ attached: [string, string | null][]; counts: [number, number] }>(vectors, "counted")) {
  test(`counted: ${JSON.stringify(one)}`, () => {
    assert.deepEqual(counted(one.attached.map(([document, arrived]) => ({ document, arrived }))), one.counts);
  });
}

interface FaultCase {
  document: string;
  type: string;
  size: number;
  count: number;
  problem: unknown;
}

for (const one of cases<FaultCase>(vectors, "faults")) {
  test(`fault: ${JSON.stringify(one).slice(0, 80)}`, () => {
    const document = documentOf(service, one.document);
    assert.ok(document);
    assert.deepEqual(fault(document, one.type, one.size, one.count), one.problem);
  });
}
