/** The keys of commands: their order, their ranges, and which of them cannot stay. */

import type { EntryKey } from "../desk.ts";
import type { State } from "../sync/outbox.ts";
import { commandOf } from "./command_line.ts";
import type { OutboxRow } from "./database.ts";

/** Of what waits, what is to be numbered anew because its instance (`named`, the row of it) was found to be used by
 * another: see `Outbox.fork`. */
export function movingOf(waiting: readonly OutboxRow[], named: number, reused: ReadonlySet<number>): OutboxRow[] {
  const keys = new Set<string>();
  return waiting.filter(row => {
    const builds = keys.has(keyOf({ instance: row.instance, seq: commandOf(row)?.after ?? 0 }));
    const moves = builds || row.state === "queued" || (row.instance === named && reused.has(row.seq));
    if (moves) keys.add(keyOf(row));
    return moves;
  });
}

/** The commands in a state, of all instances or of one, in the index by state. */
export function within(state: State, n?: number): IDBKeyRange {
  // An array comes after every number.
  return n === undefined ? IDBKeyRange.bound([state], [state, []]) : IDBKeyRange.bound([state, n], [state, n, []]);
}

export function keyOf({ instance, seq }: EntryKey): string {
  return `${instance}/${seq}`;
}

export function byKey(a: EntryKey, b: EntryKey): number {
  return a.instance - b.instance || a.seq - b.seq;
}
