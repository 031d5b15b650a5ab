/** Which cases count as running, on the list and where home says how many there are. */

import type { CaseRow, Entry } from "../../desk.ts";

/** What happened here and is not settled keeps even an ended case in sight. */
export function isRunning({ waiting, refused }: Pick<CaseRow, "waiting" | "refused">, ended: boolean): boolean {
  return !ended || waiting + refused > 0;
}

/** What was done, of what waits here: that a case was looked at is no news to whoever looked. */
export function deedsOf(waiting: readonly Entry[]): Entry[] {
  return waiting.filter(entry => entry.kind !== "case.open");
}

/** How many of these rows are running; `ended` by the stage that the server last said. */
export function countRunning(
  rows: readonly CaseRow[],
  waiting: readonly Entry[],
  ended: (row: CaseRow) => boolean,
): number {
  const done = new Set(deedsOf(waiting).map(entry => entry.case));
  return rows.filter(row => isRunning({ waiting: Number(done.has(row.id)), refused: row.refused }, ended(row))).length;
}
