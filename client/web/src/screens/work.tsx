/** What waits for an officer, by due date: kept on this device, so it is there where no network is. */

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Redirect } from "wouter-preact";
import type { CaseRow, Person, Status } from "../desk.ts";
import type { City } from "../schemas/catalogue.ts";
import { Refused } from "../ui/banner.tsx";
import { CaseView } from "../ui/case/case_view.tsx";
import { cityToday } from "../ui/moments.ts";
import { Screen, Waiting } from "../ui/screen.tsx";
import { useLive } from "../ui/use_desk.ts";
import { useWide } from "../ui/use_wide.ts";
import { say } from "../ui/words.ts";
import { NotForYou, Nothing } from "../ui/work/empty.tsx";
import { FilterBar } from "../ui/work/filters.tsx";
import { keep, kept, STEP } from "../ui/work/kept.ts";
import { WorkList } from "../ui/work/list.tsx";
import { asExpected, type Filters, inView, matches, ordered, placed, type View } from "../ui/work/rows.ts";

export function WorkScreen({ open }: { open?: string | undefined }) {
  const wide = useWide();
  // Whoever comes back goes on at the row they left, not at the heading.
  const [back] = useState(() => kept().left !== null);
  const { value, error } = useLive(async desk => {
    const [city, rows, waiting, person, status] = await Promise.all([
      desk.city(),
      desk.list(),
      desk.outbox("queued", "sent"),
      desk.person(),
      desk.status(),
    ]);
    return { city, rows, waiting, person, status };
  }, []);
  // All but the status is the same object while an exchange only comes further: 5,000 rows are not gone through again.
  const expected = useMemo(() => {
    return value?.city ? asExpected(value.rows, value.waiting, value.city) : [];
  }, [value?.rows, value?.waiting, value?.city]);
  useEffect(() => keep({ open: open ?? null }), [open]);
  if (open !== undefined && !wide) return <Redirect to={`/case/${open}`} replace />;
  if (!value) return error ? <Failed error={error} /> : <Waiting />;
  const { city, person } = value;
  if (city === null || person?.kind !== "staff") return <NotForYou status={value.status} />;
  return (
    <Screen title={say("work_title")} wide quiet={open !== undefined || back} unnamed={open !== undefined}>
      <Refused error={error} />
      <div class={open === undefined ? "beside" : "beside open"}>
        <List city={city} rows={expected} person={person} status={value.status} open={open} wide={wide} />
        {open !== undefined && <Beside id={open} />}
      </div>
    </Screen>
  );
}

interface ListProps {
  city: City;
  rows: CaseRow[];
  person: Person;
  status: Status;
  open: string | undefined;
  wide: boolean;
}

function List({ city, rows, person, status, open, wide }: ListProps) {
  const [{ filters, shown }, setState] = useState(kept);
  useBackAtTheRow(open);
  const change = (changed: Partial<Filters>) => {
    const next = { filters: { ...filters, ...changed }, shown: STEP };
    keep(next);
    setState(before => ({ ...before, ...next }));
  };
  const more = (count: number) => {
    keep({ shown: count });
    setState(before => ({ ...before, shown: count }));
  };
  const today = cityToday(city, status.skew);
  const all = useMemo(() => placed(rows, city, person, today), [rows, city, person, today]);
  const views = useMemo(
    () =>
      mapped(view =>
        ordered(
          all.filter(row => inView(row, view)),
          view,
        ),
      ),
    [all],
  );
  const found = views[filters.view].filter(row => matches(row, filters));
  const narrowed = found.length < views[filters.view].length;
  return (
    <section class="work-list" aria-label={say("work_list")}>
      <FilterBar
        filters={filters}
        within={views[filters.view]}
        all={all}
        counts={mapped(view => views[view].length)}
        onChange={change}
      />
      <p class="work-count" role="status">
        {narrowed && say("work_found", { n: found.length, all: views[filters.view].length })}
      </p>
      {found.length === 0 ? (
        <Nothing
          filters={filters}
          // What fits in the other views, so that nobody looks in vain in this one.
          fitting={mapped(view => views[view].filter(row => matches(row, filters)).length)}
          held={rows.length}
          status={status}
          onChange={change}
        />
      ) : (
        <WorkList
          rows={found}
          shown={shown}
          byDate={filters.view !== "ended"}
          today={today}
          open={open}
          hrefOf={id => (wide ? `/work/${id}` : `/case/${id}`)}
          onMore={more}
        />
      )}
    </section>
  );
}

function mapped<T>(of: (view: View) => T): Record<View, T> {
  return { mine: of("mine"), open: of("open"), ended: of("ended") };
}

/** Whoever comes back from a case is where they left: at its row. */
function useBackAtTheRow(open: string | undefined): void {
  useEffect(() => {
    const { left } = kept();
    if (left === null || open !== undefined) return;
    keep({ left: null });
    const link = document.getElementById(`work-${left}`);
    if (link) link.scrollIntoView({ block: "center", behavior: "instant" });
    else window.scrollTo(0, 0);
    // What was done there may have taken the case off this list.
    (link ?? document.getElementById("title"))?.focus({ preventScroll: true });
  }, [open]);
}

/** The chosen case. It takes the focus, as a page that was gone to would; the way back is at its beginning. */
function Beside({ id }: { id: string }) {
  const place = useRef<HTMLElement>(null);
  useEffect(() => {
    window.scrollTo(0, 0);
    place.current?.focus({ preventScroll: true });
  }, [id]);
  return (
    <section class="work-case" aria-label={say("work_case")} tabIndex={-1} ref={place}>
      <button type="button" class="link to-list" onClick={() => document.getElementById(`work-${id}`)?.focus()}>
        {say("work_to_list")}
      </button>
      <CaseView id={id} within />
    </section>
  );
}

function Failed({ error }: { error: unknown }) {
  return (
    <Screen title={say("work_title")}>
      <Refused error={error} />
    </Screen>
  );
}
