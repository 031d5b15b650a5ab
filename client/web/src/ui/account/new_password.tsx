/** Another password for whoever this device speaks for. */

import { useState } from "preact/hooks";
import { Banner, Fault } from "../banner.tsx";
import { useDesk } from "../use_desk.ts";
import { say } from "../words.ts";
import { type Faults, faultsOf, refusalOf } from "./changing.ts";
import { TextField } from "./text_field.tsx";

const EMPTY = { old: "", fresh: "", others: false };

export function NewPassword() {
  const desk = useDesk();
  const [shown, setShown] = useState(false);
  const [typed, setTyped] = useState(EMPTY);
  const [faults, setFaults] = useState<Faults>({});
  const [running, setRunning] = useState(false);
  const [seen, setSeen] = useState(false);
  const [done, setDone] = useState<string | null>(null);
  const type = (field: "old" | "fresh") => (value: string) => {
    setTyped({ ...typed, [field]: value });
    setFaults({ ...faults, [field]: undefined, all: undefined });
  };
  const show = (found: Faults) => {
    setFaults(found);
    const first = (["old", "fresh"] as const).find(field => found[field]);
    if (first) document.getElementById(`me-password-${first}`)?.focus();
    return Object.keys(found).length > 0;
  };
  const submit = async (event: Event) => {
    event.preventDefault();
    if (running || show(faultsOf(typed.old, typed.fresh))) return;
    setRunning(true);
    try {
      const devices = await desk.change_password(typed.old, typed.fresh, typed.others);
      setDone(say("me_password_changed", { devices }));
      setTyped(EMPTY);
      setShown(false);
    } catch (error) {
      show(refusalOf(error));
    }
    setRunning(false);
  };
  if (!shown) {
    return (
      <>
        {done && (
          <Banner kind="good" role="status">
            <p>{done}</p>
          </Banner>
        )}
        <button type="button" class="button secondary" onClick={() => setShown(true)}>
          {say("me_password_change")}
        </button>
      </>
    );
  }
  const kind = seen ? "text" : "password";
  return (
    <form onSubmit={submit} noValidate aria-labelledby="me-password-head">
      <TextField
        id="me-password-old"
        label={say("me_password_old")}
        problem={faults.old}
        type={kind}
        autocomplete="current-password"
        value={typed.old}
        onInput={type("old")}
      />
      <TextField
        id="me-password-fresh"
        label={say("me_password_new")}
        hint={say("me_password_hint")}
        problem={faults.fresh}
        type={kind}
        autocomplete="new-password"
        value={typed.fresh}
        onInput={type("fresh")}
      />
      <label class="tick">
        <input type="checkbox" checked={seen} onChange={event => setSeen(event.currentTarget.checked)} />
        <span>{say("me_password_show")}</span>
      </label>
      <label class="tick">
        <input
          type="checkbox"
          checked={typed.others}
          onChange={event => setTyped({ ...typed, others: event.currentTarget.checked })}
        />
        <span>{say("me_password_others")}</span>
      </label>
      <Fault text={faults.all} />
      <div class="buttons">
        <button type="submit" class="button" disabled={running}>
          {say(running ? "me_asking" : "me_password_do")}
        </button>
        <button type="button" class="button secondary" onClick={() => setShown(false)}>
          {say("me_sign_out_no")}
        </button>
      </div>
    </form>
  );
}
