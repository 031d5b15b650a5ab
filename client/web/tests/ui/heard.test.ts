/** Nothing that an answer brought is left unsaid, and of each there are words in both languages. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Heard } from "../../src/desk.ts";
import { TenggatError } from "../../src/sync/errors.ts";
import { refusedFile, sentencesOf } from "../../src/ui/syncing/heard.ts";
import english from "../../src/words/en/desktop.json" with { type: "json" };
import syncing from "../../src/words/en/syncing.json" with { type: "json" };
import indonesian from "../../src/words/id/desktop.json" with { type: "json" };
import sinkron from "../../src/words/id/syncing.json" with { type: "json" };

const NOTHING: Heard = {
  problems: [],
  refused: 0,
  files_refused: 0,
  late: false,
  more: false,
  upgrade: false,
  wiped: false,
};

const CASES: [Partial<Heard>, string, boolean][] = [
  [{ problems: [{ code: "malformed", detail: "" }] }, "files_in_problem", true],
  [{ refused: 2 }, "files_in_refused", true],
  [{ files_refused: 1 }, "files_in_files_refused", true],
  [{ upgrade: true }, "error_upgrade", true],
  [{ late: true }, "files_in_late", false],
  [{ more: true }, "files_in_more", false],
];

test("an answer that brought nothing bad says nothing beside its numbers", () => {
  assert.deepEqual(sentencesOf(NOTHING), []);
});

for (const [what, word, bad] of CASES) {
  test(`${word} is said in both languages`, () => {
    assert.deepEqual(
      sentencesOf({ ...NOTHING, ...what }).map(one => [one.word, one.bad]),
      [[word, bad]],
    );
    assert.ok(word in english && word in indonesian, word);
  });
}

test("a file that is too large is told of as a file, in a browser too, and not to be shortened", () => {
  assert.match(syncing.files_in_too_large, /^This file is larger/);
  assert.match(sinkron.files_in_too_large, /^Berkas ini lebih besar/);
});

test("a file of another server is told of as a file, and not as an invitation's link", () => {
  const refused = (code: string) => refusedFile(new TenggatError(code, "no"));
  assert.deepEqual(["other_server", "too_large", "unreachable"].map(refused), [
    "files_in_other_server",
    "files_in_too_large",
    null,
  ]);
  assert.equal(refusedFile(null), null);
  assert.match(english.files_in_other_server, /^This file is of another server.*keep it/);
  assert.match(indonesian.files_in_other_server, /^Berkas bawaan ini dari server lain.*simpan saja/);
});

test("all of them are said, what is bad first", () => {
  const all = sentencesOf(Object.assign({ ...NOTHING }, ...CASES.map(([what]) => what)));
  assert.deepEqual(
    all.map(one => one.word),
    CASES.map(([, word]) => word),
  );
  assert.deepEqual(all[1]?.values, { n: 2 });
});
