/** A file that cannot be opened without a network says so beforehand. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { FileState } from "../../src/desk.ts";
import { needsNetwork } from "../../src/ui/files/state.ts";
import { ARRIVED } from "../device/files/kept.ts";

const state = (here: boolean): FileState => ({
  ...{ attachment: "a", sha256: "0", size: 9, sent: 9, here },
  ...{ thumbnail: true, state: "arrived", trouble: null },
});

test("a file whose bytes are only at the server needs a network", () => {
  assert.equal(needsNetwork({ arrived: ARRIVED }, state(false)), true);
  assert.equal(needsNetwork({ arrived: ARRIVED }, state(true)), false);
});

test("nothing is said of one that the server has not, nor before this device knows", () => {
  assert.equal(needsNetwork({ arrived: null }, state(false)), false);
  assert.equal(needsNetwork({ arrived: ARRIVED }, undefined), false);
});
