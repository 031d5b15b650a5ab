/** One command that the server refused: what it was, why, what it carried, and the ways on. Nothing of it is lost, and
 * it stays in sight until a person has dealt with it. */

import { useState } from "preact/hooks";
import { Link, useLocation } from "wouter-preact";
import type { Act, CaseParts, Entry } from "../desk.ts";
import { isSubmit, submitting } from "../device/rules.ts";
import { localCase, serviceNamed } from "../device/view.ts";
import { actionOf, type City, type Service, serviceOf } from "../schemas/catalogue.ts";
import { roleName } from "../schemas/roles.ts";
import { Banner, Refused } from "./banner.tsx";
import { momentHere } from "./moments.ts";
import { caseName } from "./naming.ts";
import { Carried } from "./syncing/carried.tsx";
import { documentsOf, firstOf, keptAsEvidence, problemsOf, reasonOf, waysOf } from "./syncing/reason.ts";
import { documentLabel, told } from "./syncing/told.ts";
import { useDeed, useDesk, useLive } from "./use_desk.ts";
import { language, say, tell } from "./words.ts";

interface Props {
  entry: Entry;
  city: City;
  /** The case, where it is shown on its page; elsewhere this says itself which case it is about. */
  parts?: CaseParts;
}

export function Refusal({ entry, city, parts }: Props) {
  // Asked for only where whoever shows this had no need of the case.
  const asked = useLive(desk => (parts ? Promise.resolve(null) : desk.case(entry.case)), [entry.case, !parts]);
  const around = parts ?? asked.value ?? null;
  const person = useLive(desk => desk.person(), []).value;
  const code = around?.record?.service ?? around?.entries.map(serviceNamed).find(Boolean) ?? serviceNamed(entry);
  const service = serviceOf(city, code ?? "");
  const first = firstOf(entry);
  const problems = problemsOf(entry, service);
  const documents = documentsOf(entry);
  // The applicant's have screens of their own; those of an action are mended with it.
  const applicants = service !== undefined && (entry.kind === "case.edit" || isSubmit(entry, service));
  return (
    <Banner kind="bad">
      {parts ? (
        <h2>{say("refusal_head", { what: told(entry, service) })}</h2>
      ) : (
        <About entry={entry} service={service} parts={around} />
      )}
      <p>{reasonOf(entry)}</p>
      {first && (
        <p>{say("refusal_first", { who: roleName(first.by, language()), when: momentHere(first.at, city) })}</p>
      )}
      {problems.length > 0 && (
        <ul>
          {problems.map(({ label, words }) => (
            <li key={label}>
              <strong>{label}</strong>: {words}
            </li>
          ))}
        </ul>
      )}
      {documents.length > 0 && (
        <ul>
          {documents.map(code => (
            <li key={code}>
              {applicants ? (
                <Link href={`/case/${entry.case}/form/file/${code}`}>{documentLabel(code, service)}</Link>
              ) : (
                documentLabel(code, service)
              )}
            </li>
          ))}
        </ul>
      )}
      {person?.kind === "staff" && keptAsEvidence(entry) && <p>{say("refusal_evidence")}</p>}
      {entry.result?.code === "blocked" && <p>{say("refusal_blocked")}</p>}
      <details class="why">
        <summary>{say("refusal_carried")}</summary>
        <div>
          <Carried entry={entry} service={service} city={city} />
        </div>
      </details>
      <Ways entry={entry} city={city} service={service} parts={around} />
    </Banner>
  );
}

/** In a list of them, where the heading over it says already that they were refused. */
function About({ entry, service, parts }: Omit<WaysProps, "city">) {
  const { title, number } = parts?.record ?? {};
  return (
    <>
      <h3>{told(entry, service)}</h3>
      <p>
        <Link href={`/case/${entry.case}`}>
          {title || (service ? tell(service.name) : caseName({ id: entry.case }))}
        </Link>
        {number && (
          <>
            {" · "}
            <span class="number">{number}</span>
          </>
        )}
      </p>
    </>
  );
}

interface WaysProps {
  entry: Entry;
  city: City;
  service: Service | undefined;
  parts: CaseParts | null;
}

function Ways({ entry, city, service, parts }: WaysProps) {
  const desk = useDesk();
  const { run, running, error } = useDeed();
  const [leaving, setLeaving] = useState(false);
  const ways = waysOf(entry);
  if (leaving) {
    return (
      <section aria-label={say("refusal_put_away")}>
        <p role="alert">{say("refusal_sure")}</p>
        <Refused error={error} />
        <div class="buttons">
          <button type="button" class="button" disabled={running} onClick={() => run(() => desk.give_up(entry))}>
            {say("refusal_yes")}
          </button>
          <button type="button" class="button secondary" onClick={() => setLeaving(false)}>
            {say("refusal_no")}
          </button>
        </div>
      </section>
    );
  }
  return (
    <>
      <Refused error={error} />
      <div class="buttons">
        {ways.includes("mend") && <Mend entry={entry} city={city} service={service} parts={parts} />}
        {ways.includes("choose") && (
          <Link class="button" href={`/case/${entry.case}/choose`}>
            {say("refusal_choose")}
          </Link>
        )}
        {ways.includes("retry") && (
          <button
            type="button"
            class="button secondary"
            disabled={running}
            onClick={() => run(() => desk.retry(entry))}
          >
            {say("refusal_retry")}
          </button>
        )}
        <button type="button" class="button secondary" onClick={() => setLeaving(true)}>
          {say("refusal_put_away")}
        </button>
      </div>
    </>
  );
}

/** The way to where it can be mended, with all that was typed there again. */
function Mend({ entry, city, service, parts }: WaysProps) {
  const desk = useDesk();
  const [, go] = useLocation();
  const { run, running } = useDeed();
  const person = useLive(desk => desk.person(), []).value ?? null;
  const action = service && actionOf(service, String(entry.data.action));
  const picture = parts && localCase(parts.id, city, parts.record, parts.entries);
  if (!action || (service && isSubmit(entry, service))) {
    // What is not open to changes any more can only be read.
    if (picture?.record && !submitting(picture, person)) return null;
    return (
      <Link class="button" href={`/case/${entry.case}/form`}>
        {say("refusal_mend")}
      </Link>
    );
  }
  if (!action.from.includes(picture?.stage ?? "")) return null;
  const mend = () =>
    run(async () => {
      // What was typed since is newer than what was refused.
      const typed = await desk.typing(entry.case, action.code);
      if (!typed) await desk.keep_typing(entry.case, action.code, { ...entry.data, action: action.code } as Act);
      go(`/case/${entry.case}/act/${action.code}`);
    });
  return (
    <button type="button" class="button" disabled={running} onClick={mend}>
      {say("refusal_mend")}
    </button>
  );
}
