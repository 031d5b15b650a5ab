/** What may be done with a case, by whom: the table of actions that a device shows. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { actions, marked, mayEdit, submitting, unchosen, type Who } from "../../src/device/rules.ts";
import { type LocalCase, localCase } from "../../src/device/view.ts";
import type { CaseRecord } from "../../src/schemas/record.ts";
import { ME, NOW, record } from "./bench.ts";
import { CITY } from "./city.ts";

const citizen: Who = { id: ME, roles: ["citizen"] };
const officer = (...roles: string[]): Who => ({ id: "officer", roles });

function local(given: Partial<CaseRecord> | null): LocalCase {
  const found = localCase("x", CITY, record(given ?? {}), []);
  assert.ok(found);
  return given === null ? { ...found, record: null } : found;
}

const codes = (found: LocalCase, who: Who) => actions(found, who).map(action => action.code);

test("an applicant does what is the owner's, and an officer what is the office's", () => {
  const found = local({ stage: "completeness" });
  assert.deepEqual(codes(found, citizen), ["withdraw"]);
  assert.deepEqual(codes(found, officer("front_desk")), ["ask", "accept"]);
  assert.deepEqual(codes(found, officer("surveyor")), []);
  assert.deepEqual(codes(found, { id: "stranger", roles: ["citizen"] }), []);
  assert.deepEqual(codes(local({ stage: "nowhere" }), citizen), []);
});

test("nobody works on a case of their own", () => {
  const own = local({ stage: "completeness", owner: "officer" });
  assert.deepEqual(codes(own, officer("front_desk")), ["withdraw"]);
});

test("the front desk does for a walk-in what the owner could, and the office's work too", () => {
  const walkIn = local({ stage: "completeness", owner: "" });
  assert.deepEqual(codes(walkIn, officer("front_desk")), ["withdraw", "ask", "accept"]);
  assert.deepEqual(codes(walkIn, officer("surveyor")), []);
  // A guest before the first exchange has no id, and is not the owner of what has none.
  assert.deepEqual(codes(walkIn, null), []);
});

test("a draft on this device is whoever holds it", () => {
  assert.deepEqual(codes(local(null), null), ["submit"]);
  assert.deepEqual(codes(local(null), officer("front_desk")), ["submit"]);
  assert.equal(submitting(local(null), officer("surveyor"))?.code, "submit");
});

test("fields are open in a draft and in a correction, to whoever may send it in", () => {
  const items = [
    { reason: "Beda", field: "nik" },
    { reason: "Buram", document: "ktp" },
  ];
  const correction = local({ stage: "correction", correction: { round: 1, asked: NOW, items } });
  assert.deepEqual([mayEdit(correction, citizen), mayEdit(correction, officer("front_desk"))], [true, false]);
  assert.deepEqual(marked(correction), new Set(["nik"]));
  assert.equal(marked(local({ stage: "draft" })), null);
  assert.equal(mayEdit(local({ stage: "survey" }), citizen), false);
});

test("a field in conflict is named once, until somebody chose", () => {
  const conflict = (field: string) => ({ field, ours: 1, theirs: 2, by: ME, at: NOW });
  const found = local({ conflicts: [conflict("name"), conflict("name"), conflict("street")] });
  assert.deepEqual(unchosen(found), ["name", "street"]);
  assert.deepEqual(unchosen(local(null)), []);
});
