/** How much the browser would still store, and whether it promised to keep it. */

/** Milliseconds for which an estimate is good: it costs a browser some work, and screens ask after each keystroke. */
const FRESH = 15_000;

export interface Estimate {
  /** Bytes; null where the browser cannot say. */
  free: number | null;
  used: number | null;
  /** Whether the store will not be cleared without the person's leave. */
  persistent: boolean | null;
}

export class Room {
  private last: { at: number; estimate: Promise<Estimate> } | null = null;

  look(): Promise<Estimate> {
    const now = Date.now();
    if (!this.last || now - this.last.at > FRESH) this.last = { at: now, estimate: estimate() };
    return this.last.estimate;
  }

  /** The same, as it is now. */
  measure(): Promise<Estimate> {
    this.last = null;
    return this.look();
  }

  /** Ask the browser never to clear the store by itself; whether it agreed. */
  async persist(): Promise<boolean> {
    this.last = null;
    try {
      return (await storage()?.persist?.()) ?? false;
    } catch {
      return false;
    }
  }
}

async function estimate(): Promise<Estimate> {
  try {
    const known = await storage()?.estimate?.();
    const { quota, usage } = known ?? {};
    return {
      free: quota === undefined || usage === undefined ? null : Math.max(0, quota - usage),
      used: usage ?? null,
      persistent: (await storage()?.persisted?.()) ?? null,
    };
  } catch {
    return { free: null, used: null, persistent: null };
  }
}

// Missing where the page did not come over HTTPS, whatever the types say.
function storage(): Partial<StorageManager> | undefined {
  return globalThis.navigator?.storage;
}

/** Whether the person asked the browser to spend little. */
export function savesData(): boolean {
  const { connection } = (globalThis.navigator ?? {}) as { connection?: { saveData?: boolean } };
  return connection?.saveData === true;
}
