/** What narrows the list: three views with their counts, a search, and what is looked for more rarely. */

import { useMemo } from "preact/hooks";
import { Segments } from "../segments.tsx";
import { say, tell } from "../words.ts";
import { type Choice, choices, type Filters, NO_FILTERS, type Placed, stageKey, VIEWS, type View } from "./rows.ts";

interface Props {
  filters: Filters;
  /** All rows of the chosen view, before anything else narrows them. */
  within: readonly Placed[];
  all: readonly Placed[];
  counts: Record<View, number>;
  onChange: (change: Partial<Filters>) => void;
}

export function FilterBar({ filters, within, all, counts, onChange }: Props) {
  return (
    <search class="work-filters">
      <Segments
        name="work-view"
        legend={say("work_views")}
        quiet
        options={VIEWS.map(view => ({
          value: view,
          words: <Counted words={say(`work_view_${view}`)} n={counts[view]} />,
        }))}
        value={filters.view}
        onChoose={view => onChange({ view, stage: "" })}
      />
      <div class="work-search">
        <label class="label" for="work-search">
          {say("work_search")}
        </label>
        <input
          id="work-search"
          type="search"
          placeholder={say("work_search_what")}
          autocomplete="off"
          enterkeyhint="search"
          value={filters.search}
          onInput={event => onChange({ search: event.currentTarget.value })}
        />
      </div>
      <Narrower filters={filters} within={within} all={all} onChange={onChange} />
    </search>
  );
}

function Counted({ words, n }: { words: string; n: number }) {
  return (
    <>
      {words} <b>{n}</b>
    </>
  );
}

function Narrower({ filters, within, all, onChange }: Omit<Props, "counts">) {
  const { district, service, stage } = filters;
  // Not at each letter of a search, which changes none of them.
  const offered = useMemo(
    () => offers(within, all, { district, service, stage }),
    [within, all, district, service, stage],
  );
  const chosen = (["district", "service", "stage"] as const).flatMap(
    name => offered[name].find(choice => choice.code === filters[name])?.words ?? [],
  );
  return (
    <details class="narrower">
      <summary>
        {say("work_narrow")}
        {chosen.length > 0 && <strong> · {chosen.join(", ")}</strong>}
      </summary>
      <div class="filters">
        <Chooser
          name="district"
          all={offered.district}
          value={district}
          onPick={code => onChange({ district: code })}
        />
        <Chooser
          name="service"
          all={offered.service}
          value={service}
          onPick={code => onChange({ service: code, stage: "" })}
        />
        <Chooser name="stage" all={offered.stage} value={stage} onPick={code => onChange({ stage: code })} />
      </div>
      {chosen.length > 0 && (
        <button type="button" class="link" onClick={() => onChange({ ...NO_FILTERS, search: filters.search })}>
          {say("work_clear")}
        </button>
      )}
    </details>
  );
}

type Narrowing = Pick<Filters, "district" | "service" | "stage">;

function offers(
  within: readonly Placed[],
  all: readonly Placed[],
  chosen: Narrowing,
): Record<keyof Narrowing, Choice[]> {
  const serviceOf = ({ row, service }: Placed) => [row.service, service ? tell(service.name) : row.service] as const;
  const services = choices(within, serviceOf, chosen.service, all);
  // Two services may call their stages alike.
  const alone = chosen.service !== "" || services.length < 2;
  const stageOf = ({ row, stage, service }: Placed) =>
    [stageKey(row), alone ? stage : `${stage} · ${service?.prefix ?? row.service}`] as const;
  const ofService = within.filter(({ row }) => !chosen.service || row.service === chosen.service);
  return {
    district: choices(within, ({ row, district }) => [row.district ?? "", district], chosen.district, all),
    service: services,
    stage: choices(ofService, stageOf, chosen.stage, all),
  };
}

interface PickProps {
  name: "district" | "service" | "stage";
  all: Choice[];
  value: string;
  onPick: (code: string) => void;
}

function Chooser({ name, all, value, onPick }: PickProps) {
  return (
    <div class="field">
      <label class="label" for={`work-${name}`}>
        {say(`work_${name}`)}
      </label>
      <select id={`work-${name}`} value={value} onChange={event => onPick(event.currentTarget.value)}>
        <option value="">{say("work_any")}</option>
        {all.map(({ code, words, n }) => (
          <option key={code} value={code}>
            {words} ({n})
          </option>
        ))}
      </select>
    </div>
  );
}
