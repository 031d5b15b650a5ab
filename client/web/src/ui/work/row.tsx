/** One case in the list: which, where it is, by when, and what is the matter with it. */

import { Link } from "wouter-preact";
import { farInWords, since } from "../moments.ts";
import { say, tell } from "../words.ts";
import { keep } from "./kept.ts";
import type { Placed } from "./rows.ts";
import { shortDay } from "./short_day.ts";

interface Props {
  placed: Placed;
  today: string;
  /** Where the title leads. */
  href: string;
  /** Whether it is the one that stands beside the list. */
  chosen: boolean;
}

export function WorkRow({ placed, today, href, chosen }: Props) {
  const { row, service, stage, district } = placed;
  const id = `work-${row.id}`;
  return (
    <li class={chosen ? "row chosen" : "row"} data-due={placed.ended ? undefined : placed.due}>
      <div class="row-what">
        <Link
          id={id}
          href={href}
          aria-current={chosen ? "true" : undefined}
          aria-describedby={`${id}-about`}
          onClick={() => keep({ left: row.id })}
        >
          {row.title || say("work_untitled")}
        </Link>
        <span class="row-number">{row.number ?? (service ? tell(service.name) : row.service)}</span>
        <Tags placed={placed} />
      </div>
      <div class="row-about" id={`${id}-about`}>
        <span class="row-due">
          <Due placed={placed} today={today} />
        </span>
        <span class="row-stage">{stage}</span>
        <span class="row-place">{district}</span>
      </div>
    </li>
  );
}

function Due({ placed: { row, due, ended }, today }: { placed: Placed; today: string }) {
  if (ended) return row.touched ? <span>{say("work_touched", { age: since(row.touched) })}</span> : null;
  if (row.due === null) return <span>{say("work_no_due")}</span>;
  return (
    <>
      <strong class={due === "late" ? "due-far late" : "due-far"}>{farInWords(row.due, today)}</strong>{" "}
      <span class="row-date">{shortDay(row.due)}</span>
    </>
  );
}

function Tags({ placed: { row, ended } }: { placed: Placed }) {
  // A case that nobody has looked at yet is news to whoever works on it, not to whoever filed it.
  const unopened = !row.opened && !row.mine && !ended;
  if (!row.refused && !row.conflicts && !row.waiting && !unopened) return null;
  return (
    <span class="row-tags">
      {row.refused > 0 && <span class="tag bad">{say("work_refused")}</span>}
      {row.conflicts > 0 && <span class="tag warn">{say("work_conflict")}</span>}
      {row.waiting > 0 && <span class="tag date">{say("work_waiting")}</span>}
      {unopened && <span class="tag">{say("work_unopened")}</span>}
    </span>
  );
}
