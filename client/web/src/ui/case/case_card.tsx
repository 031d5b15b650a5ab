/** A case in a list: what it is, where it stands, and by when. */

import { Link } from "wouter-preact";
import type { CaseRow } from "../../desk.ts";
import { type City, DRAFT, serviceOf, stageOf } from "../../schemas/catalogue.ts";
import { dayInWords, farInWords } from "../moments.ts";
import { say, tell } from "../words.ts";

interface Props {
  row: CaseRow;
  city: City;
  today: string;
}

export function CaseCard({ row, city, today }: Props) {
  const service = serviceOf(city, row.service);
  const draft = row.stage === DRAFT;
  const stage = service && stageOf(service, row.stage);
  const title = row.title || (service ? say("card_untitled", { service: tell(service.name) }) : row.id);
  return (
    <div class="card">
      <h3>
        <Link href={`/case/${row.id}`}>{title}</Link>
      </h3>
      <p>
        {service && tell(service.name)}
        {row.number && (
          <>
            {" · "}
            <span class="number">{row.number}</span>
          </>
        )}
      </p>
      <div class="line">
        <span class={row.mine && stage?.waits_for === "applicant" ? "tag warn" : "tag"}>
          {draft ? say("stage_draft") : stage ? tell(stage.label) : row.stage}
        </span>
        {row.due && (
          <span class={row.due < today ? "tag bad" : "tag date"} title={dayInWords(row.due)}>
            {farInWords(row.due, today)}
          </span>
        )}
        <RowTags row={row} />
      </div>
    </div>
  );
}

/** What about a case in a list needs somebody's eye. */
export function RowTags({ row }: { row: CaseRow }) {
  return (
    <>
      {row.refused > 0 && <span class="tag bad">{say("tag_refused")}</span>}
      {row.conflicts > 0 && <span class="tag warn">{say("tag_conflict")}</span>}
      {row.waiting > 0 && <span class="tag warn">{say("tag_waiting")}</span>}
    </>
  );
}
