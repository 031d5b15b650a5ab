/** What was not received, carried by hand: out as a file, and in from one. For a device that finds no network any more. */

import { useRef, useState } from "preact/hooks";
import type { Bundle, Heard, TakenIn } from "../../desk.ts";
import { Banner, Refused } from "../banner.tsx";
import { explainedCode } from "../errors.ts";
import { size } from "../moments.ts";
import { useDeed, useDesk } from "../use_desk.ts";
import { say } from "../words.ts";
import { refusedFile, sentencesOf } from "./heard.ts";

/** `unsent`: how many commands would be in it; `photos`: how many files would not. */
export function Files({ unsent, photos }: { unsent: number; photos: number }) {
  const desk = useDesk();
  return (
    <details class="panel">
      <summary>{say("files_head")}</summary>
      <p>{say("files_what")}</p>
      {desk.bundle && <Locked unsent={unsent} photos={photos} />}
      <Out unsent={unsent} photos={photos} />
      <In />
    </details>
  );
}

/** For the server alone: photos go along, and whoever finds the file can do nothing with it. */
function Locked({ unsent, photos }: { unsent: number; photos: number }) {
  const desk = useDesk();
  const { run, running, error } = useDeed();
  const [made, setMade] = useState<Bundle | null>(null);
  const save = () =>
    run(async () => {
      const bundle = await desk.bundle?.();
      if (!bundle) return;
      fetched(bundle.address, bundle.name);
      setMade(bundle);
    });
  return (
    <section>
      <h3>{say("files_locked")}</h3>
      <p>{say("files_locked_what")}</p>
      <Refused error={error} />
      <p role="status">
        {made &&
          say("files_locked_done", { name: made.name, n: made.commands, files: made.files, size: size(made.bytes) })}
        {made && made.left > 0 && ` ${say("files_locked_left", { n: made.left })}`}
      </p>
      <button type="button" class="button" disabled={running || unsent + photos === 0} onClick={save}>
        {say("files_locked_do", { n: unsent, files: photos })}
      </button>
    </section>
  );
}

function Out({ unsent, photos }: { unsent: number; photos: number }) {
  const desk = useDesk();
  const { run, running, error } = useDeed();
  const [made, setMade] = useState("");
  const save = () =>
    run(async () => {
      const here = new Date(Date.now() - new Date().getTimezoneOffset() * 60_000);
      const name = `tenggat-${here.toISOString().slice(0, 16).replace(/\D/g, "")}.json`;
      download(await desk.export(), name);
      setMade(name);
    });
  return (
    <section>
      <h3>{say("files_out")}</h3>
      <p>{say("files_out_warn")}</p>
      {photos > 0 && <p>{say("files_out_photos", { n: photos })}</p>}
      <Refused error={error} />
      <p role="status">{made && say("files_out_done", { name: made })}</p>
      <button type="button" class="button secondary" disabled={running || unsent === 0} onClick={save}>
        {say("files_out_do", { n: unsent })}
      </button>
    </section>
  );
}

function download(file: Blob, name: string): void {
  const address = URL.createObjectURL(file);
  fetched(address, name);
  // Some browsers read it only after the click was handled.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

function fetched(address: string, name: string): void {
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
}

function In() {
  const desk = useDesk();
  const { run, running, error } = useDeed();
  const [result, setResult] = useState<TakenIn | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const refused = refusedFile(error);
  const take = (file: File | undefined) => {
    if (!file) return;
    setResult(null);
    const taking = async () => {
      const found = await desk.import(file);
      if (found.carried) fetched(found.carried.address, found.carried.name);
      setResult(found);
    };
    void run(taking).then(() => {
      // So that the same file, mended, can be chosen once more.
      if (input.current) input.current.value = "";
    });
  };
  return (
    <section>
      <h3>{say("files_in")}</h3>
      <p id="files-in-hint">{say("files_in_what")}</p>
      {refused ? (
        <p class="error-text" role="alert">
          {say(refused)}
        </p>
      ) : (
        <Refused error={error} />
      )}
      <p role="status">{result && doneInWords(result)}</p>
      {result?.heard && <Told heard={result.heard} />}
      <label class="label" for="files-in">
        {say("files_in_do")}
      </label>
      <input
        id="files-in"
        type="file"
        accept={desk.bundle ? ".tenggat,.json,application/json" : ".json,application/json"}
        ref={input}
        disabled={running}
        aria-describedby="files-in-hint"
        onChange={event => take(event.currentTarget.files?.[0])}
      />
    </section>
  );
}

function doneInWords({ taken, known, carried }: TakenIn): string {
  if (!carried) return say("files_in_done", { taken, known });
  const later = carried.later ? ` ${say("files_carried_later", { n: carried.later })}` : "";
  return say("files_carried", { name: carried.name }) + later;
}

function Told({ heard }: { heard: Heard }) {
  const sentences = sentencesOf(heard);
  if (!sentences.length) return null;
  const bad = sentences.some(one => one.bad);
  return (
    <Banner kind={bad ? "bad" : "info"} role={bad ? "alert" : "status"}>
      {sentences.map(({ word, values }) => (
        <p key={word}>{say(word, values)}</p>
      ))}
      {heard.problems.length > 0 && (
        <ul>
          {heard.problems.map(({ code, detail }) => (
            <li key={code}>{explainedCode(code, detail)}</li>
          ))}
        </ul>
      )}
    </Banner>
  );
}
