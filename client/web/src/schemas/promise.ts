/** The promise table: due dates worked out in advance, so that an offline device shows one without a calendar.
 *
 * The server makes it for the coming days; a device reads it. What it shows is *expected*: the date that holds is the
 * one the server stamps when it has received the case.
 */

import { valueAt } from "../sync/merge.ts";
import { daysFrom, plus } from "./ledger.ts";

/** For each service and limit, one number for each day of receipt. */
type Rows = Record<string, Record<string, number[]>>;

/** For each service and limit, the days from receipt to the due date, one number for each day of receipt.
 *
 * `rows[service][limit][i]` belongs to the day `first + i`, received within office hours. `provisional` lists, in the
 * same nesting, the indexes whose date rests on a holiday not decreed yet. `version` is the calendar's.
 */
export interface PromiseTable {
  version: string;
  first: string;
  rows: Rows;
  provisional?: Rows;
}

/** Each limit's due date for a case received on `day`; null outside the table or for an unknown service.
 *
 * After office hours ask for the day after: a working limit is then exact, a calendar limit at most a few days later
 * than the server's, never earlier.
 */
export function lookup(table: PromiseTable, service: string, day: string): Record<string, string> | null {
  const limits = limitsOf(table.rows, service);
  const index = daysFrom(table.first, day);
  if (!limits || index < 0) return null;
  const dates: [string, string][] = [];
  for (const [code, offsets] of limits) {
    const offset = offsets[index];
    if (offset === undefined) return null;
    dates.push([code, plus(day, offset)]);
  }
  return Object.fromEntries(dates);
}

/** The limits whose date for `day` may still move, because a holiday it rests on is not decreed yet. */
export function provisional(table: PromiseTable, service: string, day: string): Set<string> {
  const index = daysFrom(table.first, day);
  const limits = limitsOf(table.provisional ?? {}, service) ?? [];
  return new Set(limits.filter(([, indexes]) => indexes.includes(index)).map(([code]) => code));
}

function limitsOf(rows: Rows, service: string): [string, number[]][] | null {
  const found = valueAt(rows, service);
  return found === null ? null : Object.entries(found as Rows[string]);
}
