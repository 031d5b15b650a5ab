/** Whether what lies here is safe from the browser, and whether there is room for more. */

import { useState } from "preact/hooks";
import type { Status } from "../../desk.ts";
import { Banner, Refused } from "../banner.tsx";
import { size } from "../moments.ts";
import { useDeed, useDesk } from "../use_desk.ts";
import { say } from "../words.ts";

/** Bytes of free space below which the device says so; the Python's `LOW`. */
const LOW = 200_000_000;

export function Storage({ status: { persistent, free, used, full, held, files } }: { status: Status }) {
  return (
    <section>
      <h2>{say("storage_head")}</h2>
      {full ? (
        <Banner kind="warn">
          <p>{say("storage_nearly_full")}</p>
        </Banner>
      ) : (
        free !== null &&
        free < LOW && (
          <Banner kind="warn">
            <p>{say("storage_low", { size: size(Math.max(0, free)) })}</p>
          </Banner>
        )
      )}
      {persistent === false && <Persist />}
      <dl class="facts">
        <dt>{say("storage_held")}</dt>
        <dd>{say("storage_cases", { n: held })}</dd>
        {files.waiting > 0 && (
          <>
            <dt>{say("storage_files")}</dt>
            <dd>
              {say("tasks_file_files", { n: files.waiting })} · {size(files.bytes)}
            </dd>
          </>
        )}
        {persistent === true && (
          <>
            <dt>{say("storage_kept")}</dt>
            <dd>{say("storage_kept_yes")}</dd>
          </>
        )}
        {used !== null && (
          <>
            <dt>{say("storage_used")}</dt>
            <dd>{size(used)}</dd>
          </>
        )}
        {free !== null && (
          <>
            <dt>{say("storage_free")}</dt>
            <dd>{size(Math.max(0, free))}</dd>
          </>
        )}
      </dl>
    </section>
  );
}

function Persist() {
  const desk = useDesk();
  const { run, running, error } = useDeed();
  const [refused, setRefused] = useState(false);
  const ask = () => run(async () => setRefused(!(await desk.persist())));
  return (
    <div class="panel">
      <p>{say("storage_persist_why")}</p>
      <Refused error={error} />
      <p role="status">{refused && say("storage_persist_no")}</p>
      <button type="button" class="button secondary" disabled={running} onClick={ask}>
        {say("storage_persist")}
      </button>
    </div>
  );
}
