/** Problem bodies that become errors again. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { bodyCut, fromProblem, isMalformed, malformed, TenggatError, tooLarge } from "../../src/sync/errors.ts";

test("a problem body becomes the error it stands for", () => {
  const body = { type: "about:blank", title: "x", status: 429, code: "too_many", detail: "d", retry_after: 3 };
  const error = fromProblem(body);
  assert.ok(error instanceof TenggatError && error instanceof Error);
  assert.deepEqual([error.code, error.detail, error.message, error.extra], ["too_many", "d", "d", { retry_after: 3 }]);
});

test("whatever a body lacks, there is a code and a sentence", () => {
  for (const body of [{}, { code: 5, detail: "" }, { title: "" }]) {
    const error = fromProblem(body);
    assert.deepEqual([error.code, error.detail], ["error", "refused"]);
  }
  assert.equal(fromProblem({ code: "from_the_future", title: "t" }).detail, "t");
  assert.equal(fromProblem({ code: "from_the_future" }).code, "from_the_future");
});

test("whose fault it was", () => {
  assert.deepEqual([malformed("d"), bodyCut("d"), tooLarge("d")].map(isMalformed), [true, true, true]);
  assert.deepEqual([fromProblem({ code: "busy" }), new Error("x"), null].map(isMalformed), [false, false, false]);
});
