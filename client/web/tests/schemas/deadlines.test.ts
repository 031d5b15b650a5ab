/** The shared cases of ledgers, their explanations and dates in words. */

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  dateInWords,
  ENGLISH,
  explain,
  INDONESIAN,
  inZone,
  momentInWords,
  relativeInWords,
} from "../../src/schemas/explain.ts";
import { breached, type Ledger, provisional, replay, state } from "../../src/schemas/ledger.ts";
import { ROLE_NAMES, roleName } from "../../src/schemas/roles.ts";
import type { Language, Text } from "../../src/schemas/text.ts";
import { cases, file } from "../vectors.ts";

const vectors = file("deadlines", ["ledgers", "dates", "moments", "distances"]);
const LANGUAGES: readonly Language[] = ["id", "en"];

interface LedgerCase {
  name: string;
  label: Text;
  today: string;
  ledger: Ledger;
  due: string;
  state: string;
  provisional: boolean;
  breached: boolean;
  explanation: Record<Language, string[]>;
}

const ledgers = cases<LedgerCase>(vectors, "ledgers");

for (const one of ledgers) {
  test(`ledger: ${one.name}`, () => {
    const before = JSON.stringify(one.ledger);
    assert.equal(replay(one.ledger), one.due);
    assert.equal(one.ledger.due, one.due);
    assert.deepEqual([state(one.ledger), provisional(one.ledger)], [one.state, one.provisional]);
    assert.equal(breached(one.ledger, one.today), one.breached);
    for (const language of LANGUAGES) {
      assert.deepEqual(explain(one.ledger, one.label, language, one.today), one.explanation[language]);
    }
    assert.equal(JSON.stringify(one.ledger), before, "nothing given is changed");
  });
}

test("without a today nothing is said of a running limit being late", () => {
  const running = ledgers.filter(one => one.state === "running");
  assert.ok(running.length > 10);
  for (const one of running) {
    assert.deepEqual(explain(one.ledger, one.label, "id"), one.explanation.id.slice(0, -1), one.name);
  }
});

test("the cases reach every phrase", () => {
  for (const [language, phrases] of Object.entries({ id: INDONESIAN, en: ENGLISH })) {
    const told = ledgers.flatMap(one => one.explanation[language as Language]).join(" ");
    for (const [key, phrase] of Object.entries(phrases)) {
      for (const piece of phrase.split(/\{\w+\}/)) assert.ok(told.includes(piece), `${language} ${key}`);
    }
  }
});

for (const one of cases<Text & { on: string }>(vectors, "dates")) {
  test(`date: ${one.on}`, () => {
    for (const language of LANGUAGES) assert.equal(dateInWords(one.on, language), one[language]);
  });
}

for (const one of cases<Text & { at: string }>(vectors, "moments")) {
  test(`moment: ${one.at}`, () => {
    for (const language of LANGUAGES) assert.equal(momentInWords(one.at, language), one[language]);
  });
}

for (const one of cases<Text & { on: string; today: string }>(vectors, "distances")) {
  test(`distance: ${one.on} seen ${one.today}`, () => {
    for (const language of LANGUAGES) assert.equal(relativeInWords(one.on, one.today, language), one[language]);
  });
}

for (const moment of ["2026-03-16T02:00:00", "2026-03-16", "", "2026-03-16T02:00:00+07"]) {
  test(`a moment without an offset is none: "${moment}"`, () => {
    assert.throws(() => momentInWords(moment, "id"), RangeError);
    assert.throws(() => inZone(moment, "Asia/Jakarta"), RangeError);
  });
}

const ZONED: [string, string, string][] = [
  ["2026-03-16T02:00:00Z", "Asia/Jakarta", "2026-03-16T09:00:00+07:00"],
  ["2026-03-16T17:00:00Z", "Asia/Jakarta", "2026-03-17T00:00:00+07:00"],
  ["2026-03-16T16:59:59.999999Z", "Asia/Jakarta", "2026-03-16T23:59:59+07:00"],
  ["2026-12-31T20:15:30+00:00", "Asia/Jakarta", "2027-01-01T03:15:30+07:00"],
  ["2026-03-16T09:00:00+07:00", "Asia/Jakarta", "2026-03-16T09:00:00+07:00"],
  ["2026-03-16T02:00:00Z", "Asia/Makassar", "2026-03-16T10:00:00+08:00"],
  ["2026-03-16T02:00:00Z", "Asia/Jayapura", "2026-03-16T11:00:00+09:00"],
  ["2026-03-16T02:00:00Z", "UTC", "2026-03-16T02:00:00+00:00"],
  // Half hours, summer time and the other side of Greenwich, where signs and days go wrong.
  ["2026-07-01T02:00:00Z", "Asia/Kolkata", "2026-07-01T07:30:00+05:30"],
  ["2026-07-01T02:00:00Z", "America/St_Johns", "2026-06-30T23:30:00-02:30"],
  ["2026-01-01T02:00:00Z", "America/St_Johns", "2025-12-31T22:30:00-03:30"],
  ["2024-02-29T23:00:00Z", "Asia/Jakarta", "2024-03-01T06:00:00+07:00"],
];

for (const [moment, timezone, there] of ZONED) {
  test(`${moment} in ${timezone}`, () => assert.equal(inZone(moment, timezone), there));
}

test("what is no moment or no zone is refused", () => {
  assert.throws(() => inZone("2026-13-40T02:00:00Z", "Asia/Jakarta"), RangeError);
  assert.throws(() => inZone("2026-03-16T02:00:00Z", "Asia/Semarang"), RangeError);
});

test("a moment of the server's is told on the city's clocks", () => {
  const there = inZone("2026-11-30T17:05:00Z", "Asia/Jakarta");
  assert.equal(momentInWords(there, "id"), "Selasa, 1 Desember 2026 pukul 00.05 WIB");
});

test("roles have names, and what is no role is given back", () => {
  assert.equal(roleName("owner", "id"), "Pemohon");
  assert.equal(roleName("section_head", "en"), "Section head");
  assert.equal(roleName("constructor", "en"), "constructor");
  assert.equal(ROLE_NAMES.size, 11);
});
