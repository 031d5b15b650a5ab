/** The ledger behind a date: everything a deadline rests on, written down so that anyone can count it again.
 *
 * A ledger is made at the server and read everywhere. It carries its own holidays, so a device replays the date and
 * explains it with no calendar at hand. `docs/adr/0003-deadline-is-a-ledger.md` says why.
 *
 * A date is "YYYY-MM-DD", so that dates compare as texts; a moment carries its own offset from UTC. Neither ever meets
 * the time zone of the machine.
 */

import type { Rolls, Unit } from "./catalogue.ts";
import type { Text } from "./text.ts";

export type SkipKind = "holiday" | "leave" | "closed";
export type State = "running" | "paused" | "met";

const DAY = 86_400_000;

/** The date `days` after `day`. */
export function plus(day: string, days: number): string {
  return new Date(Date.parse(day) + days * DAY).toISOString().slice(0, 10);
}

/** How many days `day` comes after `other`. */
export function daysFrom(other: string, day: string): number {
  return (Date.parse(day) - Date.parse(other)) / DAY;
}

/** 1 is Monday, 7 is Sunday. */
export function isoWeekday(day: string): number {
  return new Date(day).getUTCDay() || 7;
}

/** The date of a moment, where it happened. */
export function dateOf(moment: string): string {
  return moment.slice(0, 10);
}

/** A day on which the offices do not work, by its name.
 *
 * `kind`: a public holiday, a day of joint leave (*cuti bersama*), or a day that a decree of the city closed.
 * `estimated`: the day follows the moon and is not decreed yet, so it may still move.
 */
export interface Skip {
  on: string;
  name: Text;
  kind: SkipKind;
  estimated?: boolean;
}

/** A time in which the clock stood still.
 *
 * `since` is the last day that still counted, `until` the day after which counting goes on (absent while it lasts).
 * `days` is what the pause adds, in the ledger's unit. `why` is read by the applicant: the city's own words in both
 * languages, or one person's words as typed. `by` is the code of the role that asked.
 */
export interface Pause {
  since: string;
  why: Text | string;
  by: string;
  until?: string | null;
  days?: number;
}

/** One running, paused or met limit of one case, and all that its date rests on.
 *
 * `rule` is the version of the service that set `days`. `received` is the server's moment, with the city's offset.
 * `start` is day 0: the first day counted is the one after it. `weekend` holds ISO weekdays. `skips` are the holidays
 * on weekdays that moved the date, and no others. `near` are estimated holidays that do not move the date now but
 * would if they moved by a day; `undecreed` are the years whose joint leave is not published yet. `calendar` is the
 * version of the calendar counted with.
 */
export interface Ledger {
  limit: string;
  rule: number;
  days: number;
  unit: Unit;
  rolls: Rolls;
  received: string;
  start: string;
  weekend: number[];
  due: string;
  calendar: string;
  skips?: Skip[];
  pauses?: Pause[];
  near?: Skip[];
  undecreed?: number[];
  met?: string | null;
}

/** The city's date of the moment of receipt; `start` may be later. */
export function arrived(ledger: Ledger): string {
  return dateOf(ledger.received);
}

/** The pause that still lasts. */
export function openPause(ledger: Ledger): Pause | null {
  const last = ledger.pauses?.at(-1);
  return last && !last.until ? last : null;
}

export function state(ledger: Ledger): State {
  if (ledger.met) return "met";
  return openPause(ledger) ? "paused" : "running";
}

/** The date may still move through no act of anyone in the case: it rests on what is not decreed yet.
 *
 * A met ledger is history and moves no more.
 */
export function provisional(ledger: Ledger): boolean {
  const doubtful = ledger.near?.length || ledger.undecreed?.length || ledger.skips?.some(skip => skip.estimated);
  return !ledger.met && Boolean(doubtful);
}

/** The days of the rule and of all pauses that ended, in the ledger's unit. */
export function total(ledger: Ledger): number {
  return (ledger.pauses ?? []).reduce((days, pause) => days + (pause.days ?? 0), ledger.days);
}

/** True where the promise was not kept, judged on the day it was met, else paused, else `today`.
 *
 * A deadline met on its due day is kept, whatever the hour. The clock stands still in a pause, so a pause neither
 * causes a breach nor hides one that came before it.
 */
export function breached(ledger: Ledger, today: string): boolean {
  const pause = openPause(ledger);
  if (pause) return pause.since > ledger.due;
  return (ledger.met ? dateOf(ledger.met) : today) > ledger.due;
}

/** The due date, counted from nothing but the ledger's own entries.
 *
 * Equals `ledger.due` for every ledger the server makes; where it does not, the ledger was tampered with.
 */
export function replay(ledger: Ledger): string {
  const skipped = new Set(ledger.skips?.map(skip => skip.on));
  const works = (day: string) => !ledger.weekend.includes(isoWeekday(day)) && !skipped.has(day);

  if (ledger.unit === "calendar") return roll(plus(ledger.start, total(ledger)), ledger.start, ledger.rolls, works);
  let day = ledger.start;
  for (let left = total(ledger); left > 0; left -= 1) day = next(plus(day, 1), works);
  return day;
}

/** The working day that `day` rolls to: itself, else the next one, or the previous where the rule says so.
 *
 * Never before `start`: where no working day lies between `start` and `day`, it is the next one after all.
 */
export function roll(day: string, start: string, rolls: Rolls, works: (day: string) => boolean): string {
  if (rolls === "previous") {
    for (let earlier = day; earlier >= start; earlier = plus(earlier, -1)) {
      if (works(earlier)) return earlier;
    }
  }
  return next(day, works);
}

function next(day: string, works: (day: string) => boolean): string {
  return works(day) ? day : next(plus(day, 1), works);
}
