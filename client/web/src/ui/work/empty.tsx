/** A list with nothing in it says why, and what to do. */

import { Link } from "wouter-preact";
import type { Status } from "../../desk.ts";
import { Screen } from "../screen.tsx";
import { say } from "../words.ts";
import { type Filters, NO_FILTERS, VIEWS, type View } from "./rows.ts";

interface Props {
  filters: Filters;
  /** How many fit in each view. */
  fitting: Record<View, number>;
  /** Cases on this device. */
  held: number;
  status: Status;
  onChange: (change: Partial<Filters>) => void;
}

export function Nothing({ filters, fitting, held, status, onChange }: Props) {
  if (held === 0) return <NothingHere status={status} />;
  const { view, ...narrowing } = filters;
  const narrowed = Object.values(narrowing).some(Boolean);
  const others = VIEWS.filter(other => other !== view && fitting[other] > 0);
  return (
    <div class="panel empty">
      <p>
        <strong>{say(narrowed ? "work_no_match" : `work_none_${view}`)}</strong>
      </p>
      {!narrowed && view === "mine" && <p>{say("work_none_mine_what")}</p>}
      <div class="buttons">
        {others.map(other => (
          <button key={other} type="button" class="button secondary" onClick={() => onChange({ view: other })}>
            {say("work_see_view", { view: say(`work_view_${other}`), n: fitting[other] })}
          </button>
        ))}
        {narrowed && (
          <button type="button" class="button secondary" onClick={() => onChange(NO_FILTERS)}>
            {say("work_clear")}
          </button>
        )}
      </div>
    </div>
  );
}

function NothingHere({ status }: { status: Status }) {
  if (status.progress) {
    return (
      <p class="panel empty" role="status">
        {say("work_none_here_coming")}
      </p>
    );
  }
  return (
    <div class="panel empty">
      <p>
        <strong>{say("work_none_here")}</strong>
      </p>
      <p>{say(status.last_success_here ? "work_none_here_synced" : "work_none_here_new")}</p>
      <div class="buttons">
        <Link href="/sync" class="button">
          {say("work_to_sync")}
        </Link>
      </div>
    </div>
  );
}

/** For whoever comes by an old link, or was signed out. */
export function NotForYou({ status }: { status: Status }) {
  return (
    <Screen title={say("work_title")}>
      <p>{say(status.signed_out ? "work_signed_out" : "work_not_for_you")}</p>
      <div class="buttons">
        <Link href="/me" class="button">
          {say("work_sign_in")}
        </Link>
      </div>
    </Screen>
  );
}
