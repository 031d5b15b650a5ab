/** Tells whoever listens, in this window and in others, that something here changed. What it was, they ask. */

import type { Change } from "../desk.ts";

export class Watch {
  private readonly listeners = new Set<(change: Change) => void>();
  private readonly channel: BroadcastChannel | null;

  /** `name`: of the channel that other windows listen to; null where there are none. `others`: told when another window
   * changed something. */
  constructor(name: string | null, others: () => void = () => {}) {
    // Missing in Safari before 15.4: there another window shows what is new when it is looked at again.
    this.channel = name === null || typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(name);
    this.channel?.addEventListener("message", () => {
      this.here();
      others();
    });
  }

  /** How to stop listening. */
  listen(listener: (change: Change) => void): () => void {
    const own = (change: Change) => listener(change);
    this.listeners.add(own);
    return () => this.listeners.delete(own);
  }

  /** Something changed for all windows. */
  everywhere(): void {
    this.here();
    this.channel?.postMessage(null);
  }

  /** Something changed that only this window shows. */
  here(change: Change = "changed"): void {
    for (const listener of [...this.listeners]) {
      try {
        listener(change);
      } catch (error) {
        // A deed that is on the disk does not fail because a screen could not be drawn.
        console.error(error);
      }
    }
  }

  close(): void {
    this.listeners.clear();
    this.channel?.close();
  }
}
