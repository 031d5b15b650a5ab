/** The wait that follows wrong tries, counted down. */

import { useEffect, useState } from "preact/hooks";
import { say } from "../../ui/words.ts";
import type { Profile } from "../gate.ts";

/** Seconds that are left. `profile`: as it was told last, an object of its own each time. */
export function useWait(profile: Profile): number {
  const [left, setLeft] = useState(profile.wait);
  useEffect(() => {
    // Not by the clock on the wall, which somebody may set.
    const until = performance.now() + profile.wait * 1000;
    const look = () => setLeft(Math.max(0, Math.ceil((until - performance.now()) / 1000)));
    look();
    if (!profile.wait) return;
    const looking = setInterval(look, 250);
    return () => clearInterval(looking);
  }, [profile]);
  return left;
}

/** "2 menit 5 detik". */
export function waitInWords(seconds: number): string {
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60];
  if (hours) return say("gate_span_hours", { n: hours, m: minutes });
  if (!minutes) return say("gate_span_seconds", { n: rest });
  return rest ? say("gate_span_minutes_seconds", { n: minutes, s: rest }) : say("gate_span_minutes", { n: minutes });
}
