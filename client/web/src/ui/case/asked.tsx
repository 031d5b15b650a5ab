/** What the city asked the applicant, while the case waits for their answer. */

import { type Action, actionOf, formOf, OWNER, stageOf } from "../../schemas/catalogue.ts";
import { Answers } from "../answers.tsx";
import type { CaseHere } from "../use_case.ts";
import { say } from "../words.ts";

/** Whether the next move is this person's own. */
export function waitsForMe({ picture, person }: CaseHere): boolean {
  const { record, service, stage } = picture;
  return record !== null && record.owner === person?.id && stageOf(service, stage)?.waits_for === "applicant";
}

/** Of what the applicant may do, the one that carries the case on rather than ends it. */
export function answering(here: CaseHere, possible: readonly Action[]): Action | undefined {
  const { service } = here.picture;
  return possible.find(action => action.roles.includes(OWNER) && !stageOf(service, action.to ?? "")?.ending);
}

/** What whoever sent it back wrote, in words or in the answers of a form. */
export function Asked({ here: { picture, city } }: { here: CaseHere }) {
  const { record, service } = picture;
  const step = record?.steps?.filter(({ by }) => by !== record.owner).at(-1);
  const action = step && actionOf(service, step.action);
  const form = action?.form ? formOf(service, action.form) : undefined;
  const answers = step && record?.forms?.[step.action];
  if (!step?.note && !answers) return null;
  return (
    <>
      <p class="hint">{say("notice_question")}</p>
      {step?.note && <p class="said">{step.note}</p>}
      {form && answers && <Answers fields={form.fields} values={answers} city={city} />}
    </>
  );
}
