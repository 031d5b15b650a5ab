/** Whether somebody is in front of the window. Background syncs make the screens ask as well, so what the local server
 * hears of them says nothing; a key, a pointer or a wheel does. */

/** Milliseconds without any of them until it is locked. */
export const IDLE = 15 * 60_000;

/** Milliseconds between two words to the Python client, which counts as well, for a page that hangs. */
const TOLD = 60_000;

/** Milliseconds between two looks at the clock. */
const LOOK = 10_000;

const SIGNS = ["keydown", "pointerdown", "pointermove", "wheel", "input"] as const;

export interface AwakeOptions {
  /** Milliseconds of a clock that goes on while the computer sleeps. */
  now?: () => number;
  /** Rejected where it could not be locked: then it is tried again at the next look. */
  idle: () => Promise<void>;
  awake: () => void;
}

export class Awake {
  private open = false;
  /** A quarter of an hour was over, and it is not locked yet, whoever came since. */
  private due = false;
  private locking = false;
  private seen: number;
  private told = Number.NEGATIVE_INFINITY;
  private readonly now: () => number;

  constructor(private readonly options: AwakeOptions) {
    this.now = options.now ?? Date.now;
    this.seen = this.now();
  }

  /** Listen for signs, as long as the page is there. */
  start(place: EventTarget): void {
    for (const sign of SIGNS) place.addEventListener(sign, () => this.sign(), { capture: true, passive: true });
    setInterval(() => this.look(), LOOK);
  }

  /** Whether there is anything to lock; whoever just opened it is there. */
  opened(open: boolean): void {
    if (open && !this.open) this.seen = this.now();
    if (!open) this.due = false;
    this.open = open;
  }

  /** Somebody did something. */
  sign(): void {
    // Whoever wakes the computer after a long sleep may be another: the look comes first.
    this.look();
    const now = this.now();
    this.seen = now;
    if (!this.open || Math.abs(now - this.told) < TOLD) return;
    this.told = now;
    this.options.awake();
  }

  look(): void {
    const now = this.now();
    // A clock that was set back would keep it open for hours.
    if (now < this.seen) this.seen = now;
    if (this.open && now - this.seen >= IDLE) this.due = true;
    if (!this.due || this.locking) return;
    this.seen = now;
    this.locking = true;
    void this.lock();
  }

  private async lock(): Promise<void> {
    try {
      await this.options.idle();
      this.due = false;
    } catch {
      // At the next look.
    } finally {
      this.locking = false;
    }
  }
}
