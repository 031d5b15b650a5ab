/** The first start, or one more person on this computer. */

import { TextField } from "../../ui/account/text_field.tsx";
import { Fault } from "../../ui/banner.tsx";
import { Screen } from "../../ui/screen.tsx";
import { say } from "../../ui/words.ts";
import { readDestination } from "../destination.ts";
import type { Standing } from "../gate.ts";
import { useGate } from "../use_gate.ts";
import { type Faults, secretFaults } from "./faults.ts";
import { NewSecret } from "./new_secret.tsx";
import { useForm } from "./use_form.ts";

/** `standing`: as it was when this was drawn first. */
export function Make({ standing, onBack }: { standing: Standing; onBack: (() => void) | null }) {
  const gate = useGate();
  const { kind, server } = standing;
  const form = useForm(kind, { begin: { server: server ?? "" } });
  const { typed, faults, running, type } = form;
  const destination = readDestination(typed.server);
  const check = (): Faults => ({
    ...(!typed.title.trim() && { title: say("make_name_missing") }),
    ...secretFaults(kind, typed.secret, typed.again),
    ...(destination === "wrong" && { server: say("make_server_wrong") }),
  });
  const hand = () => gate.make(typed.title.trim(), typed.secret, destination === "wrong" ? null : destination);
  return (
    <Screen title={say(onBack ? "make_more" : "make_first")}>
      <p>{onBack ? say("make_more_what") : say("make_first_what", { kind })}</p>
      <form class="panel gate-form" onSubmit={form.submit(check, hand)} noValidate>
        <TextField
          id="gate-title"
          label={say("make_name")}
          hint={say("make_name_hint")}
          problem={faults.title}
          autocomplete="name"
          value={typed.title}
          onInput={type("title")}
        />
        <NewSecret kind={kind} form={form} />
        <TextField
          id="gate-server"
          label={say("make_server")}
          hint={say("make_server_hint")}
          problem={faults.server}
          autocomplete="off"
          keys="url"
          value={typed.server}
          onInput={type("server")}
        />
        <Fault text={faults.all} />
        <div class="buttons">
          <button type="submit" class="button" disabled={running}>
            {say(running ? "make_doing" : "make_do")}
          </button>
          {onBack && (
            <button type="button" class="button secondary" onClick={onBack}>
              {say("gate_back")}
            </button>
          )}
        </div>
      </form>
    </Screen>
  );
}
