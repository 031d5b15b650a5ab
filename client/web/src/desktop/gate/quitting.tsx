/** Ending the program: nothing is sent any more, so it is asked once. */

import { useState } from "preact/hooks";
import { Refused } from "../../ui/banner.tsx";
import { useDeed } from "../../ui/use_desk.ts";
import { say } from "../../ui/words.ts";
import { useGate } from "../use_gate.ts";

/** `waiting`: how many changes have not been sent, where it can be told. */
export function Quitting({ waiting = 0, look = "button secondary" }: { waiting?: number; look?: string }) {
  const gate = useGate();
  const { run, running, error } = useDeed();
  const [sure, setSure] = useState(false);
  if (!sure) {
    return (
      <button type="button" class={look} onClick={() => setSure(true)}>
        {say("gate_quit")}
      </button>
    );
  }
  return (
    <section class="quitting" aria-label={say("gate_quit")}>
      <p role="alert">
        {waiting > 0 && `${say("gate_quit_waiting", { n: waiting })} `}
        {say("gate_quit_sure")}
      </p>
      <Refused error={error} />
      <div class="buttons">
        <button type="button" class="button" disabled={running} onClick={() => run(() => gate.quit())}>
          {say("gate_quit_yes")}
        </button>
        <button type="button" class="button secondary" onClick={() => setSure(false)}>
          {say("gate_quit_no")}
        </button>
      </div>
    </section>
  );
}
