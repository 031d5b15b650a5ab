/** One screen: its title in the window and in a heading that gets the focus, so that a screen reader says where it is. */

import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Link } from "wouter-preact";
import { say } from "./words.ts";

interface Props {
  title: string;
  /** Stands over the title: a case number, a section. */
  over?: ComponentChildren;
  back?: string;
  wide?: boolean;
  /** Whether the heading takes the focus; not for a screen that is drawn beside another. */
  quiet?: boolean;
  children: ComponentChildren;
}

let first = true;

export function Screen({ title, over, back, wide = false, quiet = false, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (quiet) return;
    document.title = `${title} – Tenggat`;
    window.scrollTo(0, 0);
    // The page that was just loaded is announced by the browser itself.
    if (first) first = false;
    else heading.current?.focus({ preventScroll: true });
  }, [title, quiet]);
  return (
    <div class={wide ? "wide" : "narrow"}>
      {back !== undefined && (
        <Link href={back} class="back">
          ← {say("back")}
        </Link>
      )}
      {over}
      {quiet ? (
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

/** While the first answer is read from the disk, which takes a blink: nothing moves and nothing turns. */
export function Waiting() {
  return (
    <div class="narrow" aria-busy="true">
      <p class="unseen">{say("reading")}</p>
    </div>
  );
}
