/** One screen: its title in the window and in a heading that gets the focus, so that a screen reader says where it is. */

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Link } from "wouter-preact";
import { useWindowTitle } from "./window_title.ts";
import { say } from "./words.ts";

interface Props {
  title: string;
  /** Stands over the title: a case number, a section. */
  over?: ComponentChildren;
  back?: string;
  wide?: boolean;
  /** Whether something else than the heading has the focus, as the row that somebody comes back to. */
  quiet?: boolean;
  /** Whether it is drawn within another screen, whose heading is the page's. */
  within?: boolean;
  /** Whether the window is named after what is drawn in this screen. */
  unnamed?: boolean;
  /** Whether something on the screen takes the focus, so that the heading must not. */
  yields?: boolean;
  children: ComponentChildren;
}

let first = true;

export function Screen(props: Props) {
  const { title, over, back, wide = false, within = false, unnamed = false, yields = false, children } = props;
  const quiet = within || (props.quiet ?? false);
  const heading = useRef<HTMLHeadingElement>(null);
  useWindowTitle(unnamed ? null : title);
  useEffect(() => {
    if (quiet) return;
    window.scrollTo(0, 0);
    // The page that was just loaded is announced by the browser itself.
    if (first) first = false;
    else if (!yields) heading.current?.focus({ preventScroll: true });
  }, [title, quiet, yields]);
  return (
    <div class={wide ? "wide" : "narrow"}>
      {back !== undefined && (
        <Link href={back} class="back">
          ← {say("back")}
        </Link>
      )}
      {over}
      {within ? (
        <h2>{title}</h2>
      ) : (
        <h1 id="title" tabIndex={-1} ref={heading}>
          {title}
        </h1>
      )}
      {children}
    </div>
  );
}

/** Milliseconds until it is said that something is awaited, and until there is a way out. */
const SEEN = 700;
const LONG = 8_000;

/** While the first answer is read from the disk, which takes a blink: nothing moves and nothing turns. What takes longer
 * (a screen that is still to come over a slow line, a disk that is busy) is said, and nobody is left waiting for ever. */
export function Waiting() {
  const [waited, setWaited] = useState(0);
  useEffect(() => {
    const timers = [SEEN, LONG].map(time => setTimeout(() => setWaited(time), time));
    return () => timers.forEach(clearTimeout);
  }, []);
  return (
    <div class="narrow" aria-busy={waited < LONG}>
      <p class={waited < SEEN ? "unseen" : "hint"}>{say("reading")}</p>
      {waited >= LONG && (
        <>
          <p role="status">{say("reading_long")}</p>
          <div class="buttons">
            <button type="button" class="button secondary" onClick={() => location.reload()}>
              {say("reload")}
            </button>
          </div>
        </>
      )}
    </div>
  );
}
