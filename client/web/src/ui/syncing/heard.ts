/** What a file that was taken in came to, as sentences: why it was refused, or what an answer brought beside numbers.
 * Pure. */

import type { Heard } from "../../desk.ts";
import { TenggatError } from "../../sync/errors.ts";
import type { Word } from "../words.ts";

export interface Sentence {
  word: Word;
  values: Record<string, number>;
  bad: boolean;
}

/** Refusals that mean something else of a file than of what was typed, or of a link. */
const OF_FILES: Record<string, Word> = {
  malformed: "files_in_malformed",
  too_large: "files_in_too_large",
  other_server: "files_in_other_server",
};

/** Why a file was not taken in, where that has words of its own. */
export function refusedFile(error: unknown): Word | null {
  return (error instanceof TenggatError && OF_FILES[error.code]) || null;
}

/** Of exchanges that were refused as a whole, the caller says why. */
export function sentencesOf(heard: Heard): Sentence[] {
  const found: Sentence[] = [];
  const say = (when: boolean | number, word: Word, bad: boolean) => {
    if (when) found.push({ word, values: typeof when === "number" ? { n: when } : {}, bad });
  };
  say(heard.problems.length > 0, "files_in_problem", true);
  say(heard.refused, "files_in_refused", true);
  say(heard.files_refused, "files_in_files_refused", true);
  say(heard.upgrade, "error_upgrade", true);
  say(heard.late && !heard.wiped, "files_in_late", false);
  say(heard.more, "files_in_more", false);
  return found;
}
