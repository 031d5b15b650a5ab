/** Three-way merge of a form's fields, field by field.
 *
 * Different fields merge. For the same field the server's value stays, and the other is kept beside it until a
 * person chooses; nobody's typing is dropped. The table, for one field, where *base* is what the person saw:
 *
 *     theirs = base          nothing changed here: keep ours
 *     ours = base            only this person changed it: take theirs
 *     ours = theirs          both typed the same: nothing to do
 *     otherwise              conflict: keep ours, keep theirs beside it
 *
 * An absent field and a field that is null are the same thing.
 */

export type Values = Readonly<Record<string, unknown>>;

/** One field that two people changed: `ours` stands on the server, `theirs` came later. */
export interface Disagreement {
  field: string;
  base: unknown;
  ours: unknown;
  theirs: unknown;
}

/** The merged values, the fields taken from the patch, and what could not be merged. */
export interface Merged {
  values: Record<string, unknown>;
  taken: string[];
  disagreements: Disagreement[];
}

/** The value of a field, null where there is none. By this and not by `values[field]`, because a city may well name
 * a field "constructor", which every object seems to have. */
export function valueAt(values: Values, field: string): unknown {
  return Object.hasOwn(values, field) ? (values[field] ?? null) : null;
}

/** Apply `patch` (field → new value), made over the values `was`, to the values `ours`.
 *
 * Fields come out in the order they had in `ours`, new ones after them in the patch's order.
 */
export function merge(ours: Values, patch: Values, was: Values): Merged {
  const values = new Map(Object.entries(ours));
  const taken: string[] = [];
  const disagreements: Disagreement[] = [];
  for (const field of Object.keys(patch)) {
    const theirs = valueAt(patch, field);
    const mine = valueAt(ours, field);
    const base = valueAt(was, field);
    if (same(theirs, base) || same(mine, theirs)) continue;
    if (same(mine, base)) {
      taken.push(field);
      if (theirs === null) values.delete(field);
      else values.set(field, theirs);
    } else {
      disagreements.push({ field, base, ours: mine, theirs });
    }
  }
  return { values: Object.fromEntries(values), taken, disagreements };
}

/** Equal as JSON. */
export function same(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== "object" || typeof right !== "object" || !left || !right) return false;
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every(
      key => Object.hasOwn(right, key) && same(left[key as keyof typeof left], right[key as keyof typeof right]),
    )
  );
}
