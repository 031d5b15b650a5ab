/** What an answer brought beside numbers: what was refused, and what is still to come, each as a sentence. Pure. */

import type { Heard } from "../../desk.ts";
import type { Word } from "../words.ts";

export interface Sentence {
  word: Word;
  values: Record<string, number>;
  bad: boolean;
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
