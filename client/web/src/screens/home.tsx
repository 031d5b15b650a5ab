/** Where everybody begins: what can be asked of the city, and one's own cases. */

import { useEffect } from "preact/hooks";
import { Link } from "wouter-preact";
import type { CaseRow, Desk, Entry, Status } from "../desk.ts";
import { type City, DRAFT, type Stage, serviceOf, stageOf } from "../schemas/catalogue.ts";
import { Banner, Refused } from "../ui/banner.tsx";
import { CaseCard } from "../ui/case/case_card.tsx";
import { cityToday } from "../ui/moments.ts";
import { Screen, Waiting } from "../ui/screen.tsx";
import { useDesk, useLive } from "../ui/use_desk.ts";
import { say, tell } from "../ui/words.ts";
import { countRunning } from "../ui/work/running.ts";

export function HomeScreen() {
  const { kind } = useDesk();
  const city = useLive(desk => desk.city(), []);
  const rows = useLive(desk => desk.list(), []);
  const waiting = useLive(waitingOf, []);
  const person = useLive(desk => desk.person(), []);
  const status = useLive(desk => desk.status(), []).value;
  // Drawn whole, so that nothing moves under a finger.
  if ([city, rows, waiting, person].some(({ value, error }) => value === undefined && !error)) return <Waiting />;
  if (!city.value) return <NothingYet error={city.error} status={status} />;
  const mine = (rows.value ?? []).filter(row => row.mine || row.stage === DRAFT);
  const staff = person.value?.kind === "staff";
  return (
    <Screen title={staff ? say("home_staff", { name: person.value?.name ?? "" }) : say("home_title")}>
      {city.value.texts.tagline && !staff && <p class="lead">{tell(city.value.texts.tagline)}</p>}
      <Lost status={status} />
      <Refused error={rows.error} />
      {staff && <StaffDoor rows={rows.value ?? []} waiting={waiting.value ?? []} city={city.value} />}
      {mine.length > 0 && <Mine rows={mine} city={city.value} skew={status?.skew ?? null} />}
      <h2>{say("home_services")}</h2>
      <Services city={city.value} />
      {mine.length === 0 && !staff && <p>{say("home_no_cases")}</p>}
      {kind === "browser" && (
        <p>
          <a href="/lacak">{say("home_track")}</a>
        </p>
      )}
    </Screen>
  );
}

const NONE: Entry[] = [];

/** Commands that wait here, of an officer: to nobody else it is told how many cases are running. */
async function waitingOf(desk: Desk): Promise<Entry[]> {
  return (await desk.person())?.kind === "staff" ? desk.outbox("queued", "sent") : NONE;
}

function stageIn(city: City, { service, stage }: CaseRow): Stage | undefined {
  const known = serviceOf(city, service);
  return known && stageOf(known, stage);
}

function Mine({ rows, city, skew }: { rows: CaseRow[]; city: City; skew: number | null }) {
  const today = cityToday(city, skew);
  const asks = (row: CaseRow) => stageIn(city, row)?.waits_for === "applicant";
  // What waits for this person before what waits for the city.
  const ordered = [...rows.filter(asks), ...rows.filter(row => !asks(row))];
  return (
    <>
      <h2>{say("home_mine")}</h2>
      <ul class="cards">
        {ordered.map(row => (
          <li key={row.id}>
            <CaseCard row={row} city={city} today={today} />
          </li>
        ))}
      </ul>
    </>
  );
}

function Services({ city }: { city: City }) {
  // Complaints first: they are what most people come for, and what needs nothing prepared.
  const services = [...city.services].sort((one, other) => Number(other.routes !== null) - Number(one.routes !== null));
  return (
    <ul class="cards services">
      {services.map(service => (
        <li key={service.code}>
          <div class={service.routes === null ? "card" : "card primary"}>
            <h3>
              <Link href={`/new/${service.code}`}>{tell(service.name)}</Link>
            </h3>
            <p>{tell(service.summary)}</p>
          </div>
        </li>
      ))}
    </ul>
  );
}

function StaffDoor({ rows, waiting, city }: { rows: CaseRow[]; waiting: Entry[]; city: City }) {
  // As many as the list says that are running: also those that wait for their applicant, and have no date meanwhile.
  const running = countRunning(rows, waiting, row => Boolean(stageIn(city, row)?.ending));
  return (
    <ul class="cards">
      <li>
        <div class="card primary">
          <h2>
            <Link href="/work">{say("home_work")}</Link>
          </h2>
          <p>{say("home_work_count", { n: running })}</p>
        </div>
      </li>
    </ul>
  );
}

/** What happened to the data here is told before anything else. */
function Lost({ status }: { status: Status | undefined }) {
  if (!status?.loss && !status?.wiped) return null;
  return (
    <Banner kind="bad" role="alert">
      <p>
        {say("home_loss")} <Link href="/sync">{say("home_loss_see")}</Link>
      </p>
    </Banner>
  );
}

/** Milliseconds between two tries to fetch the first catalogue. */
const PATIENCE = 4_000;

/** No catalogue on this device, and no network to fetch it with: tried again until there is one. */
function NothingYet({ error, status }: { error: unknown; status: Status | undefined }) {
  const desk = useDesk();
  useEffect(() => {
    // Where it succeeds, the screen hears of it like of any other change.
    const again = () => void desk.city().catch(() => undefined);
    const timer = setInterval(again, PATIENCE);
    window.addEventListener("online", again);
    return () => {
      clearInterval(timer);
      window.removeEventListener("online", again);
    };
  }, [desk]);
  return (
    <Screen title={say("home_first_title")}>
      <Lost status={status} />
      <p>{say("home_first_what")}</p>
      <Refused error={error} />
      <div class="buttons">
        <button type="button" class="button" onClick={() => location.reload()}>
          {say("try_again")}
        </button>
      </div>
    </Screen>
  );
}
