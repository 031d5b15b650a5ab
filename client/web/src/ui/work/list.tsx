/** The rows under their headings, fifty at first: a phone draws fifty at once, and nobody reads a thousand. */

import { useEffect, useRef } from "preact/hooks";
import { say } from "../words.ts";
import { STEP } from "./kept.ts";
import { WorkRow } from "./row.tsx";
import { grouped, type Placed } from "./rows.ts";

interface Props {
  rows: readonly Placed[];
  /** How many of them to draw. */
  shown: number;
  /** Whether they stand under what is due when; else in one list. */
  byDate: boolean;
  today: string;
  open: string | undefined;
  hrefOf: (id: string) => string;
  onMore: (shown: number) => void;
}

export function WorkList({ rows, shown, byDate, today, open, hrefOf, onMore }: Props) {
  const drawn = rows.slice(0, shown);
  const mark = useFocusAfter();
  const list = (some: readonly Placed[]) => (
    <ul class="rows">
      {some.map(placed => (
        <WorkRow
          key={placed.row.id}
          placed={placed}
          today={today}
          href={hrefOf(placed.row.id)}
          chosen={placed.row.id === open}
        />
      ))}
    </ul>
  );
  const more = () => {
    mark(drawn[drawn.length - 1]?.row.id);
    onMore(shown + STEP);
  };
  return (
    <>
      {byDate
        ? grouped(drawn).map(([urgency, some]) => (
            <section key={urgency} aria-labelledby={`due-${urgency}`}>
              <h2 class="rows-head" data-due={urgency} id={`due-${urgency}`}>
                {say(`work_${urgency}`)}{" "}
                <span class="rows-count">{rows.filter(({ due }) => due === urgency).length}</span>
              </h2>
              {list(some)}
            </section>
          ))
        : list(drawn)}
      {rows.length > shown && (
        <div class="buttons">
          <button type="button" class="button secondary" onClick={more}>
            {say("work_more", { n: Math.min(STEP, rows.length - shown), left: rows.length - shown })}
          </button>
        </div>
      )}
    </>
  );
}

/** Whoever asks for more goes on reading at the first row that came. */
function useFocusAfter(): (id: string | undefined) => void {
  const last = useRef<string | undefined>(undefined);
  useEffect(() => {
    if (last.current === undefined) return;
    const links = [...document.querySelectorAll<HTMLElement>(".row-what > a")];
    links[links.findIndex(link => link.id === `work-${last.current}`) + 1]?.focus();
    last.current = undefined;
  });
  return id => {
    last.current = id;
  };
}
