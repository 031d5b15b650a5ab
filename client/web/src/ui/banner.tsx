/** A notice. `role` alert is read out at once; status when there is time. */

import type { ComponentChildren, Ref } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { explained } from "./errors.ts";

interface Props {
  kind?: "good" | "warn" | "bad" | "info";
  role?: "alert" | "status";
  place?: Ref<HTMLDivElement>;
  children: ComponentChildren;
}

export function Banner({ kind = "info", role, place, children }: Props) {
  return (
    <div class={`banner ${kind}`} role={role} ref={place ?? null}>
      {children}
    </div>
  );
}

/** Why a deed was refused; nothing where it was not. */
export function Refused({ error }: { error: unknown }) {
  if (error === null || error === undefined) return null;
  return (
    <Banner kind="bad" role="alert">
      <p>{explained(error)}</p>
    </Banner>
  );
}

/** What is wrong with a whole form, where no field is to blame. It comes into sight: under a long form it would stand
 * below the window's edge, and the form would seem to do nothing. */
export function Fault({ text }: { text: string | undefined }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (text) place.current?.scrollIntoView({ block: "nearest" });
  }, [text]);
  if (!text) return null;
  return (
    <Banner kind="bad" role="alert" place={place}>
      <p>{text}</p>
    </Banner>
  );
}
