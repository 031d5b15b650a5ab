/** What is wrong with what was typed at the gate, in words and by field: before it is handed over, and after. */

import { TenggatError } from "../../sync/errors.ts";
import { explained } from "../../ui/errors.ts";
import { say } from "../../ui/words.ts";
import { CODE_LENGTH, readCode, type SecretFault, secretFault } from "../secret.ts";
import { waitInWords } from "./use_wait.ts";

export type Field = "title" | "code" | "old" | "secret" | "again" | "server";

/** `all` is about the whole. */
export type Faults = { [F in Field | "all"]?: string | undefined };

/** In which order they stand on a screen. */
const ORDER: readonly Field[] = ["title", "code", "old", "secret", "again", "server"];

export type NewKind = "pin" | "passphrase";

export function secretFaults(kind: NewKind, secret: string, again: string): Faults {
  const fault = secretFault(kind, secret, again);
  if (fault === null) return {};
  return { [fault === "differs" ? "again" : "secret"]: secretInWords(fault, kind) };
}

function secretInWords(fault: SecretFault, kind: NewKind): string {
  if (fault === "missing") return say("gate_secret_missing", { kind });
  return say(`make_secret_${fault}`, { kind });
}

export function codeFaults(typed: string): Faults {
  const { length } = readCode(typed);
  if (!length) return { code: say("forgot_code_missing") };
  return length === CODE_LENGTH ? {} : { code: say("forgot_code_short", { n: length }) };
}

/** What a refusal means on a screen that asks for these fields. `known`: where the present secret was typed. */
export function refusalFaults(error: unknown, kind: NewKind, known: "secret" | "old"): Faults {
  if (!(error instanceof TenggatError)) return { all: explained(error) };
  if (error.code === "wrong_secret") return { [known]: say("gate_secret_wrong", { kind }) };
  if (error.code === "wrong_code") return { code: say("forgot_code_wrong") };
  if (error.code === "plain_http") return { server: explained(error) };
  if (error.code === "too_soon") return tooSoon(error, known);
  const problems = Object(error.extra.problems) as object;
  const faults: Faults = {};
  if ("title" in problems) faults.title = say("make_name_wrong");
  if ("secret" in problems) faults.secret = say("make_secret_refused", { kind });
  if ("code" in problems) faults.code = say("forgot_code_wrong");
  if ("server" in problems || "link" in problems) {
    const { code } = Object(Object(problems).server) as { code?: unknown };
    faults.server = say(code === "plain_http" ? "make_server_plain" : "make_server_wrong");
  }
  return Object.keys(faults).length ? faults : { all: explained(error) };
}

/** Whoever is at the gate sees the wait counted down; elsewhere it is said once. */
function tooSoon(error: TenggatError, known: "secret" | "old"): Faults {
  if (known === "secret") return {};
  return { all: say("gate_wait", { span: waitInWords(Number(error.extra.retry_after) || 1) }) };
}

/** Whether there are any; the first of them gets the focus. */
export function point(faults: Faults): boolean {
  const first = ORDER.find(field => faults[field]);
  if (first) {
    const input = document.getElementById(`gate-${first}`);
    input?.focus();
    if (input instanceof HTMLInputElement) input.select();
  }
  return Object.values(faults).some(Boolean);
}
