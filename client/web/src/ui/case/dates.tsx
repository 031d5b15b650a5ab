/** Every date of a case, each opening into why it is what it is. */

import { limitOf } from "../../schemas/catalogue.ts";
import { explain } from "../../schemas/explain.ts";
import { breached, type Ledger, openPause, provisional } from "../../schemas/ledger.ts";
import { dayInWords, farInWords } from "../moments.ts";
import type { CaseHere } from "../use_case.ts";
import { language, say, tell } from "../words.ts";

export function Dates({ here }: { here: CaseHere }) {
  return (
    <section>
      <h2>{say("dates")}</h2>
      {(here.picture.record?.limits ?? []).map(ledger => (
        <div class="panel" key={`${ledger.limit}/${ledger.received}`}>
          <Due ledger={ledger} here={here} />
        </div>
      ))}
    </section>
  );
}

export function Due({ ledger, here }: { ledger: Ledger; here: CaseHere }) {
  const { today, picture } = here;
  const limit = limitOf(picture.service, ledger.limit);
  const label = limit?.label ?? { id: ledger.limit, en: ledger.limit };
  const late = breached(ledger, today);
  return (
    <>
      <div class="due">
        <span class="due-label">{tell(label)}</span>
        <span class="due-date">{dayInWords(ledger.due)}</span>
        <span class={`due-far ${late ? "late" : ledger.met ? "met" : ""}`}>{standing(ledger, late, here)}</span>
        {provisional(ledger) && <span class="provisional">{say("service_may_move")}</span>}
      </div>
      <details class="why">
        <summary>{say("dates_why")}</summary>
        <ol>
          {explain(ledger, label, language(), today).map(sentence => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ol>
      </details>
    </>
  );
}

function standing(ledger: Ledger, late: boolean, { picture, person, today }: CaseHere): string {
  if (ledger.met) return say(late ? "dates_met_late" : "dates_met");
  const mine = picture.record?.owner === person?.id;
  if (openPause(ledger)) return say(late ? "dates_paused_late" : mine ? "dates_paused_you" : "dates_paused");
  return farInWords(ledger.due, today);
}
