/** What is wrong with a new password before it is sent, and what the server's refusal means there. */

import { TenggatError } from "../../sync/errors.ts";
import { explained, said } from "../errors.ts";
import { span } from "../moments.ts";
import { say } from "../words.ts";
import { SHORTEST_PASSWORD } from "./entering.ts";

/** By field; `all` is about the whole. */
export type Faults = { [K in "old" | "fresh" | "all"]?: string | undefined };

export function faultsOf(old: string, fresh: string): Faults {
  const faults: Faults = {};
  if (!old) faults.old = say("me_password_missing");
  if (fresh.length < SHORTEST_PASSWORD) faults.fresh = say("me_password_short");
  return faults;
}

export function refusalOf(error: unknown): Faults {
  if (!(error instanceof TenggatError)) return { all: explained(error) };
  const { code, extra } = error;
  if (code === "wrong_credentials") return { old: say("me_password_old_wrong") };
  if (code === "too_many" && typeof extra.retry_after === "number") {
    return { all: say("me_too_many", { span: span(Math.max(60, extra.retry_after)) }) };
  }
  const problem = Object(extra.problems).password;
  if (code === "invalid" && problem) return { fresh: said(problem) ?? say("me_password_wrong") };
  return { all: explained(error) };
}
