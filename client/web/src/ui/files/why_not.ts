/** Why a file cannot be taken, with something to do about it. */

import type { Document } from "../../schemas/catalogue.ts";
import { TenggatError } from "../../sync/errors.ts";
import { codeOf, explained } from "../errors.ts";
import { language, say } from "../words.ts";
import { kindsOf, mostInWords } from "./kinds.ts";

export function whyNot(error: unknown, document: Document): string {
  switch (codeOf(error)) {
    case "wrong_type":
      return say(`file_wrong_type_${kindsOf(document)}`);
    case "too_large":
      return say("file_too_large", { size: mostInWords(document) });
    case "too_many":
      return say("file_too_many", { n: document.count_max });
    case "same":
      return say("file_same");
    case "invalid_file":
      return problemIn(error) ?? explained(error);
    default:
      return explained(error);
  }
}

/** The first of the problems that came with it. */
function problemIn(error: unknown): string | null {
  const found = error instanceof TenggatError ? error.extra.problems : undefined;
  if (typeof found !== "object" || found === null) return null;
  const [first] = Object.values(found) as { text?: Partial<Record<string, string>> }[];
  return first?.text?.[language()] ?? null;
}
