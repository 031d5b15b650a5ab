/** How this device stands with the server, in a few words that are always in sight: what waits, and since when. */

import { Link } from "wouter-preact";
import type { Status } from "../desk.ts";
import { since } from "./moments.ts";
import { useLive } from "./use_desk.ts";
import { say } from "./words.ts";

type Kind = "well" | "waiting" | "bad" | "new";

export function Standing() {
  const status = useLive(desk => desk.status(), []).value;
  if (!status) return null;
  const [kind, words] = withRoom(standing(status), status.full);
  return (
    <Link href="/sync" class={`standing ${kind}`}>
      <span class="dot" aria-hidden="true" />
      <span aria-live="polite">{words}</span>
    </Link>
  );
}

/** That room runs out is said beside what waits; what is bad already stands alone. */
function withRoom([kind, words]: [Kind, string], full: boolean): [Kind, string] {
  return full && kind !== "bad" ? ["bad", say("standing_full", { words })] : [kind, words];
}

function standing(status: Status): [Kind, string] {
  if (status.loss || status.wiped || status.signed_out) return ["bad", say("standing_look")];
  if (status.refused) return ["bad", say("standing_refused", { n: status.refused })];
  if (status.progress) return ["waiting", say(`standing_${status.progress.what}`)];
  if (status.waiting) {
    const age = status.oldest ? since(status.oldest) : "";
    return ["waiting", say("standing_waiting", { n: status.waiting, age })];
  }
  if (status.files.waiting) return ["waiting", say("standing_files", { n: status.files.waiting })];
  if (!status.last_success_here) return ["new", say("standing_ready")];
  if (status.last_error) return ["waiting", say("standing_offline", { age: since(status.last_success_here) })];
  return ["well", say("standing_well")];
}
