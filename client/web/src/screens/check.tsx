/** "Check your answers": everything once more on one page, then send. */

import { useEffect, useRef } from "preact/hooks";
import { Link, useLocation } from "wouter-preact";
import { mayEdit, unchosen } from "../device/rules.ts";
import { documentOf, fieldOf } from "../schemas/catalogue.ts";
import { Answers } from "../ui/answers.tsx";
import { Refused } from "../ui/banner.tsx";
import { MissingCase } from "../ui/case/missing_case.tsx";
import { Unchosen } from "../ui/case/unchosen.tsx";
import { codeOf } from "../ui/errors.ts";
import { Papers } from "../ui/files/summary.tsx";
import { type Filing, filingOf } from "../ui/filing.ts";
import { promised } from "../ui/promised.ts";
import { Screen, Waiting } from "../ui/screen.tsx";
import { type CaseHere, useCase } from "../ui/use_case.ts";
import { useDeed, useDesk } from "../ui/use_desk.ts";
import { say, tell } from "../ui/words.ts";

export function CheckScreen({ id }: { id: string }) {
  const desk = useDesk();
  const [, go] = useLocation();
  const { value: here, error } = useCase(id);
  const { run, running, error: refused } = useDeed();
  if (here === undefined && !error) return <Waiting />;
  if (!here) return <MissingCase error={error} />;
  const { picture, city, person, promises, today } = here;
  if (!mayEdit(picture, person)) {
    return (
      <Screen title={say("check_title")} back={`/case/${id}`}>
        <p>{say("tasks_closed")}</p>
      </Screen>
    );
  }
  const filing = filingOf(picture, city, here.parts.entries);
  const send = async () => {
    const sent = await run(() => desk.submit(id));
    if (sent) go(`/case/${id}`);
  };
  return (
    <Screen title={say("check_title")} back={`/case/${id}/form`}>
      <p>{say("check_lead")}</p>
      {INCOMPLETE.has(codeOf(refused)) && <Problems id={id} here={here} filing={filing} />}
      {filing.tasks.map(({ group, fields }) => (
        <section key={group.code} class="panel">
          <h2>{tell(group.label)}</h2>
          <Answers
            fields={fields}
            values={picture.fields}
            city={city}
            empty
            beside={field => <Change id={id} place={field.name} label={tell(field.label)} />}
          />
        </section>
      ))}
      {filing.papers.length > 0 && (
        <section class="panel">
          <h2>{say("files_title")}</h2>
          <Papers
            id={id}
            papers={filing.papers}
            beside={({ code, label }) => <Change id={id} place={`file/${code}`} label={tell(label)} />}
          />
        </section>
      )}
      <p>{promised(picture.service, promises, today)}</p>
      <p>{say("check_true")}</p>
      {/* Where the finger is: what keeps the case from being sent stands beside the button for it, or in its place. */}
      <Unchosen picture={picture} />
      {!INCOMPLETE.has(codeOf(refused)) && <Refused error={refused} />}
      {unchosen(picture).length === 0 && (
        <div class="buttons">
          <button type="button" class="button" onClick={send} disabled={running}>
            {say("check_send")}
          </button>
        </div>
      )}
    </Screen>
  );
}

/** Refusals that name what is missing or wrong. */
const INCOMPLETE: ReadonlySet<string> = new Set(["invalid", "documents_missing"]);

/** Whoever changes one answer goes on with checking, and not through all the questions after it. */
const CHECKING = { checking: true };

function Change({ id, place, label }: { id: string; place: string; label: string }) {
  return (
    <Link href={`/case/${id}/form/${place}`} state={CHECKING} aria-label={say("check_change_what", { label })}>
      {say("check_change")}
    </Link>
  );
}

/** All that is missing or wrong, each a link to its question or document. */
function Problems({ id, here, filing }: { id: string; here: CaseHere; filing: Filing }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), []);
  const names = Object.keys(filing.problems);
  return (
    <div class="error-summary" role="alert" tabIndex={-1} ref={box}>
      <h2>{say("check_problems", { n: names.length + filing.missing.length })}</h2>
      <ul>
        {names.map(name => {
          const field = fieldOf(here.picture.service, name);
          const problem = filing.problems[name];
          return (
            <li key={name}>
              <Link href={`/case/${id}/form/${name}`}>
                {field ? tell(field.label) : name}
                {/* That it is missing, the heading says for all of them. */}
                {problem && problem.code !== "required" && `: ${tell(problem.text)}`}
              </Link>
            </li>
          );
        })}
        {filing.missing.map(code => {
          const document = documentOf(here.picture.service, code);
          return (
            <li key={`file/${code}`}>
              <Link href={`/case/${id}/form/file/${code}`}>{document ? tell(document.label) : code}</Link>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
