/** A text goes in at the cursor, apart from its neighbours, and takes the place of nothing. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { insertion } from "../../src/ui/acting/insertion.ts";

function put(typed: string, cursor: number, text = "TEKS"): string {
  const { words, at } = insertion(typed, cursor, text);
  return typed.slice(0, at) + words + typed.slice(at);
}

test("a text goes in at the cursor", () => {
  assert.equal(put("", 0), "TEKS");
  assert.equal(put("Halo.", 5), "Halo.\nTEKS");
  assert.equal(put("Halo.", 0), "TEKS\nHalo.");
  assert.equal(put("Halo.\nSalam.", 6), "Halo.\nTEKS\nSalam.");
  assert.equal(put("Halo.\n\nSalam.", 6), "Halo.\nTEKS\nSalam.");
  assert.equal(put("Halo teman", 4), "Halo\nTEKS\n teman");
});

test("nothing that was typed is lost, wherever a browser says that the cursor is", () => {
  const typed = "Satu dua\n tiga ";
  for (let cursor = -3; cursor < typed.length + 3; cursor += 1) {
    const found = put(typed, cursor);
    assert.equal(found.replace("TEKS", "").replaceAll("\n", ""), typed.replaceAll("\n", ""));
    assert.ok(found.includes("TEKS"));
  }
});
