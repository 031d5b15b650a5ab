/** The cases that all languages share. A file or a part that is missing or empty fails whoever asks for it. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

/** A whole file. `parts` are all that it may have: a new one must be run here, or be named as left out. */
export function file(name: string, parts: string[], leftOut: string[] = []): Record<string, unknown> {
  const path = resolve("..", "..", "tests", "vectors", `${name}.json`);
  const found: Record<string, unknown> = JSON.parse(readFileSync(path, "utf-8"));
  assert.deepEqual(Object.keys(found).sort(), [...parts, ...leftOut].sort(), `the parts of ${name}.json`);
  return found;
}

/** The cases of one part. */
export function cases<Case>(vectors: Record<string, unknown>, part: string): Case[] {
  const found = vectors[part];
  assert.ok(Array.isArray(found) && found.length > 0, `no cases in ${part}`);
  return found;
}
