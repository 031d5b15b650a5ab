/** How far the city's zone is from UTC, remembered from one start to the next: a browser's first look into its tables of
 * zones costs a cheap phone a tenth of a second, and a first screen with a date on it would wait for it. */

import { inZone } from "../schemas/explain.ts";

interface Known {
  timezone: string;
  /** From when until when the zone keeps this distance, and the distance, in milliseconds. */
  from: number;
  until: number;
  ahead: number;
}

const KEY = "tenggat.zone";
const DAY = 86_400_000;
/** Days to look ahead. */
const AHEAD = 30;

let known: Known | null = null;

/** The day that it is there at a moment: YYYY-MM-DD. */
export function dayIn(timezone: string, moment: number): string {
  known ??= remembered();
  if (known?.timezone !== timezone || moment < known.from || moment >= known.until) known = found(timezone, moment);
  return new Date(moment + known.ahead).toISOString().slice(0, 10);
}

function found(timezone: string, moment: number): Known {
  const ahead = aheadAt(timezone, moment);
  // A zone that moves its clocks does so months apart, so whole days tell.
  const keeps = (days: number) => aheadAt(timezone, moment + days * DAY) === ahead;
  let days = 0;
  while (days < AHEAD && keeps(days + 1)) days += 1;
  // A day back as well, because a device's idea of now moves a little with what it hears from the server.
  const fresh = { timezone, from: moment - (keeps(-1) ? DAY : 0), until: moment + days * DAY, ahead };
  try {
    localStorage.setItem(KEY, JSON.stringify(fresh));
  } catch {
    // It is looked up at each start then.
  }
  return fresh;
}

function aheadAt(timezone: string, moment: number): number {
  const shown = inZone(new Date(moment).toISOString(), timezone);
  return Date.parse(`${shown.slice(0, 19)}Z`) - Math.trunc(moment / 1000) * 1000;
}

function remembered(): Known | null {
  try {
    const { timezone, from, until, ahead } = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Known>;
    if (typeof timezone !== "string" || !Number.isInteger(ahead)) return null;
    return { timezone, from: Number(from), until: Number(until), ahead: Number(ahead) };
  } catch {
    return null;
  }
}
