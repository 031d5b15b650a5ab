/** Where the case truly is: on this device, received by the server, opened by an officer. */

import { DRAFT } from "../../schemas/catalogue.ts";
import { momentHere } from "../moments.ts";
import type { CaseHere } from "../use_case.ts";
import { say } from "../words.ts";

export function Whereabouts({ here: { picture, city, person } }: { here: CaseHere }) {
  const { record, stage, waiting } = picture;
  if (stage === DRAFT) {
    return <p class="hint">{say(record && !waiting.length ? "where_draft_kept" : "where_draft_here")}</p>;
  }
  const mine = record === null || record.owner === person?.id;
  const received = record?.received ?? null;
  const opened = record?.opened ?? null;
  return (
    <ol class="timeline whereabouts" aria-label={say("where")}>
      <li class={received ? "" : "now"}>
        <div class="what">{say(received ? (mine ? "where_written" : "where_written_by") : "where_here")}</div>
        {!received && <div class="when">{say("where_here_what")}</div>}
      </li>
      <li class={received ? "" : "ahead"}>
        <div class="what">{say(received ? "where_received" : "where_not_received")}</div>
        {received && <div class="when">{momentHere(received, city)}</div>}
      </li>
      <li class={opened ? "" : "ahead"}>
        <div class="what">{say(opened ? "where_opened" : "where_not_opened")}</div>
        {opened && <div class="when">{momentHere(opened, city)}</div>}
      </li>
    </ol>
  );
}
