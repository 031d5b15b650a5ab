/** An action being done: its questions on one page, what it marks, its note, and the way on. */

import { Fragment } from "preact";
import { useState } from "preact/hooks";
import { Link } from "wouter-preact";
import type { Act } from "../../desk.ts";
import type { Action } from "../../schemas/catalogue.ts";
import { Banner, Refused } from "../banner.tsx";
import { Question } from "../question/question.tsx";
import type { CaseHere } from "../use_case.ts";
import { useDeed, useDesk, useLive } from "../use_desk.ts";
import { say, tell } from "../words.ts";
import { FormFiles } from "./form_files.tsx";
import { Marks, sectionsOf } from "./marks.tsx";
import { LONGEST, NOTE, Note } from "./note.tsx";
import { endOf, outcome } from "./outcome.ts";
import { askedNow, carried, documentsNow, faultsOf } from "./plan.ts";
import { Summary } from "./summary.tsx";
import { Sure } from "./sure.tsx";
import { Templates } from "./templates.tsx";
import type { Typed } from "./use_typed.ts";

interface Props {
  here: CaseHere;
  action: Action;
  act: Act;
  typed: Typed;
  /** Why it cannot be done any more, though something is typed. */
  hindered: string | null;
  back: string;
  /** Told that it is being done, and whether it was. */
  onDoing: (doing: boolean) => void;
  onDone: () => void;
}

export function ActForm({ here, action, act, typed, hindered, back, onDoing, onDone }: Props) {
  const desk = useDesk();
  const { run, running, error } = useDeed();
  /** How often it was tried: from the first time on, what is missing is pointed out. */
  const [tries, setTries] = useState(0);
  const [sure, setSure] = useState(false);
  /** How many photos are being made ready: without them it must not go. */
  const [coming, setComing] = useState(0);
  const { picture, city, person } = here;
  const { service } = picture;
  // Only what an officer writes: an applicant answers in their own words.
  const templates = useLive(held => held.templates(service.code, action.code), [service.code, action.code]).value ?? [];
  const asked = askedNow(picture, action, act, city);
  const documents = documentsNow(picture, action, act, city);
  const sections = action.effect === "correction" ? sectionsOf(picture, city) : [];
  const faults = faultsOf(picture, action, act, city, asked, documents, sections);
  const end = endOf(service, action, picture.stage);
  const label = tell(action.label);
  const type: Typed["type"] = change => {
    setSure(false);
    typed.type(change);
  };
  const finish = async () => {
    onDoing(true);
    const done = await run(async () => {
      await typed.settled();
      await desk.act(picture.id, carried(asked, documents, action, act));
    });
    if (!done) return onDoing(false);
    // What was refused before is in what was just done; put away, its text stays readable. Should that fail, it is
    // still in sight, and no harm.
    const before = picture.refused.filter(entry => entry.kind === "case.act" && entry.data.action === action.code);
    await Promise.allSettled([
      desk.keep_typing(picture.id, action.code, null),
      ...before.map(entry => desk.give_up(entry)),
    ]);
    onDone();
  };
  const submit = (event: Event) => {
    event.preventDefault();
    if (coming > 0) return;
    if (faults.all.length) return setTries(tries + 1);
    if (end && !sure) return setSure(true);
    void finish();
  };
  const checked = tries > 0;
  // Who does it reads what the other side will be told: the applicant, or the office.
  const own = picture.record !== null && picture.record.owner === person?.id;
  const asks = asked.length > 0 || documents.length > 0 || sections.length > 0 || action.note !== "none";
  return (
    <form class="act" onSubmit={submit} noValidate>
      {checked && <Summary wrong={faults.all} turn={tries} />}
      {asked.map(field => (
        <Fragment key={field.name}>
          <Question
            field={field}
            city={city}
            value={act.form?.[field.name]}
            problem={checked ? faults.fields[field.name] : undefined}
            onInput={value => type({ form: { ...act.form, [field.name]: value } })}
          />
          {field.type === "longtext" && (
            <Templates templates={templates} into={`field-${field.name}`} label={tell(field.label)} most={field.max} />
          )}
        </Fragment>
      ))}
      {documents.map(document => (
        <FormFiles
          key={document.code}
          here={here}
          document={document}
          attached={act.attach ?? []}
          bad={checked && faults.files.includes(document.code)}
          onAttach={attach => {
            type(now => ({ attach: attach(now.attach ?? []) }));
            return typed.settled();
          }}
          onBusy={busy => setComing(before => before + (busy ? 1 : -1))}
        />
      ))}
      {sections.length > 0 && (
        <Marks sections={sections} items={act.items ?? []} checked={checked} onInput={items => type({ items })} />
      )}
      {action.note !== "none" && (
        <Note
          required={action.note === "required"}
          own={own}
          value={act.note ?? ""}
          bad={checked && faults.note}
          onInput={note => type({ note })}
        />
      )}
      {action.note !== "none" && (
        <Templates
          templates={templates}
          into={NOTE}
          label={say(action.note === "required" ? "act_note_required" : "act_note_optional")}
          most={LONGEST}
        />
      )}
      {typed.error !== null && (
        <Banner kind="bad" role="alert">
          <p>{say("act_not_saved")}</p>
        </Banner>
      )}
      <Refused error={error} />
      {sure && end ? (
        <Sure end={end} own={own} label={label} running={running} onYes={finish} onNo={() => setSure(false)} />
      ) : (
        <>
          <p>{outcome(service, action, picture.stage)}</p>
          <div class="buttons">
            <button type="submit" class="button" disabled={running || coming > 0 || hindered !== null}>
              {label}
            </button>
            <Link href={back} class="button secondary">
              {say("act_later")}
            </Link>
          </div>
        </>
      )}
      <p class="saved" role="status">
        {!typed.writing && say(typed.saved ? "act_saved" : asks ? "act_offline" : "act_here")}
      </p>
    </form>
  );
}
