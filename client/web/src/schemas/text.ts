/** Words for people, in the two languages that every text of a city comes in. */

export type Language = "id" | "en";

/** One text in Indonesian (the default) and English. */
export interface Text {
  id: string;
  en: string;
}

/** The text in that language; what was typed by one person is in no language but theirs. */
export function say(text: Text | string, language: Language): string {
  return typeof text === "string" ? text : text[language];
}

// What Python's `str.isspace` says: with the information separators and NEL, and without the byte order mark, which
// JavaScript takes for a space.
const SPACE = "[\\t-\\r\\x1c- \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
const ENDS = new RegExp(`^${SPACE}+|${SPACE}+$`, "g");
const SPACES = new RegExp(`${SPACE}+`, "g");

/** Python's `str.strip()`. */
export function strip(text: string): string {
  return text.replace(ENDS, "");
}

/** Python's `" ".join(text.split())`. */
export function inOneLine(text: string): string {
  return strip(text.replace(SPACES, " "));
}

/** Python's `len`: in code points, not in the halves of them that JavaScript counts. */
export function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}
