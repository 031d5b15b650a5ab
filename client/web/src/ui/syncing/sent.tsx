/** What was sent or put away in the last thirty days: read from the disk only when somebody asks. */

import { useState } from "preact/hooks";
import type { CaseRow } from "../../desk.ts";
import type { City } from "../../schemas/catalogue.ts";
import { KEEP_DAYS } from "../../sync/outbox.ts";
import { Refused } from "../banner.tsx";
import { useLive } from "../use_desk.ts";
import { say } from "../words.ts";
import { Entries } from "./entries.tsx";

interface Props {
  rows: ReadonlyMap<string, CaseRow>;
  city: City;
}

export function Sent(props: Props) {
  const [open, setOpen] = useState(false);
  return (
    <details class="panel" onToggle={event => setOpen(event.currentTarget.open)}>
      <summary>{say("sent_head", { n: KEEP_DAYS })}</summary>
      {open && <Listed {...props} />}
    </details>
  );
}

function Listed({ rows, city }: Props) {
  const { value, error } = useLive(desk => desk.outbox("acknowledged", "settled"), []);
  if (!value) return <Refused error={error} />;
  return (
    <>
      <p class="hint">{say("sent_what")}</p>
      {value.length ? <Entries entries={[...value].reverse()} rows={rows} city={city} /> : <p>{say("sent_none")}</p>}
    </>
  );
}
