/** One document at a time: its photos and files, each on the disk as soon as it is there. */

import { useEffect, useState } from "preact/hooks";
import { Link, useLocation } from "wouter-preact";
import { mayEdit } from "../device/rules.ts";
import { type Document, documentOf } from "../schemas/catalogue.ts";
import { Banner } from "../ui/banner.tsx";
import { MissingCase } from "../ui/case/missing_case.tsx";
import { aroundOf } from "../ui/files/around.ts";
import { Picker } from "../ui/files/picker.tsx";
import { useFiles } from "../ui/files/use_files.ts";
import { type Filing, filingOf, type Paper, placeOf, waysThrough } from "../ui/filing.ts";
import { Screen, Waiting } from "../ui/screen.tsx";
import { type CaseHere, useCase } from "../ui/use_case.ts";
import { useDesk } from "../ui/use_desk.ts";
import { say, tell } from "../ui/words.ts";

export function DocumentScreen({ id, code }: { id: string; code: string }) {
  const { value: here, error } = useCase(id);
  if (here === undefined && !error) return <Waiting />;
  if (!here) return <MissingCase error={error} />;
  const { picture, city, person } = here;
  const document = documentOf(picture.service, code);
  const filing = filingOf(picture, city, here.parts.entries);
  const paper = filing.papers.find(found => found.document.code === code);
  if (!document || !paper || !mayEdit(picture, person)) return <Closed here={here} document={document} />;
  return <Adding key={`${id}/${code}`} here={here} filing={filing} paper={paper} />;
}

function Closed({ here: { picture, person }, document }: { here: CaseHere; document: Document | undefined }) {
  const why = !mayEdit(picture, person)
    ? "tasks_closed"
    : picture.record?.correction
      ? "file_not_marked"
      : "file_gone_what";
  return (
    <Screen title={document ? tell(document.label) : say("file_gone")} back={`/case/${picture.id}/form`}>
      <p>{say(why)}</p>
      <Link href={`/case/${picture.id}/form`}>{say("question_list")}</Link>
    </Screen>
  );
}

function Adding({ here, filing, paper }: { here: CaseHere; filing: Filing; paper: Paper }) {
  const { picture } = here;
  const { document, files } = paper;
  const desk = useDesk();
  const [, go] = useLocation();
  const states = useFiles(picture.id);
  /** Whether somebody wanted to go on without a file that is required. */
  const [tried, setTried] = useState(0);
  const [kept, setKept] = useState(false);
  /** Files are being taken in: whoever went on meanwhile would not hear of one that is refused. */
  const [busy, setBusy] = useState(false);
  const { onward, back } = waysThrough(picture.id, filing, placeOf(paper));
  const lacks = document.required && files.length === 0;
  const bad = lacks && tried > 0;
  useEffect(() => {
    if (tried) window.document.getElementById(`file-${document.code}`)?.focus();
  }, [tried, document.code]);
  const next = (event: Event) => {
    event.preventDefault();
    if (busy) return;
    if (lacks) setTried(tried + 1);
    else go(onward);
  };
  const reason = picture.record?.correction?.items.find(item => item.document === document.code)?.reason;
  const label = tell(document.label);
  const described = [document.help && "document-help", bad && "document-problem"].filter(Boolean).join(" ");
  return (
    <Screen
      title={document.required ? label : `${label} ${say("optional")}`}
      back={back}
      over={
        <p class="progress-words">
          {say("file_of", { n: filing.papers.indexOf(paper) + 1, all: filing.papers.length })}
        </p>
      }
    >
      <form onSubmit={next} noValidate>
        {reason && (
          <Banner kind="warn">
            <p>{say("question_marked", { reason })}</p>
          </Banner>
        )}
        {document.help && <p id="document-help">{tell(document.help)}</p>}
        <div class={bad ? "field bad" : "field"}>
          {bad && (
            <p class="error-text" id="document-problem">
              <span class="unseen">{say("error_prefix")} </span>
              {say("file_missing")}
            </p>
          )}
          <Picker
            id={picture.id}
            document={document}
            files={files}
            states={states}
            around={aroundOf(here)}
            labelledBy="title"
            describedBy={described || undefined}
            alone
            onAdd={async file => {
              await desk.attach(picture.id, document.code, file);
              setKept(true);
            }}
            onBusy={(busy, taking) => setBusy(busy && taking)}
            onRemove={async file => {
              await desk.detach(picture.id, file.id);
              setKept(true);
            }}
          />
        </div>
        <div class="buttons">
          <button type="submit" class={lacks ? "button secondary" : "button"} disabled={busy}>
            {say("question_next")}
          </button>
          {bad && (
            <Link class="button secondary" href={onward}>
              {say("question_later")}
            </Link>
          )}
        </div>
        <p class="saved" role="status">
          {kept && say("question_saved")}
        </p>
        <Link href={`/case/${picture.id}/form`}>{say("question_list")}</Link>
      </form>
    </Screen>
  );
}
