/** The words that a person typed, made safe to keep and to compare. */

import type { Problem } from "./form_problems.ts";
import * as problems from "./form_problems.ts";
import { inOneLine, lengthOf, strip } from "./text.ts";

// C0 and C1 controls but tab and line ends, lone surrogates, and the marks that reverse the order of a line, with
// which a name can be made to read as another.
const FORBIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: to refuse them is the point
  /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufffe\uffff]/u;
// What Python's `str.isprintable` says no to.
const UNPRINTABLE = /\p{C}|(?! )\p{Z}/u;

/** Carries a problem out of the cleaning of an answer. */
export class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.code);
  }
}

export function refuse(problem: Problem): Refused {
  return new Refused(problem);
}

/** Trimmed, NFC, without forbidden characters. Throws `Refused`.
 *
 * Characters are Unicode code points, counted after normalising. A tab or line end in a one-line answer comes from
 * pasting and becomes a space.
 */
export function cleanWords(value: unknown, size: number, lines = false): string {
  if (typeof value !== "string") throw refuse(problems.NOT_TEXT);
  // Before any work on it, as at the server.
  if (lengthOf(value) > 4 * size + 1_000) throw refuse(problems.tooLong(size));
  let text = value;
  if (UNPRINTABLE.test(text)) {
    if (FORBIDDEN.test(text)) throw refuse(problems.BAD_CHARACTERS);
    text = lines ? text.replace(/\r\n?/g, "\n") : inOneLine(text);
  }
  return strip(strip(text).normalize("NFC"));
}
