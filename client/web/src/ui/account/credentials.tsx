/** Signing in, or making an account. A guest's cases go along either way. */

import { useState } from "preact/hooks";
import type { Person } from "../../desk.ts";
import { Fault } from "../banner.tsx";
import { useDesk } from "../use_desk.ts";
import { say } from "../words.ts";
import { type Faults, faultsOf, refusalOf, type Typed } from "./entering.ts";
import { TextField } from "./text_field.tsx";

interface Props {
  way: "in" | "up";
  /** Whether this device holds a guest's cases. */
  guest: boolean;
  onDone: (person: Person) => void;
}

const ORDER = ["name", "login", "password"] as const;

export function Credentials({ way, guest, onDone }: Props) {
  const desk = useDesk();
  const up = way === "up";
  const [typed, setTyped] = useState<Typed>({ login: "", password: "", name: "" });
  const [faults, setFaults] = useState<Faults>({});
  const [running, setRunning] = useState(false);
  const [seen, setSeen] = useState(false);
  const type = (field: keyof Typed) => (value: string) => {
    setTyped({ ...typed, [field]: value });
    setFaults({ ...faults, [field]: undefined, all: undefined });
  };
  const show = (found: Faults) => {
    setFaults(found);
    const first = ORDER.find(field => found[field]);
    if (first) document.getElementById(`me-${way}-${first}`)?.focus();
    return Object.keys(found).length > 0;
  };
  const submit = async (event: Event) => {
    event.preventDefault();
    if (running || show(faultsOf(typed, up))) return;
    setRunning(true);
    const { login, password, name } = typed;
    try {
      onDone(await (up ? desk.sign_up(login.trim(), password, name.trim()) : desk.sign_in(login.trim(), password)));
    } catch (error) {
      show(refusalOf(error, up, guest));
    }
    setRunning(false);
  };
  return (
    <form class="panel" onSubmit={submit} noValidate aria-labelledby={`me-${way}`}>
      <h2 id={`me-${way}`}>{say(up ? "me_sign_up" : "me_sign_in")}</h2>
      <p>{say(up ? "me_sign_up_what" : "me_sign_in_what")}</p>
      {guest && <p>{say(up ? "me_sign_up_keeps" : "me_sign_in_keeps")}</p>}
      {up && (
        <TextField
          id="me-up-name"
          label={say("me_name")}
          problem={faults.name}
          autocomplete="name"
          value={typed.name}
          onInput={type("name")}
        />
      )}
      <TextField
        id={`me-${way}-login`}
        label={say("me_login")}
        {...(up && { hint: say("me_login_hint") })}
        problem={faults.login}
        autocomplete="username"
        value={typed.login}
        onInput={type("login")}
      />
      <TextField
        id={`me-${way}-password`}
        label={say("me_password")}
        {...(up && { hint: say("me_password_hint") })}
        problem={faults.password}
        type={seen ? "text" : "password"}
        autocomplete={up ? "new-password" : "current-password"}
        value={typed.password}
        onInput={type("password")}
      />
      <label class="tick">
        <input type="checkbox" checked={seen} onChange={event => setSeen(event.currentTarget.checked)} />
        <span>{say("me_password_show")}</span>
      </label>
      <Fault text={faults.all} />
      <div class="buttons">
        <button type="submit" class="button" disabled={running}>
          {say(running ? "me_asking" : up ? "me_sign_up" : "me_sign_in")}
        </button>
      </div>
    </form>
  );
}
