/** Room that is kept for words: a block of bytes which is let go of when there is none left for what a person types.
 *
 * Chromium tells every page that 10 GiB are free, whatever its disk holds (docs/adr/0010), so the only true sign that room
 * runs out is a write that was refused. With this reserve, what is refused is first of all the reserve or a file.
 */

import { TenggatError } from "../sync/errors.ts";
import { type Database, isFull, type Transaction, written } from "./database.ts";
import { Meta } from "./meta.ts";

/** Bytes of a block. What Chromium keeps in a file of its own is free as soon as it is deleted; blocks of 32 KB lay in its
 * log, and deleting all of them had freed nothing twenty seconds later. */
export const BLOCK = 1024 * 1024;

export const BLOCKS = 16;

/** Bytes that `getRandomValues` gives at once. */
const CHANCE = 65_536;

/** Its transactions touch nothing else, so that words wait for none of them. */
const OWN: ["reserve"] = ["reserve"];

export class Reserve {
  /** What this window knows of it, also where there is no room to write it down. */
  private short = false;

  constructor(
    private readonly database: Database,
    /** Told when the device came to be nearly full, or no longer is. */
    private readonly changed: () => void = () => {},
  ) {}

  /** Whether room has run short: the reserve is not whole any more, or a file was refused, and no block has had room since
   * then. */
  isShort(): Promise<boolean> {
    return this.database.transact("readonly", "default", async here => this.told(await new Meta(here).get("full")));
  }

  /** The same, where the fact was read already. */
  told(full: boolean | null): boolean {
    return this.short || full === true;
  }

  /** How many blocks are here. */
  async held(): Promise<number> {
    return (await this.keys()).length;
  }

  /** Let go of all of it: words need the room. */
  letGo(): Promise<void> {
    return this.database.transact("readwrite", "strict", here => here.objectStore("reserve").clear(), OWN);
  }

  /** A write found no room. */
  noRoom(): Promise<void> {
    return this.note(true);
  }

  /** Make what is missing of it, as far as there is room; where nothing is, one block anew, to see whether there is room
   * again. Whether words have something in reserve. */
  async make(): Promise<boolean> {
    const keys = await this.keys();
    const missing = Array.from({ length: BLOCKS }, (_, key) => key).filter(key => !keys.includes(key));
    let made = 0;
    for (const key of missing.length ? missing : [0]) {
      if (!(await this.put(key))) {
        await this.note(true);
        return keys.length + made > 0;
      }
      made += 1;
    }
    await this.note(false);
    return true;
  }

  /** Once words had to be given room, a file only gets what they leave. `storage_full` where they would have nothing in
   * reserve. */
  async beforeFile(): Promise<void> {
    if (!(await this.isShort()) || (await this.make())) return;
    throw new TenggatError("storage_full", "what room is left on this device is kept for words");
  }

  private keys(): Promise<number[]> {
    return this.database.transact("readonly", "default", here => here.objectStore("reserve").getAllKeys(), OWN);
  }

  /** One block in a transaction of its own, which no other waits for; false where it has no room. */
  private async put(key: number): Promise<boolean> {
    const write = async (here: Transaction) => written(here.objectStore("reserve").put(noise(), key));
    try {
      await this.database.transact("readwrite", "relaxed", write, OWN);
      return true;
    } catch (error) {
      if (!isFull(error)) throw error;
      return false;
    }
  }

  private async note(short: boolean): Promise<void> {
    const before = this.short;
    this.short = short;
    let changed = before !== short;
    try {
      await this.database.transact("readwrite", "relaxed", async here => {
        const meta = new Meta(here);
        changed ||= ((await meta.get("full")) === true) !== short;
        meta.set("full", short || null);
      });
    } catch {
      // There is no room even for that: only this window knows.
    }
    if (changed) this.changed();
  }
}

/** Bytes that nothing makes smaller. */
function noise(): ArrayBuffer {
  const bytes = new Uint8Array(BLOCK);
  for (let at = 0; at < BLOCK; at += CHANCE) crypto.getRandomValues(bytes.subarray(at, at + CHANCE));
  return bytes.buffer;
}
