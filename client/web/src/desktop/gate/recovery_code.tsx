/** The recovery code, shown once: nothing goes on before the person says that it is written down. */

import { useState } from "preact/hooks";
import { dayInWords } from "../../ui/moments.ts";
import { Screen } from "../../ui/screen.tsx";
import { say } from "../../ui/words.ts";
import { groups } from "../secret.ts";
import { useGate } from "../use_gate.ts";
import type { NewKind } from "./faults.ts";

export function RecoveryCode({ title, code, kind }: { title: string; code: string; kind: NewKind }) {
  const gate = useGate();
  const [copied, setCopied] = useState<"copied" | "copy_failed" | null>(null);
  const [noted, setNoted] = useState(false);
  const [hurried, setHurried] = useState(false);
  const parts = groups(code);
  const copy = () =>
    navigator.clipboard.writeText(parts.join(" ")).then(
      () => setCopied("copied"),
      () => setCopied("copy_failed"),
    );
  const go = () => {
    if (noted) return gate.noted();
    setHurried(true);
    document.getElementById("gate-noted")?.focus();
  };
  return (
    <Screen title={say("code_title")}>
      <div class="no-print">
        <p>{say("code_what", { title, kind })}</p>
        <p>{say("code_where")}</p>
      </div>
      <ol class="recovery-code" aria-label={say("code_label")}>
        {parts.map((part, place) => (
          <li key={place}>{part}</li>
        ))}
      </ol>
      <p class="only-print">{say("code_paper", { title, day: dayInWords(today()) })}</p>
      <div class="buttons">
        <button type="button" class="button secondary" onClick={() => void copy()}>
          {say("code_copy")}
        </button>
        <button type="button" class="button secondary" onClick={() => window.print()}>
          {say("code_print")}
        </button>
      </div>
      <p role="status">{copied && say(`code_${copied}`)}</p>
      <div class={hurried && !noted ? "field bad no-print" : "field no-print"}>
        {hurried && !noted && (
          <p class="error-text" id="gate-noted-problem" role="alert">
            {say("code_noted_first")}
          </p>
        )}
        <label class="tick">
          <input
            id="gate-noted"
            type="checkbox"
            checked={noted}
            aria-invalid={hurried && !noted ? "true" : undefined}
            aria-describedby={hurried && !noted ? "gate-noted-problem" : undefined}
            onChange={event => setNoted(event.currentTarget.checked)}
          />
          <span>{say("code_noted")}</span>
        </label>
      </div>
      <div class="buttons">
        <button type="button" class="button" onClick={go}>
          {say("code_on")}
        </button>
      </div>
    </Screen>
  );
}

/** By this computer's clock, which is the only one here. */
function today(): string {
  const now = new Date();
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map(part => String(part).padStart(2, "0")).join("-");
}
