/** When to try again: a timer that never stops, with jitter so that a city of devices does not come all at once. */

/** Seconds between exchanges while all is well. */
export const IDLE = 60;
export const FIRST = 2;
export const LONGEST = 300;
/** Of what a server asked for, by which the wait is longer at most: it tells everybody the same moment. */
export const SHARE = 0.25;

/** Seconds until the next exchange after `failures` failed ones in a row.
 *
 * `chance` in [0, 1) is drawn by the caller. Failures double the longest wait, and the wait is drawn between half of
 * it and all of it; `asked` is a server's Retry-After and is the least, spread by `SHARE` to later. Without failures:
 * the idle interval, spread by a tenth each way.
 */
export function delay(failures: number, chance: number, asked?: number | null): number {
  const wait =
    failures <= 0
      ? IDLE * (0.9 + 0.2 * chance)
      : Math.min(LONGEST, FIRST * 2 ** Math.min(failures - 1, 16)) * (0.5 + 0.5 * chance);
  return Math.max(wait, (asked ?? 0) * (1 + SHARE * chance));
}
