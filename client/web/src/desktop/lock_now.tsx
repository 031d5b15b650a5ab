/** In the bar over every screen: whoever leaves the laptop locks it with one press. */

import { useDeed } from "../ui/use_desk.ts";
import { say } from "../ui/words.ts";
import { useGate } from "./use_gate.ts";

export function LockNow() {
  const gate = useGate();
  const { run, running } = useDeed();
  return (
    <button
      type="button"
      class="lock-now"
      aria-label={say("lock_now")}
      disabled={running}
      onClick={() => run(() => gate.lock("asked"))}
    >
      <svg viewBox="0 0 24 24" aria-hidden="true" focusable="false">
        <path d="M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3M12 14.5v2" />
      </svg>
      <span>{say("lock_now_short")}</span>
    </button>
  );
}
