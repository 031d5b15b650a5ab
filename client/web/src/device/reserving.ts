/** When the reserve for words is made, and made again: in idle time, and never where it would do harm. */

import { idle } from "./idle.ts";
import { BLOCK, BLOCKS } from "./reserve.ts";
import { type Room, savesData } from "./room.ts";
import type { Store } from "./store.ts";

/** Milliseconds after something was done here: what a person does goes first. */
const SETTLED = 10_000;

/** Milliseconds between two tries where there was no room, or two looks where all is well. */
const PAUSE = 300_000;

/** Bytes that must be free, where a browser tells the truth of it: less than that, it warns by itself. */
const LITTLE = 4 * BLOCKS * BLOCK;

export interface ReservingOptions {
  clock?: () => Date;
  /** Milliseconds; for tests. */
  settled?: number;
}

export class Reserving {
  private running = false;
  private due: ReturnType<typeof setTimeout> | undefined;
  /** When the next look is, in milliseconds of this device's clock. */
  private next = Number.POSITIVE_INFINITY;
  private rest = Number.NEGATIVE_INFINITY;
  private looking: Promise<void> = Promise.resolve();
  private readonly settled: number;
  private readonly clock: () => Date;

  constructor(
    private readonly store: Store,
    private readonly room: Room,
    { settled = SETTLED, clock = () => new Date() }: ReservingOptions = {},
  ) {
    this.settled = settled;
    this.clock = clock;
  }

  start(): void {
    this.running = true;
    this.wake();
  }

  async stop(): Promise<void> {
    this.running = false;
    clearTimeout(this.due);
    await this.looking;
  }

  /** Something changed here. `freed`: files were let go of, so that there may be room again. */
  wake(freed = false): void {
    if (freed) this.rest = Number.NEGATIVE_INFINITY;
    this.plan(Math.max(this.time() + this.settled, this.rest));
  }

  /** Make it where it is missing and should be here. */
  async look(): Promise<void> {
    const { reserve } = this.store;
    if (!(await this.isWanted())) return;
    this.rest = this.time() + PAUSE;
    const short = await reserve.isShort();
    if (!short && (await reserve.held()) === BLOCKS) return;
    const { free } = await this.room.measure();
    if (!savesData() && (free === null || free >= LITTLE)) await reserve.make();
    if (await reserve.isShort()) this.plan(this.rest);
  }

  /** Whoever only looks around has nothing that could be lost, and is asked for no room. */
  private isWanted(): Promise<boolean> {
    return this.store.read(async ({ transaction }) => {
      const counts = (["outbox", "file", "typing"] as const).map(name => transaction.objectStore(name).count());
      return (await Promise.all(counts)).some(count => count > 0);
    });
  }

  private plan(at: number): void {
    if (!this.running || at >= this.next) return;
    clearTimeout(this.due);
    this.next = at;
    this.due = setTimeout(() => {
      this.next = Number.POSITIVE_INFINITY;
      // A store in trouble is said where somebody waits for it; here it is tried again after the next change.
      this.looking = idle().then(() => (this.running ? this.look().catch(() => {}) : undefined));
    }, at - this.time());
  }

  private time(): number {
    return this.clock().getTime();
  }
}
