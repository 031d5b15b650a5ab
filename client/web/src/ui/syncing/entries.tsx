/** Commands of this device in words: what, about which case, since when, how much. */

import { useState } from "preact/hooks";
import { Link } from "wouter-preact";
import type { CaseRow, Entry } from "../../desk.ts";
import { type City, serviceOf } from "../../schemas/catalogue.ts";
import { since, size } from "../moments.ts";
import { caseName } from "../naming.ts";
import { say, tell } from "../words.ts";
import { Carried } from "./carried.tsx";
import { told } from "./told.ts";

interface Props {
  entries: readonly Entry[];
  rows: ReadonlyMap<string, CaseRow>;
  city: City;
}

/** Drawn at once; the rest when it is asked for. */
const STEP = 20;

export function Entries({ entries, rows, city }: Props) {
  const [shown, setShown] = useState(STEP);
  return (
    <>
      <ul class="entries">
        {entries.slice(0, shown).map(entry => (
          <One key={`${entry.instance}/${entry.seq}`} entry={entry} row={rows.get(entry.case)} city={city} />
        ))}
      </ul>
      {entries.length > shown && (
        <button type="button" class="link" onClick={() => setShown(shown + STEP)}>
          {say("entries_more", { n: entries.length - shown })}
        </button>
      )}
    </>
  );
}

function One({ entry, row, city }: { entry: Entry; row: CaseRow | undefined; city: City }) {
  const service = serviceOf(city, row?.service ?? String(entry.data.service ?? ""));
  const about = row?.title || (service ? tell(service.name) : caseName({ id: entry.case }));
  return (
    <li>
      <p class="entry-what">
        <strong>{told(entry, service)}</strong>{" "}
        <span class={`tag ${LOOK[entry.state]}`}>{say(`state_${entry.state}`)}</span>
      </p>
      <p>
        {row ? <Link href={`/case/${entry.case}`}>{about}</Link> : about}
        {row?.number && (
          <>
            {" · "}
            <span class="number">{row.number}</span>
          </>
        )}
      </p>
      <p class="hint entry-since">{say("entry_since", { age: since(entry.queued_at), size: size(entry.size) })}</p>
      {entry.kind !== "case.open" && (
        <details class="why">
          <summary>{say("entry_carried")}</summary>
          <div>
            <Carried entry={entry} service={service} city={city} />
          </div>
        </details>
      )}
    </li>
  );
}

const LOOK = { queued: "date", sent: "date", acknowledged: "good", refused: "bad", settled: "" } as const;
