/** A notice. `role` alert is read out at once; status when there is time. */

import type { ComponentChildren } from "preact";
import { explained } from "./errors.ts";

interface Props {
  kind?: "good" | "warn" | "bad" | "info";
  role?: "alert" | "status";
  children: ComponentChildren;
}

export function Banner({ kind = "info", role, children }: Props) {
  return (
    <div class={`banner ${kind}`} role={role}>
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

/** What is wrong with a whole form, where no field is to blame. */
export function Fault({ text }: { text: string | undefined }) {
  if (!text) return null;
  return (
    <Banner kind="bad" role="alert">
      <p>{text}</p>
    </Banner>
  );
}
