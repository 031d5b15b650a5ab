/** Why the server refused a command, and which ways on there are. Pure. */

import type { Entry } from "../../desk.ts";
import type { Service } from "../../schemas/catalogue.ts";
import { explainedCode } from "../errors.ts";
import { language, sayIfKnown } from "../words.ts";
import { labelOf } from "./told.ts";

export type Way = "mend" | "choose" | "retry";

/** What helps, where that is known of a code; sending again, where it is not. Putting away is always possible. */
const WAYS: Record<string, readonly Way[]> = {
  invalid: ["mend"],
  note_required: ["mend"],
  items_required: ["mend"],
  unknown_item: ["mend"],
  not_marked: ["mend"],
  choose_first: ["choose", "retry"],
  wrong_stage: [],
  no_form: [],
  same_person: [],
  too_often: [],
  supervisor_only: [],
  not_yours: [],
  not_open_for_changes: [],
  nothing_to_choose: [],
  case_full: [],
};

export function waysOf({ result }: Entry): readonly Way[] {
  return WAYS[result?.code ?? ""] ?? ["retry"];
}

/** In the person's language, as the server said it or else by its code. */
export function reasonOf({ result }: Entry): string {
  const said = result?.text?.[language()] ?? result?.text?.id;
  const code = result?.code ?? result?.status ?? "internal";
  return said ?? sayIfKnown(`error_${code}`) ?? explainedCode(code, code);
}

/** What is wrong with which question. */
export function problemsOf({ result }: Entry, service: Service | undefined): { label: string; words: string }[] {
  const found = result?.details?.problems;
  if (typeof found !== "object" || found === null) return [];
  return Object.entries(found).map(([name, problem]: [string, unknown]) => ({
    label: labelOf(name, service),
    words: wordsOf(problem),
  }));
}

function wordsOf(problem: unknown): string {
  if (typeof problem !== "object" || problem === null) return String(problem);
  const { [language()]: said, id, code } = problem as Record<string, unknown>;
  return String(said ?? id ?? code ?? "");
}

/** Who was first, where the server tells it. */
export function firstOf({ result }: Entry): { by: string; at: string } | null {
  const { by, at } = result?.details ?? {};
  return typeof by === "string" && by && typeof at === "string" ? { by, at } : null;
}

/** Whether the case keeps what this carried as late evidence: so it does for what an officer wrote down. */
export function keptAsEvidence({ data, result }: Entry): boolean {
  return result?.code === "wrong_stage" && Boolean(data.form || data.note);
}
