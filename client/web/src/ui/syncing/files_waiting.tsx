/** Photos and documents that the server has not received, or will not take: which, how far, and why they wait. */

import { useState } from "preact/hooks";
import { Link } from "wouter-preact";
import type { CaseRow, WaitingFile } from "../../desk.ts";
import { type City, documentOf, serviceOf } from "../../schemas/catalogue.ts";
import { fileName } from "../files/naming.ts";
import { percentOf, troubleInWords } from "../files/state.ts";
import { Thumbnail } from "../files/thumbnail.tsx";
import { since, size } from "../moments.ts";
import { caseName } from "../naming.ts";
import { say, tell } from "../words.ts";

interface Props {
  files: readonly WaitingFile[];
  rows: ReadonlyMap<string, CaseRow>;
  city: City;
}

/** Drawn at once; the rest when it is asked for. */
const STEP = 20;

export function FilesWaiting({ files, rows, city }: Props) {
  const waiting = files.filter(file => file.state !== "refused");
  const refused = files.filter(file => file.state === "refused");
  const sent = waiting.reduce((sum, file) => sum + file.sent, 0);
  const all = waiting.reduce((sum, file) => sum + file.size, 0);
  const told = say("sync_files_sum", { sent: size(sent), size: size(all) });
  return (
    <>
      {refused.length > 0 && (
        <section aria-labelledby="files-refused-head">
          <h2 id="files-refused-head">{say("sync_files_refused", { n: refused.length })}</h2>
          <List files={refused} rows={rows} city={city} />
        </section>
      )}
      {waiting.length > 0 && (
        <section aria-labelledby="files-waiting-head">
          <h2 id="files-waiting-head">{say("sync_files_list", { n: waiting.length })}</h2>
          <p>{told}</p>
          {sent > 0 && <progress class="files-sum" max={all} value={sent} aria-label={told} />}
          <p class="hint">{say("sync_files_safe")}</p>
          <List files={waiting} rows={rows} city={city} />
        </section>
      )}
    </>
  );
}

function List({ files, rows, city }: Props) {
  const [shown, setShown] = useState(STEP);
  return (
    <>
      <ul class="entries">
        {files.slice(0, shown).map((file, place) => (
          <One key={file.attachment} file={file} place={place} row={rows.get(file.case)} city={city} />
        ))}
      </ul>
      {files.length > shown && (
        <button type="button" class="link" onClick={() => setShown(shown + STEP)}>
          {say("entries_more", { n: files.length - shown })}
        </button>
      )}
    </>
  );
}

interface OneProps {
  file: WaitingFile;
  place: number;
  row: CaseRow | undefined;
  city: City;
}

function One({ file, place, row, city }: OneProps) {
  const service = serviceOf(city, row?.service ?? "");
  const document = service && documentOf(service, file.document);
  const what = document ? tell(document.label) : file.document;
  const percent = percentOf(file);
  return (
    <li class="file-entry">
      <Thumbnail id={file.case} file={{ ...file, id: file.attachment, arrived: null }} />
      <div>
        <p class="entry-what">
          <strong>{fileName(file, place)}</strong> <Why file={file} />
        </p>
        <p>
          {what} · <Link href={`/case/${file.case}`}>{row?.title || caseName(row ?? { id: file.case })}</Link>
        </p>
        <p class="hint entry-since">
          {size(file.size)} · {say("sync_file_age", { age: since(file.queued_at) })}
        </p>
        {file.state === "refused" && (
          <>
            <p class="error-text">{troubleInWords(file)}</p>
            <p>{say("file_refused_todo")}</p>
          </>
        )}
        {file.state === "waiting" && file.trouble && (
          <p class="hint">{say("sync_file_trouble", { why: troubleInWords(file) })}</p>
        )}
        {percent > 0 && ["waiting", "uploading"].includes(file.state) && (
          <progress max={100} value={percent} aria-label={say("file_state_uploading", { percent })} />
        )}
      </div>
    </li>
  );
}

function Why({ file }: { file: WaitingFile }) {
  if (file.state === "refused") return <span class="tag bad">{say("state_refused")}</span>;
  if (file.state === "uploading") {
    return <span class="tag date">{say("file_state_uploading", { percent: percentOf(file) })}</span>;
  }
  return <span class="tag date">{say(file.state === "sent" ? "file_state_sent" : "state_queued")}</span>;
}
