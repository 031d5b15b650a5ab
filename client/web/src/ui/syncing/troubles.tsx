/** What is wrong with this device or its way to the server, and what to do about it. */

import type { Status } from "../../desk.ts";
import { TenggatError } from "../../sync/errors.ts";
import { Banner, Refused } from "../banner.tsx";
import { explained, explainedCode } from "../errors.ts";
import { momentHere, since, span } from "../moments.ts";
import { useDeed, useDesk } from "../use_desk.ts";
import { say } from "../words.ts";

/** Seconds by which this device's clock may be off before it is mentioned; the Python's `SKEW`. */
const SKEW = 300;

/** Why the last exchange failed: the one that the person asked for, or else the timer's. */
export function Trouble({ status, error }: { status: Status; error: unknown }) {
  const last = known(status.last_error);
  const asked = error instanceof TenggatError && error.code !== last?.code ? known(error) : null;
  if (asked === null && last === null) return null;
  const words = asked ? explained(asked) : last ? explainedCode(last.code, last.detail, { text: last.text }) : "";
  const detail = asked?.detail ?? last?.detail;
  return (
    <Banner kind="warn" {...(error ? { role: "alert" as const } : {})}>
      <p>{words}</p>
      <details class="why">
        <summary>{say("trouble_detail")}</summary>
        <div>
          {last && !asked && <p>{say("trouble_at", { age: since(last.at) })}</p>}
          <code>
            {asked?.code ?? last?.code}: {detail}
          </code>
        </div>
      </details>
    </Banner>
  );
}

/** That another window is at it is no trouble. */
function known<T extends { code: string }>(trouble: T | null): T | null {
  return trouble?.code === "already_syncing" ? null : trouble;
}

export function Troubles({ status, timezone }: { status: Status; timezone: string | null }) {
  return (
    <>
      <Gone status={status} timezone={timezone} />
      {status.upgrade && (
        <Banner kind="warn">
          <p>{say("error_upgrade")}</p>
        </Banner>
      )}
      {status.skew !== null && Math.abs(status.skew) >= SKEW && (
        <Banner kind="warn">
          <p>{say(status.skew > 0 ? "trouble_clock_ahead" : "trouble_clock_behind", { span: span(status.skew) })}</p>
        </Banner>
      )}
    </>
  );
}

/** The device lost what it held: said until it was read. */
function Gone({ status: { loss, wiped }, timezone }: { status: Status; timezone: string | null }) {
  const desk = useDesk();
  const { run, running, error } = useDeed();
  if (loss === null && wiped === null) return null;
  const when = (moment: string) => (timezone ? momentHere(moment, { timezone }) : moment);
  return (
    <Banner kind="bad" role="alert">
      {loss && (
        <>
          <h2>{say("loss_head")}</h2>
          <p>{say("loss_what", { when: when(loss.last_seen) })}</p>
          <p>{say("loss_waiting", { n: loss.waiting })}</p>
          {loss.files ? <p>{say("loss_files", { n: loss.files })}</p> : null}
          <p>{say("loss_todo")}</p>
        </>
      )}
      {wiped && (
        <>
          <h2>{say("wiped_head")}</h2>
          <p>{say("wiped_what", { when: when(wiped) })}</p>
        </>
      )}
      <Refused error={error} />
      <div class="buttons">
        <button
          type="button"
          class="button secondary"
          disabled={running}
          onClick={() => run(() => desk.acknowledge_loss())}
        >
          {say("loss_read")}
        </button>
      </div>
    </Banner>
  );
}
