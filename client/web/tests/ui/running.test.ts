/** Home says as many as the officers' list shows under "running". */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { CaseRow, Entry } from "../../src/desk.ts";
import { serviceOf, stageOf } from "../../src/schemas/catalogue.ts";
import { asExpected, inView, placed } from "../../src/ui/work/rows.ts";
import { countRunning } from "../../src/ui/work/running.ts";
import { CITY } from "../device/city.ts";

const NOTHING = {
  ...{ service: "izin", number: null, office: "tata", district: null, due: null, title: "", opened: true },
  ...{ conflicts: 0, mine: false, waiting: 0, refused: 0, touched: "2026-03-16T02:00:00Z" },
};

function row(id: string, stage: string, given: Partial<CaseRow> = {}): CaseRow {
  return { ...NOTHING, id, stage, ...given };
}

function waits(id: string, kind: string, action?: string): Entry {
  return {
    ...{ instance: 1, seq: 1, state: "queued", case: id, kind, queued_at: "", sent_at: null, base: 1, after: 0 },
    ...{ data: action ? { action } : {}, size: 1, result: null },
  };
}

function bothSay(rows: CaseRow[], waiting: Entry[] = []): number {
  const listed = placed(asExpected(rows, waiting, CITY), CITY, null, "2026-03-16").filter(one => inView(one, "open"));
  const ended = ({ service, stage }: CaseRow) => {
    const known = serviceOf(CITY, service);
    return Boolean(known && stageOf(known, stage)?.ending);
  };
  const counted = countRunning(rows, waiting, ended);
  assert.equal(counted, listed.length);
  return counted;
}

test("what ended is not running, unless something of it waits here or was refused", () => {
  assert.equal(bothSay([row("a", "survey"), row("b", "correction"), row("c", "done")]), 2);
  assert.equal(bothSay([row("a", "done", { waiting: 1 })], [waits("a", "case.act", "answer")]), 1);
  assert.equal(bothSay([row("a", "done", { refused: 1 })]), 1);
});

test("what will have ended once the server hears of it is running until then", () => {
  assert.equal(bothSay([row("a", "verification", { waiting: 1 })], [waits("a", "case.act", "verify")]), 1);
});

test("that an ended case was looked at does not make it run", () => {
  assert.equal(bothSay([row("a", "done", { waiting: 1 })], [waits("a", "case.open")]), 0);
});
