/** Coming in by an admin's link: whose account and city it is, and one button. Without a link, a place to paste one. */

import { useEffect, useRef, useState } from "preact/hooks";
import { Link, useLocation } from "wouter-preact";
import type { Desk, Invitation, Person } from "../desk.ts";
import { roleName } from "../schemas/roles.ts";
import { refusalOf } from "../ui/account/entering.ts";
import { TextField } from "../ui/account/text_field.tsx";
import { Banner } from "../ui/banner.tsx";
import { dayInWords } from "../ui/moments.ts";
import { Screen, Waiting } from "../ui/screen.tsx";
import { useDeed, useDesk, useLive } from "../ui/use_desk.ts";
import { language, say, tell } from "../ui/words.ts";
import { dayIn } from "../ui/zone.ts";

/** `code`: as it stands in the address; the server is then the one that this app came from. */
export function EnrolScreen({ code }: { code: string | null }) {
  const [link, setLink] = useState(code);
  return (
    <Screen title={say("enrol_title")}>
      {link === null ? <Paste onLink={setLink} /> : <Invited key={link} link={link} onOther={() => setLink(null)} />}
    </Screen>
  );
}

function Paste({ onLink }: { onLink: (link: string) => void }) {
  const [typed, setTyped] = useState("");
  const [missing, setMissing] = useState(false);
  const submit = (event: Event) => {
    event.preventDefault();
    if (typed.trim()) return onLink(typed);
    setMissing(true);
    document.getElementById("enrol-link")?.focus();
  };
  return (
    <form class="panel" onSubmit={submit} noValidate>
      <TextField
        id="enrol-link"
        label={say("enrol_paste")}
        hint={say("enrol_paste_hint")}
        problem={missing && !typed.trim() ? say("enrol_paste_missing") : undefined}
        autocomplete="off"
        keys="url"
        value={typed}
        onInput={setTyped}
      />
      <div class="buttons">
        <button type="submit" class="button">
          {say("enrol_look")}
        </button>
      </div>
    </form>
  );
}

function Invited({ link, onOther }: { link: string; onOther: () => void }) {
  const desk = useDesk();
  const { value: here } = useLive(async desk => ({ person: await desk.person(), status: await desk.status() }), []);
  const { found, error, ask } = useLook(desk, link);
  if (error !== null) return <Refused error={error} guest={here?.person?.kind === "guest"} {...{ onOther, ask }} />;
  if (found === null || here === undefined) return <Looking />;
  const { person, status } = here;
  return (
    <section class="panel">
      <p>{say("enrol_what")}</p>
      <Facts invitation={found} />
      {person && person.kind !== "guest" && !status.signed_out ? (
        <AlreadyIn person={person} invited={found.person} />
      ) : (
        <Enter link={link} person={found.person} guest={person !== null} />
      )}
    </section>
  );
}

/** Asked once, and again where the person says so: not whenever something here changed. */
function useLook(desk: Desk, link: string) {
  const [state, setState] = useState<{ found: Invitation | null; error: unknown }>({ found: null, error: null });
  const turn = useRef(0);
  const ask = async () => {
    const mine = ++turn.current;
    setState({ found: null, error: null });
    const next = await desk.invitation(link).then(
      found => ({ found, error: null }),
      (error: unknown) => ({ found: null, error }),
    );
    if (mine === turn.current) setState(next);
  };
  useEffect(() => {
    void ask();
    return () => void ++turn.current;
  }, [desk, link]);
  return { ...state, ask };
}

function Looking() {
  return (
    <>
      <p role="status">{say("enrol_looking")}</p>
      <Waiting />
    </>
  );
}

function Refused({
  error,
  guest,
  ask,
  onOther,
}: {
  error: unknown;
  guest: boolean;
  ask: () => void;
  onOther: () => void;
}) {
  return (
    <>
      <Banner kind="bad" role="alert">
        <p>{refusalOf(error, false, guest).all}</p>
      </Banner>
      <div class="buttons">
        <button type="button" class="button" onClick={ask}>
          {say("try_again")}
        </button>
        <button type="button" class="button secondary" onClick={onOther}>
          {say("enrol_other_link")}
        </button>
      </div>
    </>
  );
}

function Facts({ invitation: { person, login, city, expires } }: { invitation: Invitation }) {
  const timezone = useLive(desk => desk.city(), []).value?.timezone ?? "Asia/Jakarta";
  const roles = person.roles.filter(role => person.kind !== "staff" || role !== "citizen");
  return (
    <dl class="facts">
      <dt>{say("enrol_name")}</dt>
      <dd>
        <strong>{person.name}</strong>
      </dd>
      <dt>{say("enrol_login")}</dt>
      <dd>{login}</dd>
      <dt>{say("enrol_roles")}</dt>
      <dd>{roles.map(role => roleName(role, language())).join(", ")}</dd>
      <dt>{say("enrol_city")}</dt>
      <dd>{tell(city)}</dd>
      <dt>{say("enrol_until")}</dt>
      <dd>{dayInWords(dayIn(timezone, Date.parse(expires)))}</dd>
    </dl>
  );
}

function AlreadyIn({ person, invited }: { person: Person; invited: Person }) {
  const same = person.id === invited.id;
  return (
    <>
      <Banner kind={same ? "info" : "bad"} role="status">
        <p>{same ? say("enrol_already", { name: person.name }) : say("me_other_account", { name: person.name })}</p>
      </Banner>
      <div class="buttons">
        <Link href={same ? "/" : "/me"} class="button secondary">
          {say(same ? "enrol_home" : "tab_me")}
        </Link>
      </div>
    </>
  );
}

function Enter({ link, person, guest }: { link: string; person: Person; guest: boolean }) {
  const desk = useDesk();
  const [, go] = useLocation();
  const { run, running, error } = useDeed();
  const enter = () =>
    run(async () => {
      const { kind } = await desk.enrol(link);
      // The code has no business in the way back.
      go(kind === "staff" ? "/work" : "/", { replace: true });
    });
  return (
    <>
      {guest && person.kind !== "staff" && <p>{say("me_sign_in_keeps")}</p>}
      {error !== null && (
        <Banner kind="bad" role="alert">
          <p>{refusalOf(error, false, guest).all}</p>
        </Banner>
      )}
      <div class="buttons">
        <button type="button" class="button" disabled={running} onClick={enter}>
          {running ? say("enrol_doing") : say("enrol_do", { name: person.name })}
        </button>
      </div>
      <p class="hint">{say("enrol_not_me")}</p>
    </>
  );
}
