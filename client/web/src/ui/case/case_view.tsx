/** Everything about one case: where it is, what happens next and by when, what can be done, and what was. */

import { useEffect } from "preact/hooks";
import { Link } from "wouter-preact";
import { actions, marked } from "../../device/rules.ts";
import { DRAFT, documentOf, titleOf } from "../../schemas/catalogue.ts";
import { Answers } from "../answers.tsx";
import { Banner } from "../banner.tsx";
import { CaseFiles } from "../files/case_files.tsx";
import { fileName } from "../files/naming.ts";
import { Refusal } from "../refusal.tsx";
import { Screen, Waiting } from "../screen.tsx";
import { type CaseHere, useCase } from "../use_case.ts";
import { useDesk } from "../use_desk.ts";
import { say, tell } from "../words.ts";
import { Asked, answering, waitsForMe } from "./asked.tsx";
import { Dates } from "./dates.tsx";
import { Deeds } from "./deeds.tsx";
import { History } from "./history.tsx";
import { MissingCase } from "./missing_case.tsx";
import { Next } from "./next.tsx";
import { Unchosen } from "./unchosen.tsx";
import { Whereabouts } from "./whereabouts.tsx";

interface Props {
  id: string;
  /** Drawn beside a list, on its screen. */
  within?: boolean;
}

export function CaseView({ id, within = false }: Props) {
  const desk = useDesk();
  const { value: here, error } = useCase(id);
  const found = here?.picture.id;
  useEffect(() => {
    if (found !== undefined) desk.opened(found).catch(() => undefined);
  }, [desk, found]);
  if (here === undefined && !error) return <Waiting />;
  if (!here) return <MissingCase error={error} within={within} />;
  const { picture, person } = here;
  const { service } = picture;
  const title = here.parts.record?.title || titleHere(here);
  // An officer may have cases of their own, and is an applicant there.
  const official = person?.kind === "staff" && picture.record !== null && picture.record.owner !== person.id;
  return (
    <Screen
      title={title}
      within={within}
      {...(within ? {} : { back: official ? "/work" : "/" })}
      over={
        <p class="progress-words">
          {tell(service.name)}
          {picture.number && (
            <>
              {" · "}
              <span class="number">{picture.number}</span>
            </>
          )}
        </p>
      }
    >
      <Whereabouts here={here} />
      <Notices here={here} />
      <Next here={here} />
      {picture.number && !official && <Receipt here={here} />}
      <Deeds here={here} />
      {official && <Carried here={here} open />}
      <CaseFiles here={here} />
      {picture.record && picture.stage !== DRAFT && <History here={here} />}
      {picture.record?.limits && <Dates here={here} />}
      {!official && <Carried here={here} open={picture.stage === DRAFT} />}
      <Late here={here} />
      {picture.number && official && <Receipt here={here} />}
    </Screen>
  );
}

/** Before the server has said how it is called: what was typed. */
function titleHere({ picture: { service, fields } }: CaseHere): string {
  return titleOf(service, fields) || say("card_untitled", { service: tell(service.name) });
}

/** What needs the person's eye before anything else. */
function Notices({ here }: { here: CaseHere }) {
  const { picture, city, parts, person } = here;
  const possible = actions(picture, person);
  const toMend = marked(picture) !== null && possible.some(action => action.effect === "resubmit");
  const answer = !toMend && waitsForMe(here) ? answering(here, possible) : undefined;
  return (
    <>
      <Unchosen picture={picture} />
      {toMend && (
        <Banner kind="warn">
          <p>{say("tasks_correction")}</p>
          <Link class="button small" href={`/case/${picture.id}/form`}>
            {say("notice_mend_go")}
          </Link>
        </Banner>
      )}
      {answer && (
        <Banner kind="warn">
          <p>{say("notice_asked")}</p>
          <Asked here={here} />
          <Link class="button small" href={`/case/${picture.id}/act/${answer.code}`}>
            {tell(answer.label)}
          </Link>
        </Banner>
      )}
      {picture.refused.map(entry => (
        <Refusal key={`${entry.instance}/${entry.seq}`} entry={entry} city={city} parts={parts} />
      ))}
    </>
  );
}

/** The application itself: what an officer reads first, and folded away for the applicant, who wrote it. */
function Carried({ here: { picture, city }, open }: { here: CaseHere; open: boolean }) {
  const { service, fields } = picture;
  return (
    <details class="panel carried" open={open}>
      <summary>
        <h2>{say("case_answers")}</h2>
      </summary>
      {service.groups.map(group => {
        const own = service.fields.filter(field => field.group === group.code && fields[field.name] !== undefined);
        return own.length ? (
          <section key={group.code}>
            <h3>{tell(group.label)}</h3>
            <Answers fields={own} values={fields} city={city} />
          </section>
        ) : null;
      })}
    </details>
  );
}

/** What came too late to count, and was kept because somebody went there and wrote it down. */
function Late({ here: { picture, city } }: { here: CaseHere }) {
  const evidence = picture.record?.evidence ?? [];
  if (!evidence.length) return null;
  return (
    <section>
      <h2>{say("case_late")}</h2>
      {evidence.map(item => {
        const action = picture.service.actions.find(found => found.code === item.action);
        const form = picture.service.forms.find(found => found.code === action?.form);
        return (
          <div class="panel" key={`${item.at}/${item.action}`}>
            <p>
              <strong>{action ? tell(action.label) : item.action}</strong> {item.name && `· ${item.name}`}
            </p>
            {item.note && <p>{item.note}</p>}
            {form && item.form && <Answers fields={form.fields} values={item.form} city={city} />}
          </div>
        );
      })}
    </section>
  );
}

/** What to keep: number and code, enough for anybody to follow the case from any phone. */
function Receipt({ here: { picture } }: { here: CaseHere }) {
  const { number, record } = picture;
  return (
    <section class="panel">
      <h2>{say("receipt")}</h2>
      <dl class="facts">
        <dt>{say("receipt_number")}</dt>
        <dd class="number large">{number}</dd>
        {record?.code && (
          <>
            <dt>{say("receipt_code")}</dt>
            <dd class="number large">{record.code}</dd>
          </>
        )}
        {record?.links?.length ? (
          <>
            <dt>{say("receipt_links")}</dt>
            <dd class="number">{record.links.join(", ")}</dd>
          </>
        ) : null}
      </dl>
      {record?.code && <p class="hint">{say("receipt_how")}</p>}
      <Enclosed picture={picture} />
      <div class="buttons">
        <button type="button" class="button secondary small" onClick={() => window.print()}>
          {say("receipt_print")}
        </button>
      </div>
    </section>
  );
}

/** On paper, where no picture of them is: what was enclosed, by name. */
function Enclosed({ picture: { service, files } }: Pick<CaseHere, "picture">) {
  const own = files.filter(file => !file.action);
  if (!own.length) return null;
  const codes = [...new Set(own.map(file => file.document))];
  return (
    <div class="only-print">
      <h3>{say("receipt_documents")}</h3>
      <ul>
        {codes.map(code => {
          const document = documentOf(service, code);
          const names = own.filter(file => file.document === code).map(fileName);
          return (
            <li key={code}>
              {document ? tell(document.label) : code}: {names.join(", ")}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
