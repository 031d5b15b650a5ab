/** A database that the browser cleared is noticed and said. It may do so by itself when space runs out, and what was
 * typed and not received is then gone: the least is not to pretend that it never was.
 *
 * A marker outside of the database tells that there was one: a new database does not know the marker's instance. As
 * instance ids are minted in the database itself, the new one never goes on with the numbers of the old.
 */

import type { Loss } from "../desk.ts";
import { type Standing, type Store, standingOf } from "./store.ts";

/** What is used of `localStorage`. */
export type Marking = Pick<Storage, "getItem" | "setItem">;

interface Marker extends Standing {
  last_seen: string;
}

export class LossWatch {
  constructor(
    private readonly key: string,
    private readonly marking: Marking | null = localMarking(),
  ) {}

  /** Remember how the store stands. Some fifty microseconds. */
  remember(standing: Standing, at: string): void {
    if (!standing.instance) return;
    const marker: Marker = { ...standing, last_seen: at };
    try {
      this.marking?.setItem(this.key, JSON.stringify(marker));
    } catch {
      // No room, or no leave: a loss will then go unnoticed, and nothing else.
    }
  }

  /** Compare marker and database, once at the start: a loss is kept in the new database until the person has read it. */
  async notice(store: Store): Promise<void> {
    const marker = this.marker();
    const known = await store.read(({ outbox }) => outbox.instances());
    const standing = await store.change("relaxed", async here => {
      if (marker && !known.some(row => row.id === marker.instance)) {
        const { waiting, files, last_seen } = marker;
        const loss: Loss = { noticed: store.stamp(), waiting, files, last_seen };
        here.meta.set("loss", loss);
        await here.outbox.instance();
      }
      return standingOf(here);
    });
    this.remember(standing, store.stamp());
  }

  private marker(): Marker | null {
    try {
      const found = JSON.parse(this.marking?.getItem(this.key) ?? "null") as Partial<Marker> | null;
      if (typeof found?.instance !== "string") return null;
      const { instance, waiting, files, last_seen } = found;
      return { instance, waiting: Number(waiting) || 0, files: Number(files) || 0, last_seen: String(last_seen) };
    } catch {
      return null;
    }
  }
}

function localMarking(): Marking | null {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    // Some browsers forbid even to look.
    return null;
  }
}
