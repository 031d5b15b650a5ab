/** What becomes of the case when an action is done. */

import { type Action, DRAFT, type Service, type Stage, stageOf } from "../../schemas/catalogue.ts";
import { roleName } from "../../schemas/roles.ts";
import { stageName } from "../naming.ts";
import { language, say } from "../words.ts";

/** In a sentence. */
export function outcome(service: Service, action: Action, from: string): string {
  if (action.to === null) return say("act_stays", { stage: stageName(service, from) });
  const to = stageOf(service, action.to);
  const stage = stageName(service, action.to);
  if (to?.ending) return say("act_ends", { stage });
  if (to?.waits_for === "applicant") return say("act_waits", { stage });
  return to?.role ? say("act_leads_role", { stage, role: roleName(to.role, language()) }) : say("act_leads", { stage });
}

/** The end that a case comes to by this, where it had not come to one before: then one is asked whether one is sure. */
export function endOf(service: Service, action: Action, from: string): Stage | null {
  const to = action.to === null ? undefined : stageOf(service, action.to);
  const open = from === DRAFT || !stageOf(service, from)?.ending;
  return to?.ending && open ? to : null;
}
