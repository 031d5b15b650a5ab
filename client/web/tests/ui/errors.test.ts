/** What is told of a refusal: in our own words, or in those of whoever refused, where they know more. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { explainedCode } from "../../src/ui/errors.ts";
import indonesian from "../../src/words/id/errors.json" with { type: "json" };

const TEXT = { id: "Banyak perangkat baru.", en: "Many new devices." };

test("who was refused because of others is not told of tries", () => {
  assert.equal(explainedCode("too_many", "wait", { text: TEXT }), TEXT.id);
  assert.equal(explainedCode("too_many", "wait"), indonesian.error_too_many);
});

test("whose password was changed as they signed in reads where their cases are", () => {
  assert.equal(explainedCode("wrong_credentials", "no", { text: TEXT }), TEXT.id);
  assert.equal(explainedCode("wrong_credentials", "no"), indonesian.error_wrong_credentials);
});

test("of all else our own words come first, which say what to do here", () => {
  assert.equal(explainedCode("busy", "wait", { text: TEXT }), indonesian.error_busy);
  assert.equal(explainedCode("not_invented_yet", "wait", { text: TEXT }), TEXT.id);
});
