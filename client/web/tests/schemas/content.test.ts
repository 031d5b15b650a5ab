/** The shared cases in `tests/vectors/content.json`. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { isWhole } from "../../src/device/files/content.ts";
import { kindOf, pdfEnds } from "../../src/schemas/content.ts";
import { cases, file } from "../vectors.ts";

const vectors = file("content", ["kinds", "ends", "files"]);

/** Pieces in hexadecimal digits, each as often as it says. */
function bytesOf(written: string): Uint8Array<ArrayBuffer> {
  const pieces = written.split(" ").map(piece => piece.split("*"));
  const digits = pieces.map(([some = "", times]) => some.repeat(Number(times ?? 1))).join("");
  return Uint8Array.from(Buffer.from(digits, "hex"));
}

for (const one of cases<{ name: string; head: string; type: string | null }>(vectors, "kinds")) {
  test(`of what type is: ${one.name}`, () => {
    assert.equal(kindOf(bytesOf(one.head)), one.type);
  });
}

for (const one of cases<{ name: string; tail: string; ends: boolean }>(vectors, "ends")) {
  test(`whether it ends: ${one.name}`, () => {
    assert.equal(pdfEnds(bytesOf(one.tail)), one.ends);
  });
}

for (const one of cases<{ name: string; head: string; tail: string; refused: string | null }>(vectors, "files")) {
  test(`whether it is taken: ${one.name}`, () => {
    const bytes = Uint8Array.from([...bytesOf(one.head), ...Array(10_000).fill(0x20), ...bytesOf(one.tail)]);
    const kind = kindOf(bytes);
    const whole = kind !== null && isWhole(kind, bytes.buffer);
    // What a browser can read of HEIC it takes, as a JPEG.
    const refused = kind === null ? "wrong_type" : kind === "image/heic" ? "heic" : whole ? null : "broken_file";
    assert.equal(refused, one.refused);
  });
}
