/** The form as a list of tasks: how far each section and document is, and what to do next. In a correction: what was marked. */

import { useState } from "preact/hooks";
import { Link, useLocation } from "wouter-preact";
import { mayEdit } from "../device/rules.ts";
import { documentOf, fieldOf } from "../schemas/catalogue.ts";
import { Banner, Refused } from "../ui/banner.tsx";
import { MissingCase } from "../ui/case/missing_case.tsx";
import { Unchosen } from "../ui/case/unchosen.tsx";
import { isPicture } from "../ui/files/naming.ts";
import { type Filing, filingOf, type Paper, placeOf, type Task } from "../ui/filing.ts";
import { Screen, Waiting } from "../ui/screen.tsx";
import { type CaseHere, useCase } from "../ui/use_case.ts";
import { useDeed, useDesk } from "../ui/use_desk.ts";
import { say, tell } from "../ui/words.ts";

export function TasksScreen({ id }: { id: string }) {
  const { value: here, error } = useCase(id);
  if (here === undefined && !error) return <Waiting />;
  if (!here) return <MissingCase error={error} />;
  const { picture, city, person } = here;
  const { service } = picture;
  if (!mayEdit(picture, person)) {
    return (
      <Screen title={tell(service.name)} back={`/case/${id}`}>
        <p>{say("tasks_closed")}</p>
        <Link class="button" href={`/case/${id}`}>
          {say("tasks_to_case")}
        </Link>
      </Screen>
    );
  }
  const filing = filingOf(picture, city, here.parts.entries);
  const next = `/case/${id}/form/${filing.next ?? "check"}`;
  const last = (
    <li>
      <Link href={`/case/${id}/form/check`}>{say("check_title")}</Link>
    </li>
  );
  return (
    <Screen title={tell(service.name)} back={picture.record ? `/case/${id}` : "/"}>
      <Marked here={here} />
      <Unchosen picture={picture} />
      <p>{say("tasks_left", { n: filing.left.fields, d: filing.left.papers })}</p>
      <div class="buttons first">
        <Link class="button" href={next}>
          {say(filing.next ? "tasks_go_on" : "tasks_check")}
        </Link>
      </div>
      <h2 class="unseen">{say("tasks_fields_head")}</h2>
      <ul class="tasks">
        {filing.tasks.map(task => (
          <TaskRow key={task.group.code} id={id} task={task} filing={filing} />
        ))}
        {!filing.papers.length && last}
      </ul>
      {filing.papers.length > 0 && (
        <>
          <h2>{say("files_title")}</h2>
          <ul class="tasks">
            {filing.papers.map(paper => (
              <PaperRow key={paper.document.code} id={id} paper={paper} />
            ))}
            {last}
          </ul>
        </>
      )}
      <Discard here={here} />
    </Screen>
  );
}

const LOOK = { done: "good", begun: "warn", empty: "", optional: "", marked: "bad" } as const;

function TaskRow({ id, task, filing }: { id: string; task: Task; filing: Filing }) {
  const first = task.fields.find(field => field.name in filing.problems) ?? task.fields[0];
  return (
    <li>
      <Link href={`/case/${id}/form/${first?.name}`}>{tell(task.group.label)}</Link>
      <span class={`tag ${LOOK[task.state]}`}>{say(`tasks_${task.state}`)}</span>
    </li>
  );
}

function PaperRow({ id, paper }: { id: string; paper: Paper }) {
  return (
    <li>
      <Link href={`/case/${id}/form/${placeOf(paper)}`}>{tell(paper.document.label)}</Link>
      <span class={`tag ${LOOK[paper.state]}`}>{paperInWords(paper)}</span>
    </li>
  );
}

function paperInWords({ state, files }: Paper): string {
  if (state === "marked") return say("tasks_marked");
  if (state === "done") {
    return say(files.every(isPicture) ? "tasks_file_photos" : "tasks_file_files", { n: files.length });
  }
  return say(state === "empty" ? "tasks_file_none" : "tasks_file_optional");
}

/** What an officer asked to be mended, with the reasons. */
function Marked({ here: { picture } }: { here: CaseHere }) {
  const correction = picture.record?.stage === "draft" ? null : picture.record?.correction;
  if (!correction || correction.mended) return null;
  return (
    <Banner kind="warn">
      <h2>{say("tasks_marked")}</h2>
      <p>{say("tasks_correction")}</p>
      <ul>
        {correction.items.map(item => {
          const field = item.field ? fieldOf(picture.service, item.field) : undefined;
          const document = item.document ? documentOf(picture.service, item.document) : undefined;
          return (
            <li key={`${item.field}/${item.document}`}>
              <strong>{field ? tell(field.label) : document ? tell(document.label) : ""}</strong>: {item.reason}
            </li>
          );
        })}
      </ul>
    </Banner>
  );
}

/** A draft that no server has seen can be taken back whole. */
function Discard({ here: { picture } }: { here: CaseHere }) {
  const desk = useDesk();
  const [, go] = useLocation();
  const [sure, setSure] = useState(false);
  const { run, error } = useDeed();
  if (picture.record || picture.waiting.some(entry => entry.state !== "queued")) return null;
  const discard = () =>
    run(async () => {
      // The latest first: each builds on the one before it.
      for (const entry of [...picture.waiting].reverse()) await desk.undo(entry);
      for (const entry of picture.refused) await desk.give_up(entry);
      go("/");
    });
  return (
    <>
      <Refused error={error} />
      {sure ? (
        <Banner kind="warn" role="alert">
          <p>{say("tasks_discard_sure")}</p>
          <div class="buttons">
            <button type="button" class="button danger" onClick={discard}>
              {say("tasks_discard_yes")}
            </button>
            <button type="button" class="button secondary" onClick={() => setSure(false)}>
              {say("tasks_discard_no")}
            </button>
          </div>
        </Banner>
      ) : (
        <button type="button" class="link" onClick={() => setSure(true)}>
          {say("tasks_discard")}
        </button>
      )}
    </>
  );
}
