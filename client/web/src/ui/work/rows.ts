/** Which cases an officer's list shows, and under which heading. Pure: a thousand rows are sorted out at each letter. */

import type { CaseRow, Entry, Person } from "../../desk.ts";
import { layOver } from "../../device/view.ts";
import { actionsFrom, type City, DRAFT, type Service, serviceOf, stageOf } from "../../schemas/catalogue.ts";
import { areaName, stageName } from "../naming.ts";
import { deedsOf, isRunning } from "./running.ts";

export const VIEWS = ["mine", "open", "ended"] as const;
export type View = (typeof VIEWS)[number];

/** Empty does not narrow. `stage` is `<service>/<stage>`, because two services may call theirs alike. */
export interface Filters {
  view: View;
  search: string;
  district: string;
  service: string;
  stage: string;
}

export const NO_FILTERS: Omit<Filters, "view"> = { search: "", district: "", service: "", stage: "" };

/** A row with what the catalogue knows of it. */
export interface Placed {
  row: CaseRow;
  service: Service | undefined;
  stage: string;
  district: string;
  ended: boolean;
  due: Urgency;
  /** Whether it waits for this person. */
  acts: boolean;
  /** What a search looks through. */
  words: string;
}

/** What all cases of a service in one stage share. */
type Place = Pick<Placed, "service" | "stage" | "ended" | "acts">;

export const URGENCIES = ["late", "today", "tomorrow", "week", "later", "none"] as const;
export type Urgency = (typeof URGENCIES)[number];

const DAY = 86_400_000;

/** "week" is until its Sunday, as people say it. */
export function urgencyOf(due: string | null, today: string): Urgency {
  if (due === null) return "none";
  const days = Math.round((Date.parse(due) - Date.parse(today)) / DAY);
  if (days < 0) return "late";
  if (days < 2) return days === 0 ? "today" : "tomorrow";
  const weekday = new Date(today).getUTCDay() || 7;
  return days <= 7 - weekday ? "week" : "later";
}

/** The rows as they will be once the server has heard what waits here: what was surveyed this morning is no task any
 * more, though there was no network to say so. */
export function asExpected(rows: readonly CaseRow[], waiting: readonly Entry[], city: City): CaseRow[] {
  const about = new Map<string, Entry[]>();
  for (const entry of waiting) about.set(entry.case, [...(about.get(entry.case) ?? []), entry]);
  return rows.map(row => {
    const service = serviceOf(city, row.service);
    const entries = about.get(row.id);
    if (!service || !entries) return row;
    const done = deedsOf(entries);
    const { stage } = layOver({}, row.stage, done, service);
    return { ...row, stage, waiting: done.length, opened: row.opened || done.length < entries.length };
  });
}

export function placed(rows: readonly CaseRow[], city: City, person: Person | null, today: string): Placed[] {
  const placeAt = remembered((_: string, row: CaseRow) => placeOf(row, city, person));
  const districtAt = remembered((code: string) => areaName(city, code));
  const urgencyAt = remembered((due: string) => urgencyOf(due || null, today));
  return rows.map(row => {
    const place = placeAt(`${row.mine}/${stageKey(row)}`, row);
    const district = districtAt(row.district ?? "");
    return {
      ...place,
      row,
      district,
      due: urgencyAt(row.due ?? ""),
      // What was refused, or has two values, waits for whoever typed it.
      acts: place.acts || row.refused > 0 || (row.mine && row.conflicts > 0),
      words: `${row.number ?? ""} ${row.id} ${row.title} ${district}`.toLowerCase(),
    };
  });
}

/** The same question has the same answer, and few are asked of a thousand rows. */
function remembered<T, R extends unknown[]>(ask: (key: string, ...rest: R) => T): (key: string, ...rest: R) => T {
  const known = new Map<string, T>();
  return (key, ...rest) => {
    const found = known.get(key) ?? ask(key, ...rest);
    known.set(key, found);
    return found;
  };
}

function placeOf(row: CaseRow, city: City, person: Person | null): Place {
  const service = serviceOf(city, row.service);
  const stage = service && stageOf(service, row.stage);
  const ended = Boolean(stage?.ending);
  return { service, stage: stageName(service, row.stage), ended, acts: !ended && actsOn(row, service, person) };
}

/** What is this person's to do: where the stage is their role's, or where they can move the case on. What they merely
 * may add, such as a note to somebody else's work, is no task. */
function actsOn(row: CaseRow, service: Service | undefined, person: Person | null): boolean {
  const stage = service && stageOf(service, row.stage);
  if (row.mine) return row.stage === DRAFT || stage?.waits_for === "applicant";
  if (!service || !stage || stage.waits_for === "applicant") return false;
  const mine = (role: string) => person?.roles.includes(role) ?? false;
  const moves = actionsFrom(service, stage.code).filter(action => action.to !== null);
  return (stage.role !== null && mine(stage.role)) || moves.some(action => action.roles.some(mine));
}

export function stageKey(row: Pick<CaseRow, "service" | "stage">): string {
  return `${row.service}/${row.stage}`;
}

export function inView({ row, ended, acts }: Placed, view: View): boolean {
  if (view === "ended") return ended;
  return view === "mine" ? acts : isRunning(row, ended);
}

export function matches({ row, words }: Placed, filters: Filters): boolean {
  return (
    (!filters.district || row.district === filters.district) &&
    (!filters.service || row.service === filters.service) &&
    (!filters.stage || stageKey(row) === filters.stage) &&
    (!filters.search.trim() || holds(row, words, filters.search.trim().toLowerCase()))
  );
}

// "krk-12" and "12" are how people say KRK-2026-000012.
const SHORT = /^(?:([a-z]+)[-\s]*)?(\d+)$/;

function holds(row: CaseRow, words: string, text: string): boolean {
  const short = SHORT.exec(text);
  if (short && row.number) {
    const [prefix = "", , tail = ""] = row.number.toLowerCase().split("-");
    if (Number(tail) === Number(short[2]) && (!short[1] || short[1] === prefix)) return true;
  }
  return words.includes(text);
}

/** By date, and of one day as they came in: looking at a case does not move it. The ended ones as they ended, the last
 * first; so do those without a date stand in the list as it comes. */
export function ordered(rows: readonly Placed[], view: View): Placed[] {
  return [...rows].sort(view === "ended" ? touchedLast : dueFirst);
}

function touchedLast({ row: one }: Placed, { row: other }: Placed): number {
  return (Date.parse(other.touched) || 0) - (Date.parse(one.touched) || 0);
}

function dueFirst({ row: one }: Placed, { row: other }: Placed): number {
  if (one.due === null || other.due === null) return Number(one.due === null) - Number(other.due === null);
  const [a, b] = [`${one.due} ${one.number}`, `${other.due} ${other.number}`];
  return a < b ? -1 : a > b ? 1 : 0;
}

export function grouped(rows: readonly Placed[]): [Urgency, Placed[]][] {
  return URGENCIES.map((urgency): [Urgency, Placed[]] => [urgency, rows.filter(row => row.due === urgency)]).filter(
    ([, found]) => found.length,
  );
}

export interface Choice {
  code: string;
  words: string;
  n: number;
}

/** What a filter offers: only what is there, with how many. The chosen one stays, though nothing of it is there but
 * only among `all`. */
export function choices(
  rows: readonly Placed[],
  of: (row: Placed) => readonly [code: string, words: string],
  chosen: string,
  all: readonly Placed[],
): Choice[] {
  const found = new Map<string, Choice>();
  for (const row of rows) {
    const [code, words] = of(row);
    if (!code) continue;
    const choice = found.get(code) ?? { code, words, n: 0 };
    choice.n += 1;
    found.set(code, choice);
  }
  if (chosen && !found.has(chosen)) {
    const words = all.map(of).find(([code]) => code === chosen)?.[1] ?? chosen;
    found.set(chosen, { code: chosen, words, n: 0 });
  }
  const { compare } = new Intl.Collator();
  return [...found.values()].sort((one, other) => compare(one.words, other.words));
}
