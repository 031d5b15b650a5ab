/** What the window's own lock has on the page about this device: lock now, another PIN, another recovery code, quit. */

import { useState } from "preact/hooks";
import { TextField } from "../ui/account/text_field.tsx";
import { Fault } from "../ui/banner.tsx";
import { useDeed, useLive } from "../ui/use_desk.ts";
import { say } from "../ui/words.ts";
import { type NewKind, secretFaults } from "./gate/faults.ts";
import { keysFor, NewSecret } from "./gate/new_secret.tsx";
import { Quitting } from "./gate/quitting.tsx";
import { type Form, useForm } from "./gate/use_form.ts";
import { useGate } from "./use_gate.ts";

export function OwnLock() {
  const gate = useGate();
  const status = useLive(desk => desk.status(), []).value;
  const { run, running } = useDeed();
  const [shown, setShown] = useState<"change" | "renew" | null>(null);
  const [changed, setChanged] = useState(false);
  const { open, profiles = [], kind: usual = "pin" } = gate.standing ?? {};
  const kind = profiles.find(profile => profile.name === open?.name)?.kind ?? null;
  const toggle = (which: "change" | "renew", words: string) => (
    <button
      type="button"
      class="button secondary"
      aria-expanded={shown === which}
      onClick={() => {
        setShown(shown === which ? null : which);
        setChanged(false);
      }}
    >
      {words}
    </button>
  );
  return (
    <section aria-labelledby="lock-head">
      <h2 id="lock-head">{say("lock_head")}</h2>
      <p>{say("lock_what", { title: open?.title ?? "" })}</p>
      <p role="status">{changed && say("lock_changed", { kind: kind ?? usual })}</p>
      <div class="buttons">
        <button type="button" class="button secondary" disabled={running} onClick={() => run(() => gate.lock("asked"))}>
          {say("lock_now")}
        </button>
        {kind !== null && (
          <>
            {toggle("change", say("lock_change", { kind }))}
            {toggle("renew", say("lock_renew"))}
          </>
        )}
        <Quitting waiting={(status?.waiting ?? 0) + (status?.files.waiting ?? 0)} />
      </div>
      {shown === "change" && kind !== null && (
        <Change
          kind={kind}
          onDone={() => {
            setShown(null);
            setChanged(true);
          }}
        />
      )}
      {shown === "renew" && kind !== null && <Renew kind={kind} />}
    </section>
  );
}

function Renew({ kind }: { kind: NewKind }) {
  const gate = useGate();
  const form = useForm(kind, { known: "old" });
  const { typed, faults, running } = form;
  const submit = form.submit(
    () => (typed.old ? {} : { old: say("gate_secret_missing", { kind }) }),
    () => gate.renew(typed.old),
  );
  return (
    <form class="panel gate-form" onSubmit={submit} noValidate>
      <p>{say("lock_renew_what", { kind })}</p>
      <OldSecret kind={kind} form={form} />
      <Fault text={faults.all} />
      <div class="buttons">
        <button type="submit" class="button" disabled={running}>
          {say("lock_renew_do")}
        </button>
      </div>
    </form>
  );
}

function Change({ kind, onDone }: { kind: NewKind; onDone: () => void }) {
  const gate = useGate();
  const form = useForm(kind, { known: "old" });
  const { typed, faults, running } = form;
  const submit = form.submit(
    () => ({
      ...(!typed.old && { old: say("gate_secret_missing", { kind }) }),
      ...secretFaults(kind, typed.secret, typed.again),
    }),
    async () => {
      await gate.change(typed.old, typed.secret);
      onDone();
    },
  );
  return (
    <form class="panel gate-form" onSubmit={submit} noValidate>
      <OldSecret kind={kind} form={form} />
      <NewSecret kind={kind} form={form} />
      <Fault text={faults.all} />
      <div class="buttons">
        <button type="submit" class="button" disabled={running}>
          {say("lock_change_do")}
        </button>
      </div>
    </form>
  );
}

function OldSecret({ kind, form: { typed, faults, type } }: { kind: NewKind; form: Form }) {
  return (
    <TextField
      id="gate-old"
      label={say("lock_old", { kind })}
      problem={faults.old}
      type="password"
      keys={keysFor(kind)}
      autocomplete="current-password"
      value={typed.old}
      onInput={type("old")}
    />
  );
}
