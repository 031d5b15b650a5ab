/** When to exchange: on a timer that never stops while a page is open, sooner where something hints at a network. */

import type { Report } from "../desk.ts";
import { delay, LONGEST } from "../sync/schedule.ts";
import { ours } from "./engine.ts";

/** Milliseconds until a window that met another in the middle of an exchange looks again. */
const BUSY = 2_000;

/** Milliseconds after the last try before a hint starts another: they come in flocks. */
const FLOCK = 5_000;

export interface TimerOptions {
  chance?: () => number;
  clock?: () => Date;
}

export class Timer {
  /** When the next try is, in milliseconds of this device's clock; null where the timer has nothing to do. */
  next: number | null = null;
  private running = false;
  private trying: Promise<Report> | null = null;
  private again = false;
  private failures = 0;
  /** Whether something was done that no exchange of this window has carried yet. */
  private urgent = false;
  private tried = Number.NEGATIVE_INFINITY;
  /** Until then the server asked to be left alone. */
  private patience = 0;
  private due: ReturnType<typeof setTimeout> | undefined;
  private readonly chance: () => number;
  private readonly clock: () => Date;

  constructor(
    private readonly sync: () => Promise<Report>,
    /** Whether there is anybody to exchange for. */
    private readonly needed: () => Promise<boolean>,
    /** Told whenever `next` changed. */
    private readonly told: () => void,
    { chance = Math.random, clock = () => new Date() }: TimerOptions = {},
  ) {
    this.chance = chance;
    this.clock = clock;
  }

  start(): void {
    if (this.running) return;
    this.running = true;
    globalThis.addEventListener?.("online", this.hint);
    globalThis.document?.addEventListener("visibilitychange", this.seen);
    void this.try();
  }

  stop(): void {
    this.running = false;
    globalThis.removeEventListener?.("online", this.hint);
    globalThis.document?.removeEventListener("visibilitychange", this.seen);
    this.wait(null);
  }

  /** Exchange now, whatever the timer says, and count on from there. */
  now(): Promise<Report> {
    this.trying ??= this.attempt().finally(() => {
      this.trying = null;
      if (this.again) void this.try();
      this.again = false;
    });
    return this.trying;
  }

  /** Something was done that should be at the server as soon as can be. */
  soon(): void {
    this.urgent = true;
    if (this.trying) this.again = true;
    else if (this.running && this.time() >= this.patience) void this.try();
  }

  /** Something changed: perhaps there is somebody to exchange for now. */
  wake(): void {
    if (this.running && this.next === null && !this.trying) void this.plan();
  }

  private async try(): Promise<void> {
    if (!this.running) return;
    this.wait(null);
    // The screens hear of a failure from the status, and the next try is planned.
    if (await this.anybody()) await this.now().catch(() => {});
  }

  private async anybody(): Promise<boolean> {
    try {
      return await this.needed();
    } catch {
      // The store is in trouble. It may be over by the next time, so the timer must still be there then.
      return true;
    }
  }

  private async attempt(): Promise<Report> {
    let asked: number | null = null;
    this.wait(null);
    this.tried = this.time();
    try {
      const report = await this.sync();
      this.failures = 0;
      this.urgent = false;
      return report;
    } catch (error) {
      const { code, extra } = ours(error);
      this.again = false;
      if (code !== "already_syncing") this.failures += 1;
      else if (this.urgent) this.wait(BUSY);
      asked = typeof extra.retry_after === "number" ? extra.retry_after : null;
      this.patience = asked === null ? 0 : this.time() + asked * 1_000;
      // Only a person can mend that; asking every minute would help nobody.
      if (code === "not_signed_in") asked = LONGEST;
      throw error;
    } finally {
      await this.plan(asked);
    }
  }

  private async plan(asked: number | null = null): Promise<void> {
    const needed = await this.anybody();
    if (!this.running || this.next !== null || !needed) return;
    this.wait(delay(this.failures, this.chance(), asked) * 1_000);
    this.told();
  }

  private wait(milliseconds: number | null): void {
    clearTimeout(this.due);
    this.next = milliseconds === null ? null : this.time() + milliseconds;
    if (milliseconds !== null) this.due = setTimeout(() => void this.try(), milliseconds);
  }

  // What the browser says of the network is a hint, never a fact: it only makes the next try come sooner.
  private readonly hint = (): void => {
    const early = this.tried + FLOCK;
    if (this.time() >= early) this.soon();
    // Soon after a try that failed, the network came back: not at once, and not only when the wait has grown long.
    else if (this.failures > 0 && this.next !== null && this.next > early && early >= this.patience)
      this.wait(early - this.time());
  };

  private readonly seen = (): void => {
    if (document.visibilityState === "visible") this.hint();
  };

  private time(): number {
    return this.clock().getTime();
  }
}
