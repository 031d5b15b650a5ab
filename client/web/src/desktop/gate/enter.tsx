/** Opening what is one's own: PIN or passphrase, and the wait after wrong tries. */

import { useEffect, useRef, useState } from "preact/hooks";
import { TextField } from "../../ui/account/text_field.tsx";
import { Banner, Fault } from "../../ui/banner.tsx";
import { Screen } from "../../ui/screen.tsx";
import { say } from "../../ui/words.ts";
import type { Profile } from "../gate.ts";
import { useGate } from "../use_gate.ts";
import type { NewKind } from "./faults.ts";
import { keysFor, Show } from "./new_secret.tsx";
import { useForm } from "./use_form.ts";
import { useWait, waitInWords } from "./use_wait.ts";

interface Props {
  profile: Profile;
  onForgot: () => void;
  onOthers: () => void;
}

export function Enter({ profile, onForgot, onOthers }: Props) {
  const gate = useGate();
  const { title, kind, name } = profile;
  const locked = gate.last?.name === name;
  return (
    <Screen title={say(locked ? "gate_locked" : "gate_enter", { title })} yields={kind !== null}>
      {profile.wiped && (
        <Banner kind="bad">
          <p>{say("gate_wiped", { title })}</p>
        </Banner>
      )}
      {locked && <p>{say(gate.last?.why === "idle" ? "gate_idle" : "gate_asked")}</p>}
      {kind === null ? <Plain profile={profile} /> : <Secret profile={profile} kind={kind} />}
      <div class="buttons">
        {kind !== null && (
          <button type="button" class="link" onClick={onForgot}>
            {say("gate_forgot", { kind })}
          </button>
        )}
        <button type="button" class="link" onClick={onOthers}>
          {say("gate_others", { title })}
        </button>
      </div>
    </Screen>
  );
}

function Secret({ profile, kind }: { profile: Profile; kind: NewKind }) {
  const gate = useGate();
  const form = useForm(kind);
  const { typed, faults, running, type } = form;
  const [seen, setSeen] = useState(false);
  const left = useWait(profile);
  // Whoever stands here came to type it.
  useEffect(() => document.getElementById("gate-secret")?.focus(), []);
  const submit = form.submit(
    () => (typed.secret ? {} : { secret: say("gate_secret_missing", { kind }) }),
    () => gate.open(profile, typed.secret),
  );
  return (
    <form class="panel gate-form" onSubmit={submit} noValidate>
      <TextField
        id="gate-secret"
        label={say(`gate_${kind}`)}
        problem={faults.secret}
        type={seen ? "text" : "password"}
        keys={keysFor(kind)}
        autocomplete="current-password"
        value={typed.secret}
        onInput={type("secret")}
      />
      <Show kind={kind} seen={seen} onSee={setSeen} />
      <Fault text={faults.all} />
      <Wait left={left} />
      <div class="buttons">
        <button type="submit" class="button" disabled={running || left > 0}>
          {say(running ? "gate_opening" : "gate_open")}
        </button>
      </div>
    </form>
  );
}

/** Counted down for the eye each second; read out at its beginning and its end. */
export function Wait({ left }: { left: number }) {
  const begun = useRef(0);
  if (left > begun.current) begun.current = left;
  const was = begun.current > 0;
  if (left === 0) begun.current = 0;
  const [over, setOver] = useState(false);
  useEffect(() => {
    if (left === 0 && was) setOver(true);
    if (left > 0) setOver(false);
  }, [left, was]);
  return (
    <>
      {left > 0 && (
        <div class="banner warn" aria-hidden="true">
          <p>{say("gate_wait", { span: waitInWords(left) })}</p>
        </div>
      )}
      <p role="status" class={left > 0 ? "unseen" : undefined}>
        {left > 0 ? say("gate_wait", { span: waitInWords(begun.current) }) : over && say("gate_wait_over")}
      </p>
    </>
  );
}

/** Nobody locked it yet. */
function Plain({ profile }: { profile: Profile }) {
  const gate = useGate();
  const form = useForm("pin");
  const submit = form.submit(
    () => ({}),
    () => gate.open(profile, ""),
  );
  return (
    <form class="panel gate-form" onSubmit={submit}>
      <p>{say("gate_plain")}</p>
      <Fault text={form.faults.all} />
      <button type="submit" class="button" disabled={form.running}>
        {say(form.running ? "gate_opening" : "gate_open")}
      </button>
    </form>
  );
}
