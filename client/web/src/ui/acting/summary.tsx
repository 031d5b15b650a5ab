/** All that is missing or wrong, at the top, each a way to its place. It takes the focus when it comes. */

import { useEffect, useRef } from "preact/hooks";
import { say } from "../words.ts";

export interface Wrong {
  /** The id of what is to be mended. */
  at: string;
  words: string;
}

interface Props {
  wrong: readonly Wrong[];
  /** Changes with each try, so that a second one takes the focus too. */
  turn: number;
}

export function Summary({ wrong, turn }: Props) {
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    if (turn > 0) box.current?.focus();
  }, [turn]);
  if (!wrong.length) return null;
  return (
    <section class="error-summary" tabIndex={-1} ref={box} aria-labelledby="summary-head">
      <h2 id="summary-head">{say("act_wrong", { n: wrong.length })}</h2>
      <ul>
        {wrong.map(({ at, words }) => (
          <li key={at}>
            <button type="button" class="link" onClick={() => focusOn(at)}>
              {words}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** A group of choices is answered at its first. */
export function focusOn(id: string): void {
  const place = document.getElementById(`${id}-first`) ?? document.getElementById(id);
  place?.focus();
  place?.scrollIntoView({ block: "center" });
}
