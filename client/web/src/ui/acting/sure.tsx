/** "Are you sure?", in the page: what will be, the way on, the way back. */

import { useEffect, useRef } from "preact/hooks";
import type { Stage } from "../../schemas/catalogue.ts";
import { say, tell } from "../words.ts";

interface Props {
  /** Where the case ends. */
  end: Stage;
  /** Whether it is the applicant who asks. */
  own: boolean;
  label: string;
  running: boolean;
  onYes: () => void;
  onNo: () => void;
}

export function Sure({ end, own, label, running, onYes, onNo }: Props) {
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    head.current?.focus({ preventScroll: true });
    head.current?.parentElement?.scrollIntoView({ block: "center" });
  }, []);
  const against = end.ending === "refused" || end.ending === "withdrawn";
  return (
    <section class="panel sure" aria-labelledby="sure-head">
      <h2 id="sure-head" tabIndex={-1} ref={head}>
        {say("act_sure")}
      </h2>
      <p>
        {say("act_ends", { stage: tell(end.label) })} {!end.continues && say("act_final")}
      </p>
      <p>{own ? tell(end.says) : say("act_told", { says: tell(end.says) })}</p>
      <div class="buttons">
        <button type="button" class={against ? "button danger" : "button"} onClick={onYes} disabled={running}>
          {say("act_yes", { action: label })}
        </button>
        <button type="button" class="button secondary" onClick={onNo}>
          {say("act_no")}
        </button>
      </div>
    </section>
  );
}
