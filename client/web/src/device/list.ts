/** The rows of a list: the heads of stored records, with what the outbox knows of each case. */

import type { CaseRow, Entry } from "../desk.ts";
import { type City, DRAFT, titleOf } from "../schemas/catalogue.ts";
import type { CaseRecord } from "../schemas/record.ts";
import { WAITING } from "../sync/outbox.ts";
import { commandOf, entryOf } from "./command_line.ts";
import type { RecordRow } from "./database.ts";
import type { Here } from "./store.ts";
import { localCase, serviceNamed, setOf } from "./view.ts";

interface Busy {
  entries: Entry[];
  /** By this device's clock, when the last of them was done. */
  at: string;
}

/** Cases with the nearest due date first; without one, what was touched last. */
export async function rowsOf(here: Here, catalogue: Promise<City | null>): Promise<CaseRow[]> {
  // At the same time: each question of a transaction is a trip to another process and back.
  const [city, person, all, busy] = await Promise.all([
    catalogue,
    here.meta.get("person"),
    here.records.all(),
    busyCases(here),
  ]);
  const own = `person:${person?.id}`;
  const records = new Map(all.map(row => [row.id, row]));
  const rows: CaseRow[] = [];
  for (const [id, { entries, at }] of busy) {
    const record = records.get(id);
    const base = record ? rowOf(record, own) : draftRow(id, entries);
    // A head says what the server called it; what is typed since may call it otherwise.
    const typed = !record || entries.some(entry => Object.keys(setOf(entry.data)).length);
    const line = typed && record ? await here.records.line(id) : undefined;
    const known = line ? (JSON.parse(line) as CaseRecord) : null;
    const local = typed && city ? localCase(id, city, known, entries) : null;
    rows.push({
      ...base,
      title: local ? titleOf(local.service, local.fields).slice(0, 200) : base.title,
      waiting: entries.filter(entry => WAITING.includes(entry.state)).length,
      refused: entries.filter(entry => entry.state === "refused").length,
      touched: Date.parse(at) > (Date.parse(base.touched) || 0) ? at : base.touched,
    });
  }
  for (const row of records.values()) if (row.t === "case" && !busy.has(row.id)) rows.push(rowOf(row, own));
  return sorted(rows);
}

/** Cases with commands that the server has not answered, or refused, or that it received in an answer that broke off
 * before their records. */
async function busyCases({ outbox, meta }: Here): Promise<Map<string, Busy>> {
  const [since, open] = await Promise.all([meta.get("last_success"), outbox.rows(...WAITING, "refused")]);
  const cases = new Map<string, Busy>();
  for (const row of [...(await outbox.answeredAfter(since ?? "")), ...open]) {
    const found = cases.get(row.case) ?? { entries: [], at: row.queued_at };
    const at = commandOf(row)?.at ?? row.queued_at;
    found.entries.push(entryOf(row));
    if (Date.parse(at) > Date.parse(found.at)) found.at = at;
    cases.set(row.case, found);
  }
  return cases;
}

function rowOf(row: RecordRow, own: string): CaseRow {
  const { id, service, number, stage, office, district, due, title, opened, conflicts, touched, scopes } = row;
  const mine = scopes.includes(own);
  return {
    ...{ id, service, number, stage, office, district, due, title, opened, conflicts, mine, touched },
    waiting: 0,
    refused: 0,
  };
}

function draftRow(id: string, entries: Entry[]): CaseRow {
  return {
    id,
    service: entries.map(serviceNamed).find(Boolean) ?? "",
    number: null,
    stage: DRAFT,
    office: "",
    district: null,
    due: null,
    title: "",
    opened: false,
    conflicts: 0,
    mine: true,
    waiting: 0,
    refused: 0,
    touched: "",
  };
}

function sorted(rows: CaseRow[]): CaseRow[] {
  const keyed = rows.map(row => ({ row, due: row.due ?? "~", touched: Date.parse(row.touched) || 0 }));
  keyed.sort((a, b) => order(a.due, b.due) || b.touched - a.touched || order(a.row.id, b.row.id));
  return keyed.map(({ row }) => row);
}

/** Dates written as the standard has them stand in the order of their letters; "~" comes after all of them. */
function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
