/** What the local server tells by itself: that something changed. What it was, whoever listens asks. */

import type { Change } from "../desk.ts";
import { Watch } from "../device/watch.ts";

/** The part of an `EventSource` that is used; tests have another. */
export interface Events {
  addEventListener(kind: string, listener: () => void): void;
  close(): void;
}

export type Listen = (address: string) => Events;

export class Changes {
  private events: Events | null = null;
  private readonly watch = new Watch(null);

  constructor(
    private readonly address: string,
    private readonly connect: Listen = address => new EventSource(address),
  ) {}

  /** Does nothing where it listens already. */
  start(): void {
    if (this.events) return;
    this.events = this.connect(this.address);
    const told = () => this.tell();
    this.events.addEventListener("changed", told);
    this.events.addEventListener("progress", () => this.watch.here("progress"));
    // Connected, perhaps after a break in which something was missed.
    this.events.addEventListener("open", told);
  }

  stop(): void {
    this.events?.close();
    this.events = null;
    this.watch.close();
  }

  /** How to stop listening. */
  listen(listener: (change: Change) => void): () => void {
    return this.watch.listen(listener);
  }

  /** Something changed, and this window knows before it is told. */
  tell(): void {
    this.watch.here();
  }
}
