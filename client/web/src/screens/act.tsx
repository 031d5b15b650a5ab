/** Doing something with a case: a survey, a decision, a question to the applicant. Works where no network is. */

import { useState } from "preact/hooks";
import { Link, Redirect, useLocation } from "wouter-preact";
import { sendsIn } from "../device/rules.ts";
import { type Action, actionOf, DRAFT, formOf } from "../schemas/catalogue.ts";
import { ActForm } from "../ui/acting/act_form.tsx";
import { Awaited } from "../ui/acting/awaited.tsx";
import { type Hindrance, hindrance } from "../ui/acting/hindrance.ts";
import { useTyped } from "../ui/acting/use_typed.ts";
import { Answers } from "../ui/answers.tsx";
import { Banner } from "../ui/banner.tsx";
import { Asked, waitsForMe } from "../ui/case/asked.tsx";
import { MissingCase } from "../ui/case/missing_case.tsx";
import { CaseOver } from "../ui/case_over.tsx";
import { CaseFiles } from "../ui/files/case_files.tsx";
import { stageName } from "../ui/naming.ts";
import { Screen, Waiting } from "../ui/screen.tsx";
import { type CaseHere, useCase } from "../ui/use_case.ts";
import { useWide } from "../ui/use_wide.ts";
import { say, tell } from "../ui/words.ts";
import { kept } from "../ui/work/kept.ts";

export function ActScreen({ id, code }: { id: string; code: string }) {
  const { value: here, error } = useCase(id);
  if (here === undefined && !error) return <Waiting />;
  if (!here) return <MissingCase error={error} />;
  const action = actionOf(here.picture.service, code);
  if (!action) return <Redirect to={`/case/${id}`} replace />;
  if (sendsIn(action)) return <Redirect to={`/case/${id}/form/check`} replace />;
  return <Acting key={`${id}/${code}`} here={here} action={action} />;
}

function Acting({ here, action }: { here: CaseHere; action: Action }) {
  const { picture, person } = here;
  const wide = useWide();
  const [, go] = useLocation();
  const typed = useTyped(picture.id, action.code);
  // Once it is done the case has moved on, and what was possible is not any more: no reason to say so.
  const [done, setDone] = useState(false);
  const why = done ? null : hindrance(picture, action, person);
  const back = wide && kept().open === picture.id ? `/work/${picture.id}` : `/case/${picture.id}`;
  if (typed.act === null) return <Waiting />;
  const beside = picture.stage !== DRAFT && action.effect !== "correction";
  const something = typed.resumed || typed.saved;
  return (
    <Screen title={tell(action.label)} back={back} wide={wide && beside} over={<CaseOver picture={picture} />}>
      <div class={beside ? "acting" : undefined}>
        {beside && <About here={here} open={wide} />}
        <div>
          {waitsForMe(here) && <Asked here={here} />}
          {action.help && <p class="hint">{tell(action.help)}</p>}
          {!why && !done && <Awaited here={here} action={action} />}
          {why && <Hindered why={why} here={here} action={action} typed={something} back={back} />}
          {!why && typed.resumed && (
            <Banner role="status">
              <p>{say("act_resumed")}</p>
            </Banner>
          )}
          {(why === null || something) && (
            <ActForm
              here={here}
              action={action}
              act={typed.act}
              typed={typed}
              hindered={why}
              back={back}
              onDoing={setDone}
              onDone={() => go(back)}
            />
          )}
        </div>
      </div>
    </Screen>
  );
}

interface HinderedProps {
  why: Hindrance;
  here: CaseHere;
  action: Action;
  typed: boolean;
  back: string;
}

function Hindered({ why, here: { picture }, action, typed, back }: HinderedProps) {
  return (
    <Banner kind="warn" role="alert">
      <p>{say(why, { action: tell(action.label), stage: stageName(picture.service, picture.stage) })}</p>
      {typed && <p>{say("act_cannot_kept")}</p>}
      <Link href={back} class="button secondary small">
        {say("choose_to_case")}
      </Link>
    </Banner>
  );
}

/** What the applicant wrote, and what colleagues found, at hand while this is filled in. */
function About({ here, open }: { here: CaseHere; open: boolean }) {
  const { picture, city } = here;
  const { service, fields, record } = picture;
  const forms = Object.entries(record?.forms ?? {}).flatMap(([code, values]) => {
    const action = actionOf(service, code);
    const form = action?.form ? formOf(service, action.form) : undefined;
    return action && form ? [{ action, form, values }] : [];
  });
  return (
    <details class="panel about" open={open}>
      <summary>
        <h2>{say("act_about")}</h2>
      </summary>
      <Answers fields={service.fields} values={fields} city={city} />
      <CaseFiles here={here} beside />
      {forms.map(({ action, form, values }) => (
        <section key={action.code}>
          <h3>{tell(action.label)}</h3>
          <Answers fields={form.fields} values={values} city={city} />
        </section>
      ))}
    </details>
  );
}
