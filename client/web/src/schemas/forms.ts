/** Are these answers ones that the service can take? The same function decides at the server and on every device. */

import { type Values, valueAt } from "../sync/merge.ts";
import { asked, type City, type Field, type Service } from "./catalogue.ts";
import { build } from "./form_fields.ts";
import type { Problem } from "./form_problems.ts";
import * as problems from "./form_problems.ts";
import { Refused } from "./form_words.ts";

export type { Problem };

// Enough to see what an outdated app sends, without echoing a hostile megabyte of names.
const MAX_UNKNOWN = 20;

/** Clean answers, and what to do about each of the others, by field. */
export interface Checked {
  clean: Record<string, unknown>;
  problems: Record<string, Problem>;
}

/** The fields that are put to a person who gave these (clean) answers, in order.
 *
 * A field that is not asked counts as unanswered for the conditions after it, whatever an earlier choice left there.
 */
export function askedFields(fields: readonly Field[], values: Values): Field[] {
  const counted: Record<string, unknown> = {};
  return fields.filter(field => {
    if (!asked(field, counted)) return false;
    counted[field.name] = valueAt(values, field.name);
    return true;
  });
}

/** Clean answers, and what to do about each of the others. Never throws, whatever JSON gave.
 *
 * `partial` is a draft: nothing is required, and answers to questions no longer asked are kept, because a person who
 * changes a choice back expects to find them. Otherwise (a submit) such answers are dropped without a problem. An
 * answer with a problem is not in the clean ones; a draft keeps what was typed beside them.
 *
 * Give all the fields of a form: a condition on a field that is not among them finds no answer. A correction is
 * therefore checked as a whole, with the mended answers laid over the others.
 */
export function checkForm(
  city: City,
  _service: Service,
  fields: readonly Field[],
  values: unknown,
  partial: boolean,
): Checked {
  if (typeof values !== "object" || values === null || Array.isArray(values)) {
    return { clean: {}, problems: { "": problems.NOT_A_FORM } };
  }
  const typed = values as Values;
  let { clean, found } = load(city, fields, typed);
  if (!partial) {
    const put = askedFields(fields, Object.fromEntries(clean));
    const names = new Set(put.map(field => field.name));
    // A refused answer is not also a missing one: only the refusal says what to do.
    const missing = put.filter(field => field.required && !clean.has(field.name));
    const refused = [...found].filter(([name]) => names.has(name));
    clean = new Map([...clean].filter(([name]) => names.has(name)));
    found = new Map([...missing.map((field): [string, Problem] => [field.name, problems.REQUIRED]), ...refused]);
  }
  const unknown = Object.keys(typed).filter(key => !fields.some(field => field.name === key));
  for (const key of unknown.slice(0, MAX_UNKNOWN)) found.set(printable(key), problems.UNKNOWN_FIELD);
  return { clean: Object.fromEntries(clean), problems: Object.fromEntries(found) };
}

function load(city: City, fields: readonly Field[], values: Values) {
  const clean = new Map<string, unknown>();
  const found = new Map<string, Problem>();
  for (const field of fields) {
    const typed = valueAt(values, field.name);
    if (typed === null) continue;
    try {
      const answer = build(field, city)(typed);
      if (answer !== null) clean.set(field.name, answer);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      found.set(field.name, error.problem);
    }
  }
  return { clean, found };
}

function printable(key: string): string {
  return [...key]
    .slice(0, 40)
    .join("")
    .replace(/\p{Surrogate}/gu, "?");
}
