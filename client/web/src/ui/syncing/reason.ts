/** Why the server refused a command, and which ways on there are. Pure. */

import type { Entry } from "../../desk.ts";
import { attachedBy } from "../../device/files/manifest.ts";
import type { Service } from "../../schemas/catalogue.ts";
import { explainedCode } from "../errors.ts";
import { fileName } from "../files/naming.ts";
import { language, sayIfKnown } from "../words.ts";
import { documentLabel, labelOf } from "./told.ts";

export type Way = "mend" | "choose" | "retry";

/** What helps, where that is known of a code; sending again, where it is not. Putting away is always possible. */
const WAYS: Record<string, readonly Way[]> = {
  invalid: ["mend"],
  invalid_file: ["mend"],
  documents_missing: ["mend"],
  documents_waiting: ["retry"],
  unknown_document: ["mend"],
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
export function problemsOf(entry: Entry, service: Service | undefined): { label: string; words: string }[] {
  const { result } = entry;
  const found = result?.details?.problems;
  if (typeof found !== "object" || found === null) return [];
  return Object.entries(found).map(([name, problem]: [string, unknown]) => ({
    label: fileOf(entry, name, service) ?? labelOf(name, service),
    words: wordsOf(problem),
  }));
}

/** A file's document and name, where a problem is a file's. */
function fileOf({ data }: Entry, id: string, service: Service | undefined): string | null {
  const files = attachedBy(data);
  const place = files.findIndex(file => file.id === id);
  const file = files[place];
  return file ? `${documentLabel(file.document, service)} (${fileName(file, place)})` : null;
}

function wordsOf(problem: unknown): string {
  if (typeof problem !== "object" || problem === null) return String(problem);
  const { text = problem, code } = problem as { text?: unknown; code?: unknown };
  const { [language()]: said, id } = text as Record<string, unknown>;
  return String(said ?? id ?? code ?? "");
}

/** The documents that it is about: those that are missing, or have not arrived, or were not asked for. */
export function documentsOf({ result }: Entry): string[] {
  const found = result?.details?.documents;
  return Array.isArray(found) ? found.map(String) : [];
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
