/** What a new PIN, a passphrase and a recovery code must look like. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { CODE_LENGTH, groups, readCode, secretFault } from "../../src/desktop/secret.ts";

test("a PIN is six digits that nobody tries first, typed twice", () => {
  const faults = ["", "12a456", "80412", "000000", "123456", "876543", "804127"].map(pin =>
    secretFault("pin", pin, "804127"),
  );
  assert.deepEqual(faults, ["missing", "digits", "short", "plain", "plain", "plain", null]);
  assert.equal(secretFault("pin", "804127", "804128"), "differs");
  // Digits of another script are no digits of a keyboard that is there tomorrow.
  assert.equal(secretFault("pin", "٨٠٤١٢٧", "٨٠٤١٢٧"), "digits");
});

test("a passphrase is long, and may be of any signs", () => {
  const fault = (secret: string) => secretFault("passphrase", secret, secret);
  assert.deepEqual(["pohon jati", "aaaaaaaaaaaa", "abcdefghijkl"].map(fault), ["short", "plain", "plain"]);
  assert.equal(fault("tiga pohon jati"), null);
});

test("a code is read however it was written down", () => {
  const code = "AB2D7XKQ9MNP4RST6UVW8YZ3C5EF1GHJ";
  assert.equal(code.length, CODE_LENGTH);
  assert.equal(readCode(" ab2d-7xkq 9mnp.4rst\n6uvw 8yz3 c5ef 1ghj "), code);
  assert.deepEqual(groups("ab2d 7xkq"), ["AB2D", "7XKQ"]);
});
