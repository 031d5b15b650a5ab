/** Putting out another device of one's own: what becomes of it, and the password. */

import { useEffect, useState } from "preact/hooks";
import type { OwnDevice } from "../../desk.ts";
import { Fault } from "../banner.tsx";
import { codeOf } from "../errors.ts";
import { useDesk } from "../use_desk.ts";
import { say, type Word } from "../words.ts";
import { type Faults, refusalOf } from "./changing.ts";
import { TextField } from "./text_field.tsx";

interface Props {
  device: OwnDevice;
  /** Which of them it is, and what is done to it. */
  title: string;
  onDone: () => void;
  onLeave: () => void;
}

/** What becomes of it, by its kind; the server may know kinds that this program does not. */
const WHAT: Partial<Record<string, Word>> = { file: "devices_file_what", pages: "devices_pages_what" };

const FIELD = "device-out-password";

export function PutOut({ device, title, onDone, onLeave }: Props) {
  const desk = useDesk();
  const [password, setPassword] = useState("");
  const [faults, setFaults] = useState<Faults>({});
  const [running, setRunning] = useState(false);
  useEffect(() => document.getElementById(FIELD)?.focus(), []);
  const show = (found: Faults) => {
    setFaults(found);
    if (found.old) document.getElementById(FIELD)?.focus();
  };
  const submit = async (event: Event) => {
    event.preventDefault();
    if (running) return;
    if (!password) return show({ old: say("me_password_missing") });
    setRunning(true);
    try {
      await desk.end_device(device.id, password);
      onDone();
    } catch (error) {
      setRunning(false);
      show(faultsOf(error));
    }
  };
  return (
    <form onSubmit={submit} noValidate aria-label={title}>
      <p>{say(WHAT[device.kind] ?? "devices_out_what")}</p>
      <TextField
        id={FIELD}
        label={say("devices_password")}
        problem={faults.old}
        type="password"
        autocomplete="current-password"
        value={password}
        onInput={value => {
          setPassword(value);
          setFaults({});
        }}
      />
      <Fault text={faults.all} />
      <div class="buttons">
        <button type="submit" class="button danger" disabled={running}>
          {say(running ? "me_asking" : "devices_out_do")}
        </button>
        <button type="button" class="button secondary" onClick={onLeave}>
          {say("me_sign_out_no")}
        </button>
      </div>
    </form>
  );
}

function faultsOf(error: unknown): Faults {
  const code = codeOf(error);
  if (code === "unreachable") return { all: say("devices_out_network") };
  if (code === "not_found") return { all: say("devices_out_gone") };
  return refusalOf(error);
}
