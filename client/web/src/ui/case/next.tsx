/** What happens next, and by when. */

import { DRAFT, officeOf, stageOf } from "../../schemas/catalogue.ts";
import { type Ledger, openPause } from "../../schemas/ledger.ts";
import { roleName } from "../../schemas/roles.ts";
import { promised } from "../promised.ts";
import type { CaseHere } from "../use_case.ts";
import { language, say, tell } from "../words.ts";
import { Due } from "./dates.tsx";

export function Next({ here }: { here: CaseHere }) {
  const { picture, promises, today, city } = here;
  const { record, service } = picture;
  if (picture.stage === DRAFT) return null;
  if (!record?.received) return <NotYet text={promised(service, promises, today)} />;
  // What the server knows is what is so; what waits here comes on top, as what is expected.
  const stage = stageOf(service, record.stage);
  const expected = picture.moved ? stageOf(service, picture.stage) : undefined;
  // What a stage says is said to the applicant.
  const mine = record.owner === here.person?.id;
  const limits = record.limits ?? [];
  const next = soonest(limits);
  const office = record.office ? officeOf(city, record.office) : undefined;
  // What the applicant was promised in the end, beside what comes first.
  const last = limits.find(limit => limit.limit === service.promise.at(-1));
  return (
    <section class="panel next" aria-labelledby="next">
      <h2 id="next">{say(stage?.ending ? "next_ended" : "next")}</h2>
      <p>
        <span class={`tag ${stage?.ending ? "good" : ""}`}>{stage ? tell(stage.label) : record.stage}</span>{" "}
        {expected && <span class="tag warn">{say("next_expected", { stage: tell(expected.label) })}</span>}
      </p>
      {stage && mine && <p>{tell(stage.says)}</p>}
      {stage?.role && !stage.ending && (
        <p class="hint">
          {say("next_who", { role: roleName(stage.role, language()) })}
          {office && `, ${tell(office.name)}`}
        </p>
      )}
      {next && !stage?.ending && <Due ledger={next} here={here} />}
      {last && last !== next && !last.met && !stage?.ending && <Due ledger={last} here={here} />}
    </section>
  );
}

/** Sent in here, and not received: nothing is claimed of what the city does with it. */
function NotYet({ text }: { text: string }) {
  return (
    <section class="panel next" aria-labelledby="next">
      <h2 id="next">{say("next")}</h2>
      <p>{say("next_not_received")}</p>
      <p>{text}</p>
    </section>
  );
}

/** The limit whose date comes first, of those that run; else of those that stand still. */
function soonest(limits: readonly Ledger[]): Ledger | undefined {
  const open = limits.filter(limit => !limit.met).sort((one, other) => (one.due < other.due ? -1 : 1));
  return open.find(limit => !openPause(limit)) ?? open[0];
}
