/** What happened, as a list in the order of time: who, when, and what they wrote. */

import { actionOf, formOf, stageOf } from "../../schemas/catalogue.ts";
import type { Step } from "../../schemas/record.ts";
import { roleName } from "../../schemas/roles.ts";
import { Answers } from "../answers.tsx";
import { momentHere } from "../moments.ts";
import type { CaseHere } from "../use_case.ts";
import { language, say, tell } from "../words.ts";

export function History({ here }: { here: CaseHere }) {
  const { picture } = here;
  const steps = (picture.record?.steps ?? []).filter(step => actionOf(picture.service, step.action));
  const stage = stageOf(picture.service, picture.stage);
  return (
    <section>
      <h2>{say("history")}</h2>
      <ol class="timeline">
        {steps.map((step, place) => (
          <Happened
            key={`${step.at}/${step.action}`}
            step={step}
            here={here}
            latest={!steps.slice(place + 1).some(later => later.action === step.action)}
          />
        ))}
        {stage && !stage.ending && (
          <li class="now" aria-current="step">
            <div class="what">{tell(stage.label)}</div>
            <div class="when">{say(picture.moved ? "history_unsure" : "history_now")}</div>
          </li>
        )}
      </ol>
    </section>
  );
}

interface Props {
  step: Step;
  here: CaseHere;
  /** A record keeps the latest answers of each action; they stand beside the step that gave them. */
  latest: boolean;
}

function Happened({ step, here, latest }: Props) {
  const { picture, city, person } = here;
  const { service, record } = picture;
  const action = actionOf(service, step.action);
  const form = action?.form ? formOf(service, action.form) : undefined;
  const carried = latest ? record?.forms?.[step.action] : undefined;
  const who =
    step.by !== "" && step.by === person?.id ? say("history_you") : step.name || roleName(step.role, language());
  return (
    <li>
      <div class="what">{action ? tell(action.label) : step.action}</div>
      <div class="when">
        {momentHere(step.at, city)} · {who}
      </div>
      {step.note && <p class="said">{step.note}</p>}
      {form && carried && <Answers fields={form.fields} values={carried} city={city} />}
      {step.skew && <p class="hint">{say("history_skew")}</p>}
    </li>
  );
}
