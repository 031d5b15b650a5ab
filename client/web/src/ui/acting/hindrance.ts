/** Why an action cannot be done by this person on this case now, as far as a device can tell: said before anybody
 * types a survey that the server would have to refuse. Pure. */

import { actions, type Who } from "../../device/rules.ts";
import type { LocalCase } from "../../device/view.ts";
import type { Action } from "../../schemas/catalogue.ts";
import type { Word } from "../words.ts";

export type Hindrance = Extract<Word, `act_cannot_${string}`>;

export function hindrance(picture: LocalCase, action: Action, who: Who): Hindrance | null {
  if (!action.from.includes(picture.stage)) return "act_cannot_stage";
  if (!actions(picture, who).includes(action)) return "act_cannot_role";
  const steps = picture.record?.steps ?? [];
  if (steps.some(step => step.by === who?.id && action.not_by.includes(step.action))) return "act_cannot_same_person";
  const times = steps.filter(step => step.action === action.code).length;
  if (action.times !== null && times >= action.times) return "act_cannot_often";
  const { beyond } = action;
  if (beyond && times >= beyond.times && !beyond.roles.some(role => who?.roles.includes(role))) {
    return "act_cannot_supervisor";
  }
  return null;
}
