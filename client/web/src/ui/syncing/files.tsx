/** What was not received, carried by hand: out as a file, and in from one. For a device that finds no network any more. */

import { useRef, useState } from "preact/hooks";
import { Refused } from "../banner.tsx";
import { codeOf } from "../errors.ts";
import { useDeed, useDesk } from "../use_desk.ts";
import { say } from "../words.ts";

/** `unsent`: how many commands would be in it; `photos`: how many files would not. */
export function Files({ unsent, photos }: { unsent: number; photos: number }) {
  return (
    <details class="panel">
      <summary>{say("files_head")}</summary>
      <p>{say("files_what")}</p>
      <Out unsent={unsent} photos={photos} />
      <In />
    </details>
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
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // Some browsers read it only after the click was handled.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

function In() {
  const desk = useDesk();
  const { run, running, error } = useDeed();
  const [result, setResult] = useState<{ taken: number; known: number } | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const take = (file: File | undefined) => {
    if (!file) return;
    setResult(null);
    void run(async () => setResult(await desk.import(file))).then(() => {
      // So that the same file, mended, can be chosen once more.
      if (input.current) input.current.value = "";
    });
  };
  return (
    <section>
      <h3>{say("files_in")}</h3>
      <p id="files-in-hint">{say("files_in_what")}</p>
      {codeOf(error) === "malformed" ? (
        <p class="error-text" role="alert">
          {say("files_in_malformed")}
        </p>
      ) : (
        <Refused error={error} />
      )}
      <p role="status">{result && say("files_in_done", { taken: result.taken, known: result.known })}</p>
      <label class="label" for="files-in">
        {say("files_in_do")}
      </label>
      <input
        id="files-in"
        type="file"
        accept=".json,application/json"
        ref={input}
        disabled={running}
        aria-describedby="files-in-hint"
        onChange={event => take(event.currentTarget.files?.[0])}
      />
    </section>
  );
}
