/** Who this device speaks for, and the ways to change that. */

import { useEffect, useRef, useState } from "preact/hooks";
import { Link, useLocation } from "wouter-preact";
import type { Person, Status } from "../../desk.ts";
import type { City } from "../../schemas/catalogue.ts";
import { roleName } from "../../schemas/roles.ts";
import { Banner, Refused } from "../banner.tsx";
import { codeOf } from "../errors.ts";
import { isOver } from "../moments.ts";
import { useDeed, useDesk } from "../use_desk.ts";
import { language, say } from "../words.ts";
import { Credentials } from "./credentials.tsx";
import { Devices } from "./devices.tsx";
import { NewPassword } from "./new_password.tsx";
import { whenOf } from "./own_device.ts";

interface Props {
  person: Person | null;
  status: Status;
  city: City | null;
}

export function Who({ person, status, city }: Props) {
  useFocusOnChange(`${person?.id}/${person?.kind}`);
  if (status.signed_out && person && person.kind !== "guest") return <Again name={person.name} />;
  if (person === null || person.kind === "guest") return <Unnamed guest={person !== null} />;
  return <Known person={person} status={status} city={city} />;
}

/** Whoever came in or went out hears who the device speaks for now; the form they used is gone. */
function useFocusOnChange(who: string): void {
  const before = useRef(who);
  useEffect(() => {
    if (before.current !== who) document.getElementById(HEAD)?.focus();
    before.current = who;
  }, [who]);
}

const HEAD = "who-head";

/** Nobody yet, or a guest: both can go on as they are. */
function Unnamed({ guest }: { guest: boolean }) {
  const [way, setWay] = useState<"in" | "up" | null>(null);
  const [, go] = useLocation();
  const done = (person: Person) => person.kind === "staff" && go("/work");
  return (
    <>
      <section class="panel">
        <h2 id={HEAD} tabIndex={-1}>
          {say(guest ? "me_guest" : "me_nobody")}
        </h2>
        <p>{say(guest ? "me_guest_what" : "me_nobody_what")}</p>
        {guest && <p class="hint">{say("me_guest_no_out")}</p>}
        <div class="buttons">
          <button
            type="button"
            class={way === "up" ? "button" : "button secondary"}
            aria-expanded={way === "up"}
            onClick={() => setWay(way === "up" ? null : "up")}
          >
            {say("me_sign_up")}
          </button>
          <button
            type="button"
            class={way === "in" ? "button" : "button secondary"}
            aria-expanded={way === "in"}
            onClick={() => setWay(way === "in" ? null : "in")}
          >
            {say("me_sign_in")}
          </button>
          <Link href="/gabung" class="button secondary">
            {say("me_invited")}
          </Link>
        </div>
      </section>
      {way && <Credentials key={way} way={way} guest={guest} onDone={done} />}
    </>
  );
}

/** The server does not know this device's token any more. */
function Again({ name }: { name: string }) {
  return (
    <>
      <Banner kind="warn" role="alert">
        <h2>{say("me_again")}</h2>
        <p>{say("me_again_what", { name })}</p>
      </Banner>
      <Credentials way="in" guest={false} onDone={() => undefined} />
    </>
  );
}

function Known({ person, status, city }: Props & { person: Person }) {
  const staff = person.kind === "staff";
  const roles = person.roles.filter(role => !staff || role !== "citizen").map(role => roleName(role, language()));
  return (
    <>
      <section class="panel">
        <h2 id={HEAD} tabIndex={-1}>
          {person.name}
        </h2>
        <p>{staff ? roles.join(", ") : say("me_citizen")}</p>
        <SignOut status={status} />
      </section>
      <section class="panel">
        <h2 id="me-password-head">{say("me_password")}</h2>
        {person.password_until && <Given until={person.password_until} city={city} skew={status.skew} />}
        <NewPassword />
      </section>
      <Devices city={city} />
    </>
  );
}

/** The password was made up by an admin, and is good for a few days. */
function Given({ until, city, skew }: { until: string; city: City | null; skew: number | null }) {
  const over = isOver(until, skew);
  return (
    <Banner kind="warn">
      <p>{say(over ? "me_password_over" : "me_password_given", { when: whenOf(until, city) })}</p>
    </Banner>
  );
}

function SignOut({ status: { waiting, refused, files } }: { status: Status }) {
  const desk = useDesk();
  const { run, running, error } = useDeed();
  const [sure, setSure] = useState(false);
  if (waiting || refused || files.waiting) {
    return (
      <>
        <p>{say("me_unsent", { waiting, refused, files: files.waiting, others: waiting + refused })}</p>
        <Link href="/sync" class="button secondary">
          {say("me_to_sync")}
        </Link>
      </>
    );
  }
  if (!sure) {
    return (
      <button type="button" class="button secondary" onClick={() => setSure(true)}>
        {say("me_sign_out")}
      </button>
    );
  }
  return (
    <>
      <p role="alert">{say("me_sign_out_sure")}</p>
      {codeOf(error) === "unreachable" ? (
        <Banner kind="bad" role="alert">
          <p>{say("me_sign_out_network")}</p>
        </Banner>
      ) : (
        <Refused error={error} />
      )}
      <div class="buttons">
        <button type="button" class="button" disabled={running} onClick={() => run(() => desk.sign_out())}>
          {say("me_sign_out_yes")}
        </button>
        <button type="button" class="button secondary" onClick={() => setSure(false)}>
          {say("me_sign_out_no")}
        </button>
      </div>
    </>
  );
}
