/** What waits, why it waits, and the button for those who do not want to. */

import { useState } from "preact/hooks";
import { Link } from "wouter-preact";
import type { Report, Status } from "../../desk.ts";
import { since, size, span } from "../moments.ts";
import { useDeed, useDesk } from "../use_desk.ts";
import { useNow } from "../use_now.ts";
import { say } from "../words.ts";
import { Trouble } from "./troubles.tsx";

/** Milliseconds between two looks at the clock: what is said of it is in minutes. */
const TICK = 10_000;

/** `carrying`: whether this window sends a file right now. */
export function Now({ status, carrying }: { status: Status; carrying: boolean }) {
  const desk = useDesk();
  const { run, running, error } = useDeed();
  const [report, setReport] = useState<Report | null>(null);
  const now = useNow(TICK);
  const start = () => {
    setReport(null);
    return run(async () => setReport(await desk.sync()));
  };
  const busy = running || status.progress !== null;
  return (
    <section class="panel sync-now" aria-labelledby="sync-head">
      <h2 class="sync-head" id="sync-head">
        {headOf(status)}
      </h2>
      {status.waiting > 0 && status.oldest && (
        <p>{say("sync_oldest", { age: since(status.oldest, now), size: size(status.bytes) })}</p>
      )}
      {status.waiting > 0 && !status.last_error && <p class="hint">{say("sync_safe")}</p>}
      <Trouble status={status} error={busy ? null : error} />
      {!busy && <p>{carrying ? say("sync_files_going") : nextOf(status, now)}</p>}
      {busy && <Under status={status} />}
      <div class="buttons">
        {status.signed_out && (
          <Link href="/me" class="button">
            {say("sync_sign_in")}
          </Link>
        )}
        <button type="button" class={status.signed_out ? "button secondary" : "button"} disabled={busy} onClick={start}>
          {say("sync_do")}
        </button>
      </div>
      <p role="status">{!busy && report && reportInWords(report)}</p>
    </section>
  );
}

function headOf(status: Status): string {
  if (status.waiting) return say("sync_waiting", { n: status.waiting });
  if (status.refused) return say("sync_only_refused", { n: status.refused });
  if (status.files.waiting) return say("sync_files_head", { n: status.files.waiting });
  return say(status.last_success_here ? "sync_well" : "sync_new");
}

function nextOf({ signed_out, next_try, waiting, files, last_error }: Status, now: number): string | null {
  if (signed_out) return last_error?.code === "not_signed_in" ? null : say("sync_why_signed_out");
  if (next_try === null || (!waiting && !files.waiting && !last_error)) return null;
  const seconds = (Date.parse(next_try) - now) / 1000;
  return seconds < 60 ? say("sync_next_soon") : say("sync_next", { span: span(seconds) });
}

/** How far it is. What a screen reader hears is said once a step, not at each kilobyte. */
function Under({ status: { progress } }: { status: Status }) {
  const what = progress?.what ?? "sending";
  const amount = progress && progress.what !== "storing" && progress.done > 0 ? size(progress.done) : "";
  return (
    <div class="sync-under">
      <p>
        <span role="status">{say(`sync_${what}`)}</span> {amount}
      </p>
      <progress
        aria-label={say("sync_progress")}
        max={progress?.all ?? undefined}
        value={progress?.all ? progress.done : undefined}
      />
    </div>
  );
}

function reportInWords({ sent, received, dropped, mended, refused }: Report): string {
  const parts = [
    sent ? say("report_sent", { n: sent }) : "",
    received ? say("report_received", { n: received }) : "",
    dropped ? say("report_dropped", { n: dropped }) : "",
    mended ? say("report_mended", { n: mended }) : "",
    refused.length ? say("report_refused", { n: refused.length }) : "",
  ].filter(Boolean);
  return parts.length ? say("report", { what: parts.join(", ") }) : say("report_same");
}
