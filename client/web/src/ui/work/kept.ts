/** How the list stood when it was left: in this window only, and worth nothing tomorrow. */

import { type Filters, NO_FILTERS } from "./rows.ts";

export interface Kept {
  filters: Filters;
  /** How many rows were shown. */
  shown: number;
  /** The case that was last gone into from here. */
  left: string | null;
  /** The case that stands beside the list. */
  open: string | null;
}

const KEY = "tenggat.work";
export const STEP = 50;

export function kept(): Kept {
  const fresh: Kept = { filters: { view: "mine", ...NO_FILTERS }, shown: STEP, left: null, open: null };
  try {
    return { ...fresh, ...JSON.parse(sessionStorage.getItem(KEY) ?? "{}") };
  } catch {
    // A browser that forbids it: the list then begins anew each time.
    return fresh;
  }
}

export function keep(change: Partial<Kept>): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ ...kept(), ...change }));
  } catch {
    // As above.
  }
}
