/** A forgotten PIN or passphrase: the recovery code opens it, and a new one takes its place. */

import { TextField } from "../../ui/account/text_field.tsx";
import { Fault } from "../../ui/banner.tsx";
import { Screen } from "../../ui/screen.tsx";
import { say } from "../../ui/words.ts";
import type { Profile } from "../gate.ts";
import { readCode } from "../secret.ts";
import { useGate } from "../use_gate.ts";
import { Wait } from "./enter.tsx";
import { codeFaults, type NewKind, secretFaults } from "./faults.ts";
import { NewSecret } from "./new_secret.tsx";
import { useForm } from "./use_form.ts";
import { useWait } from "./use_wait.ts";

interface Props {
  profile: Profile;
  /** What the new secret has to be. */
  kind: NewKind;
  onBack: () => void;
}

export function Forgotten({ profile, kind, onBack }: Props) {
  const gate = useGate();
  const form = useForm(kind);
  const { typed, faults, running, type } = form;
  const left = useWait(profile);
  const submit = form.submit(
    () => ({ ...codeFaults(typed.code), ...secretFaults(kind, typed.secret, typed.again) }),
    () => gate.recover(profile, readCode(typed.code), typed.secret),
  );
  return (
    <Screen title={say("forgot_title", { kind })}>
      <p>{say("forgot_what", { title: profile.title })}</p>
      <form class="panel gate-form" onSubmit={submit} noValidate>
        <div class="code-typed">
          <TextField
            id="gate-code"
            label={say("forgot_code")}
            hint={say("forgot_code_hint")}
            problem={faults.code}
            autocomplete="off"
            value={typed.code}
            onInput={type("code")}
          />
        </div>
        <NewSecret kind={kind} form={form} />
        <Fault text={faults.all} />
        <Wait left={left} />
        <div class="buttons">
          <button type="submit" class="button" disabled={running || left > 0}>
            {say(running ? "gate_opening" : "forgot_do")}
          </button>
          <button type="button" class="button secondary" onClick={onBack}>
            {say("gate_back")}
          </button>
        </div>
      </form>
      <p class="hint">{say("forgot_none")}</p>
    </Screen>
  );
}
