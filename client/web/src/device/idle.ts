/** Waiting until the page has nothing else to do. */

/** Milliseconds after which it is enough: a page that is busy, or that nobody sees, may never come to it. */
const AT_LAST = 3_000;

/** `untold`: milliseconds to wait where the browser does not tell (Safari). */
export function idle(untold = 0): Promise<void> {
  return new Promise(resolve => {
    if (typeof requestIdleCallback === "function") requestIdleCallback(() => resolve(), { timeout: AT_LAST });
    else if (untold) setTimeout(resolve, untold);
    else resolve();
  });
}
