/** What is told to a person when a deed was refused or an exchange failed: by the word code, never by a stack trace. */

import { TenggatError } from "../sync/errors.ts";
import { language, say, sayIfKnown } from "./words.ts";

export function codeOf(error: unknown): string {
  return error instanceof TenggatError ? error.code : "unforeseen";
}

/** One sentence or two: what happened, and what to do. */
export function explained(error: unknown): string {
  if (!(error instanceof TenggatError)) return say("error_unforeseen", { detail: String(error) });
  return explainedCode(error.code, error.detail, error.extra);
}

export function explainedCode(code: string, detail: string, extra: Record<string, unknown> = {}): string {
  const values: Record<string, string | number> = { detail };
  for (const [name, value] of Object.entries(extra)) {
    if (typeof value === "string" || typeof value === "number") values[name] = value;
  }
  // Whoever refused may know more: of what there were too many, where nobody tried anything, or that the password was
  // changed just now, and where the cases are.
  const theirs = code === "too_many" || code === "wrong_credentials" ? said(extra.text) : null;
  return theirs ?? sayIfKnown(`error_${code}`, values) ?? said(extra.text) ?? say("error_other", { code, detail });
}

/** What whoever refused said of it in both languages, where there are no words of our own. */
export function said(text: unknown): string | null {
  const words = (text as Record<string, unknown> | null | undefined)?.[language()];
  return typeof words === "string" && words ? words : null;
}
