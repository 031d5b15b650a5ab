/** One exchange at a time for all windows of this origin: they share one outbox. */

import { TenggatError } from "../sync/errors.ts";

export class Alone {
  // Where there are no Web Locks (a page that did not come over HTTPS), only this window is kept in order. Two windows
  // that exchange at once cost bytes and nothing else: keys make every command safe to send twice.
  private last: Promise<unknown> = Promise.resolve();
  private busy = 0;

  constructor(
    private readonly name: string,
    private readonly locks: LockManager | undefined = globalThis.navigator?.locks,
  ) {}

  /** Run it now. `already_syncing` where another window is in the middle of an exchange. */
  async now<T>(work: () => Promise<T>): Promise<T> {
    if (!this.locks) {
      if (this.busy) throw already();
      return this.next(work);
    }
    return this.locks.request(this.name, { ifAvailable: true }, lock => {
      if (lock === null) throw already();
      return work();
    }) as Promise<T>;
  }

  /** Run it as soon as nothing else runs. */
  next<T>(work: () => Promise<T>): Promise<T> {
    if (this.locks) return this.locks.request(this.name, work) as Promise<T>;
    this.busy += 1;
    const mine = this.last.then(work, work).finally(() => {
      this.busy -= 1;
    });
    this.last = mine.catch(() => {});
    return mine;
  }
}

function already(): TenggatError {
  return new TenggatError("already_syncing", "another window is exchanging right now");
}
