/** Questions that several parts of a screen ask at the same time are answered once. */

import type { Change } from "../desk.ts";

/** Milliseconds for which an answer is good, though nobody said that anything changed: another window may have changed
 * something, and not every browser tells. */
const FRESH = 1_000;

/** The answer that says how far an exchange has come. */
const MOVING = "status";

export class Answers {
  private readonly held = new Map<string, { at: number; answer: Promise<unknown> }>();

  once<T>(question: string, ask: () => Promise<T>): Promise<T> {
    const known = this.held.get(question);
    const now = performance.now();
    if (known && now - known.at < FRESH) return known.answer as Promise<T>;
    const asked = { at: now, answer: ask() };
    this.held.set(question, asked);
    // What could not be answered is asked anew.
    asked.answer.catch(() => {
      if (this.held.get(question) === asked) this.held.delete(question);
    });
    return asked.answer as Promise<T>;
  }

  after(change: Change): void {
    if (change === "changed") {
      this.forget();
      return;
    }
    this.forget(MOVING);
    // Nothing else did change: what was answered is good for as long again, however slow the road is.
    const now = performance.now();
    for (const held of this.held.values()) held.at = now;
  }

  /** Something changed; or this question is to be asked anew, whatever was answered. */
  forget(question?: string): void {
    if (question === undefined) this.held.clear();
    else this.held.delete(question);
  }
}
