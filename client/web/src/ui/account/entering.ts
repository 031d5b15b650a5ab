/** What is wrong with a login, a password or a name before it is sent, and what the server's refusal means there. */

import { TenggatError } from "../../sync/errors.ts";
import { explained, said } from "../errors.ts";
import { span } from "../moments.ts";
import { say } from "../words.ts";

export interface Typed {
  login: string;
  password: string;
  name: string;
}

/** By field; `all` is about the whole. */
export type Faults = { [K in keyof Typed | "all"]?: string | undefined };

const SHORTEST_LOGIN = 3;
export const SHORTEST_PASSWORD = 10;

export function faultsOf(typed: Typed, signingUp: boolean): Faults {
  const { login, password, name } = typed;
  const faults: Faults = {};
  if (signingUp && !name.trim()) faults.name = say("me_name_missing");
  if (!login.trim()) faults.login = say("me_login_missing");
  else if (signingUp && login.trim().length < SHORTEST_LOGIN) faults.login = say("me_login_short");
  if (!password) faults.password = say("me_password_missing");
  else if (signingUp && password.length < SHORTEST_PASSWORD) faults.password = say("me_password_short");
  return faults;
}

/** `guest`: whether this device holds a guest's cases. */
export function refusalOf(error: unknown, signingUp: boolean, guest: boolean): Faults {
  if (!(error instanceof TenggatError)) return { all: explained(error) };
  const { code, extra } = error;
  if (code === "conflict" && signingUp) return { login: say("me_login_taken") };
  if (code === "conflict" && typeof extra.name === "string")
    return { all: say("me_other_account", { name: extra.name }) };
  if (code === "conflict" && guest) return { all: say("me_guest_to_staff") };
  if (code === "too_many" && typeof extra.retry_after === "number") {
    return { all: say("me_too_many", { span: span(Math.max(60, extra.retry_after)) }) };
  }
  if (code === "invalid" && typeof extra.problems === "object" && extra.problems !== null) {
    const problems = Object(extra.problems);
    const at = (["name", "login", "password"] as const).find(field => field in problems);
    // What was said in both languages was said for people; a form's own faults come in English alone.
    if (at) return { [at]: ("id" in Object(problems[at]) && said(problems[at])) || say(`me_${at}_wrong`) };
  }
  return { all: explained(error) };
}
