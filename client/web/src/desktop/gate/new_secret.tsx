/** A new PIN or passphrase, typed twice. */

import { useState } from "preact/hooks";
import { TextField } from "../../ui/account/text_field.tsx";
import { say } from "../../ui/words.ts";
import type { NewKind } from "./faults.ts";
import type { Form } from "./use_form.ts";

export function NewSecret({ kind, form: { typed, faults, type } }: { kind: NewKind; form: Form }) {
  const [seen, setSeen] = useState(false);
  const look = { type: seen ? "text" : "password", keys: keysFor(kind) } as const;
  return (
    <>
      <TextField
        {...look}
        id="gate-secret"
        label={say(`make_${kind}`)}
        hint={say(`make_${kind}_hint`)}
        problem={faults.secret}
        autocomplete="new-password"
        value={typed.secret}
        onInput={type("secret")}
      />
      <TextField
        {...look}
        id="gate-again"
        label={say("make_again", { kind })}
        problem={faults.again}
        autocomplete="new-password"
        value={typed.again}
        onInput={type("again")}
      />
      <Show kind={kind} seen={seen} onSee={setSeen} />
    </>
  );
}

export function keysFor(kind: NewKind): "numeric" | undefined {
  return kind === "pin" ? "numeric" : undefined;
}

export function Show({ kind, seen, onSee }: { kind: NewKind; seen: boolean; onSee: (seen: boolean) => void }) {
  return (
    <label class="tick">
      <input type="checkbox" checked={seen} onChange={event => onSee(event.currentTarget.checked)} />
      <span>{say("gate_secret_show", { kind })}</span>
    </label>
  );
}
