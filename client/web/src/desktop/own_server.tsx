/** Which city's server this profile is for: said where it was not known when the profile was made. */

import { TextField } from "../ui/account/text_field.tsx";
import { Banner, Fault } from "../ui/banner.tsx";
import { say } from "../ui/words.ts";
import { readDestination } from "./destination.ts";
import { useForm } from "./gate/use_form.ts";
import { useGate } from "./use_gate.ts";

export function OwnServer() {
  const gate = useGate();
  const form = useForm("pin");
  const { typed, faults, running, type } = form;
  const { open } = gate.standing ?? {};
  if (!open) return null;
  if (open.server !== null) {
    return (
      <section>
        <h2>{say("serve_head")}</h2>
        <p>{open.server}</p>
      </section>
    );
  }
  const destination = readDestination(typed.server);
  const known = destination === "wrong" ? null : destination;
  const submit = form.submit(
    () => (known ? {} : { server: say("make_server_wrong") }),
    async () => {
      if (known) await gate.serve(known);
    },
  );
  return (
    <section>
      <h2>{say("serve_head")}</h2>
      <Banner kind="warn">
        <p>{say("serve_none")}</p>
      </Banner>
      <form class="panel" onSubmit={submit} noValidate>
        <TextField
          id="gate-server"
          label={say("make_server")}
          problem={faults.server}
          autocomplete="off"
          keys="url"
          value={typed.server}
          onInput={type("server")}
        />
        <Fault text={faults.all} />
        <button type="submit" class="button" disabled={running}>
          {say("serve_do")}
        </button>
      </form>
    </section>
  );
}
