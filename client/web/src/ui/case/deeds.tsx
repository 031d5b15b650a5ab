/** What this person can do with the case now, and how to take back what has not left yet. */

import { Link } from "wouter-preact";
import { actions, isSubmit, mayEdit, sendsIn } from "../../device/rules.ts";
import { actionOf, DRAFT } from "../../schemas/catalogue.ts";
import { Banner, Refused } from "../banner.tsx";
import type { CaseHere } from "../use_case.ts";
import { useDeed, useDesk } from "../use_desk.ts";
import { say, tell } from "../words.ts";

export function Deeds({ here }: { here: CaseHere }) {
  const { picture, person } = here;
  const possible = actions(picture, person);
  const others = possible.filter(action => !sendsIn(action));
  return (
    <>
      <TakeBack here={here} />
      {picture.stage === DRAFT && mayEdit(picture, person) && (
        <div class="buttons">
          <Link class="button" href={`/case/${picture.id}/form`}>
            {say("deeds_go_on")}
          </Link>
        </div>
      )}
      {others.length > 0 && (
        <section class="no-print">
          <h2>{say("deeds")}</h2>
          <div class="buttons">
            {others.map(action => (
              <Link key={action.code} class="button secondary" href={`/case/${picture.id}/act/${action.code}`}>
                {tell(action.label)}
              </Link>
            ))}
          </div>
        </section>
      )}
    </>
  );
}

/** What was done here and waits for a network: said truthfully, and undone with one tap until it leaves. */
function TakeBack({ here: { picture } }: { here: CaseHere }) {
  const desk = useDesk();
  const { run, running, error } = useDeed();
  const { last, service } = picture;
  if (last === null || picture.stage === DRAFT || last.kind !== "case.act") return null;
  const action = actionOf(service, String(last.data.action));
  const sent = last.state !== "queued";
  return (
    <Banner kind="warn" role="status">
      <p>{say(sent ? "deeds_sent" : "deeds_waits", { action: action ? tell(action.label) : "" })}</p>
      <Refused error={error} />
      {!sent && (
        <p>
          <button type="button" class="link" disabled={running} onClick={() => run(() => desk.undo(last))}>
            {say("deeds_undo")}
          </button>
          {isSubmit(last, service) && <span class="hint"> {say("deeds_undo_submit")}</span>}
        </p>
      )}
    </Banner>
  );
}
