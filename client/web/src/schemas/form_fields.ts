/** A cleaner for each type of the catalogue. None of them throws anything but `Refused`.
 *
 * A clean value is a string, a number, a list or a `{lat, lon}` that can be stored and sent as JSON as it is. A blank
 * answer is null, which is no answer. No value of a person ever enters a message.
 */

import { type City, type Field, type FieldType, NUMBER_BOUND, sizeOf } from "./catalogue.ts";
import type { Problem } from "./form_problems.ts";
import * as problems from "./form_problems.ts";
import { cleanWords, refuse } from "./form_words.ts";
import { plus } from "./ledger.ts";
import { lengthOf, strip } from "./text.ts";

type Cleaner = (value: unknown) => unknown;

// Clean words hold no other space than the plain one.
const SEPARATORS = /[ ().-]+/g;
const DIGITS = /^[0-9]+$/;
const DECIMAL = /^[+-]?[0-9]{1,15}(?:[.,][0-9]{1,10})?$/;
// "1.250" is 1250 to an Indonesian and 1.25 to a program: refused rather than guessed.
const THOUSANDS = /^[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}$/;
const DATE = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;
const PHONE = /^\+?[0-9]{8,15}$/;
const EMAIL = /^[^@ "<>(),;:\\]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,63}$/u;
const CASE = /^[A-Z0-9][A-Z0-9./-]{2,39}$/;
// Seven decimals of a degree are a centimetre; more is noise that makes equal places differ.
const DEGREE_DECIMALS = 7;

/** The cleaner for a catalogue field of this city. */
export function build(field: Field, city: City): Cleaner {
  // A catalogue that is newer than this app may have types that it does not know: the server will judge them.
  const builder: Builder | undefined = BUILDERS[field.type];
  return builder ? builder(field, city) : value => value;
}

type Builder = (field: Field, city: City) => Cleaner;

function text(field: Field): Cleaner {
  const size = sizeOf(field);
  const least = Math.trunc(field.min ?? 0);
  return value => {
    const words = cleanWords(value, size, field.type === "longtext");
    if (lengthOf(words) > size) throw refuse(problems.tooLong(size));
    if (words && lengthOf(words) < least) throw refuse(problems.tooShort(least));
    return words || null;
  };
}

function digits(field: Field): Cleaner {
  const size = sizeOf(field);
  const least = Math.trunc(field.min ?? 0);
  return value => {
    // People copy numbers with the spaces, dots and hyphens that are printed on the card.
    const found = cleanWords(value, 100).replace(SEPARATORS, "");
    if (!found) return null;
    if (!DIGITS.test(found)) throw refuse(problems.NOT_DIGITS);
    if (field.length !== null && found.length !== field.length) throw refuse(problems.wrongLength(field.length));
    if (found.length > size) throw refuse(problems.tooLong(size));
    if (found.length < least) throw refuse(problems.tooShort(least));
    return found;
  };
}

function number(field: Field): Cleaner {
  const least = field.min ?? -NUMBER_BOUND;
  const most = field.max ?? NUMBER_BOUND;
  return value => {
    const found = typeof value === "string" ? numeral(value) : value;
    if (found === null) return null;
    if (typeof found !== "number" || !Number.isFinite(found)) throw refuse(problems.NOT_A_NUMBER);
    if (field.type === "integer" && !Number.isInteger(found)) throw refuse(problems.NOT_WHOLE);
    if (found < least || found > most) throw refuse(problems.outOfRange(least, most, field.unit));
    // + 0 turns -0, which no one means, into 0.
    return found + 0;
  };
}

function numeral(value: string): number | null {
  const words = cleanWords(value, 40);
  if (!words) return null;
  if (THOUSANDS.test(words) || !DECIMAL.test(words)) throw refuse(problems.NOT_A_NUMBER);
  return Number(words.replace(",", "."));
}

function oneOf(codes: readonly string[], unknown: Problem): Cleaner {
  return value => {
    if (typeof value === "string") {
      const code = trimmed(value);
      if (!code) return null;
      if (codes.includes(code)) return code;
    }
    throw refuse(unknown);
  };
}

// What is this long is no code, blank or not.
function trimmed(code: string): string {
  return lengthOf(code) < 200 ? strip(code) : code;
}

function choice(field: Field): Cleaner {
  return oneOf(codesOf(field.options), problems.UNKNOWN_OPTION);
}

function area(_: Field, city: City): Cleaner {
  return oneOf(codesOf(city.areas.filter(one => one.kind === "kelurahan")), problems.UNKNOWN_AREA);
}

function office(_: Field, city: City): Cleaner {
  return oneOf(codesOf(city.offices), problems.UNKNOWN_OFFICE);
}

function yesno(): Cleaner {
  const one = oneOf(["yes", "no"], problems.NOT_YES_OR_NO);
  return value => (typeof value === "boolean" ? (value ? "yes" : "no") : one(value));
}

function multi(field: Field): Cleaner {
  const order = codesOf(field.options);
  const least = Math.trunc(field.min ?? 0);
  const most = Math.min(sizeOf(field), order.length);
  return value => {
    const given: unknown = typeof value === "string" ? [value] : value;
    if (!Array.isArray(given)) throw refuse(problems.NOT_A_LIST);
    // No answer lists an option more than once by intent, so a longer list is not read at all.
    if (given.length > 2 * order.length) throw refuse(problems.UNKNOWN_OPTION);
    const chosen = new Set(given.map(code => (typeof code === "string" ? trimmed(code) : null)));
    chosen.delete("");
    if (![...chosen].every(code => code !== null && order.includes(code))) throw refuse(problems.UNKNOWN_OPTION);
    if (chosen.size > most) throw refuse(problems.tooMany(most));
    if (chosen.size && chosen.size < least) throw refuse(problems.tooFew(least));
    // In the catalogue's order, so that two people who tick the same boxes give the same answer.
    return chosen.size ? order.filter(code => chosen.has(code)) : null;
  };
}

function date(): Cleaner {
  return value => {
    const day = cleanWords(value, 40);
    if (!day) return null;
    // There and back, because JavaScript takes 30 February for the day it would be in March.
    if (!DATE.test(day) || day < "0001" || !isDay(day)) throw refuse(problems.NOT_A_DATE);
    if (day < "1900" || day >= "2101") throw refuse(problems.DATE_OUT_OF_RANGE);
    return day;
  };
}

function isDay(day: string): boolean {
  return !Number.isNaN(Date.parse(day)) && plus(day, 0) === day;
}

function matching(pattern: RegExp, field: Field, wrong: Problem, prepare: (text: string) => string): Cleaner {
  const size = sizeOf(field);
  return value => {
    const found = prepare(cleanWords(value, size));
    if (!found) return null;
    if (lengthOf(found) > size || !pattern.test(found)) throw refuse(wrong);
    return found;
  };
}

function phone(field: Field): Cleaner {
  return matching(PHONE, field, problems.NOT_A_PHONE, words => words.replace(SEPARATORS, ""));
}

function email(field: Field): Cleaner {
  return matching(EMAIL, field, problems.NOT_AN_EMAIL, words => words);
}

function caseNumber(field: Field): Cleaner {
  return matching(CASE, field, problems.NOT_A_CASE, words => words.toUpperCase().replaceAll(" ", ""));
}

function coordinate(value: unknown, bound: number, wrong: Problem): number {
  if (typeof value !== "number" || !(Math.abs(value) <= bound)) throw refuse(wrong);
  // + 0 turns -0, which JSON writers disagree about, into 0.
  return Number(value.toFixed(DEGREE_DECIMALS)) + 0;
}

function point(): Cleaner {
  return value => {
    if (value === "") return null;
    const wrong = problems.NOT_A_POINT;
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw refuse(wrong);
    const { lat, lon, accuracy, ...others } = value as Record<string, unknown>;
    if (Object.keys(others).length) throw refuse(wrong);
    const place = { lat: coordinate(lat, 90, wrong), lon: coordinate(lon, 180, wrong) };
    // Metres. Half the globe is the worst that a device can truthfully claim.
    return (accuracy ?? null) === null
      ? place
      : { ...place, accuracy: Math.abs(coordinate(accuracy, 20_000_000, wrong)) };
  };
}

function outline(field: Field): Cleaner {
  const least = Math.max(3, Math.trunc(field.min ?? 0));
  const most = sizeOf(field);
  return value => {
    const wrong = problems.NOT_AN_OUTLINE;
    if (value === "") return null;
    if (!Array.isArray(value)) throw refuse(wrong);
    if (!value.length) return null;
    if (value.length > most) throw refuse(problems.tooMany(most));
    if (!value.every(corner => Array.isArray(corner) && corner.length === 2)) throw refuse(wrong);
    if (value.length < least) throw refuse(problems.tooFew(least));
    return value.map(([lat, lon]: unknown[]) => [coordinate(lat, 90, wrong), coordinate(lon, 180, wrong)]);
  };
}

function codesOf(all: readonly { code: string }[]): string[] {
  return all.map(one => one.code);
}

const BUILDERS: Record<FieldType, Builder> = {
  text,
  longtext: text,
  digits,
  integer: number,
  number,
  choice,
  multi,
  date,
  phone,
  email,
  area,
  office,
  case: caseNumber,
  point,
  outline,
  yesno,
};
