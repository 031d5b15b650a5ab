/** What the window says otherwise than a browser, because not all that a browser has is there. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { say } from "../../src/ui/words.ts";
import browsers from "../../src/words/id/cases.json" with { type: "json" };
import "../../src/desktop/said.ts";

test("a case that is not here can be tracked in a browser alone, and the window has no such page", () => {
  assert.notEqual(say("case_missing_what"), browsers.case_missing_what);
  assert.match(say("case_missing_what"), /lacak .* di peramban, di alamat server kota\.$/);
});
