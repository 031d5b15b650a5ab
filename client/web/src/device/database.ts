/** Opening the device's database in the browser, and its transactions. */

import { type DBSchema, type IDBPDatabase, type IDBPTransaction, openDB } from "idb";
import type { Act, Trouble } from "../desk.ts";
import { TenggatError } from "../sync/errors.ts";
import type { Result } from "../sync/messages.ts";
import type { State } from "../sync/outbox.ts";

/** Where sequence numbers are minted. The id lives in the same database as the outbox: what the browser clears takes
 * its id along, and a number can never be used twice. Only the row with the highest `n` mints. */
export interface InstanceRow {
  n: number;
  id: string;
  next_seq: number;
}

/** A command, as its line. The line is only written while the command is queued. */
export interface OutboxRow {
  instance: number;
  seq: number;
  state: State;
  case: string;
  kind: string;
  queued_at: string;
  sent_at: string | null;
  settled_at: string | null;
  line: string;
  /** Bytes of the line in UTF-8. */
  size: number;
  result: Result | null;
}

/** What is listed and compared by, read out of a record's line once, when it is stored. The line itself lies in a
 * store of its own, so that a list of a thousand cases does not read a thousand lines. */
export interface RecordRow {
  id: string;
  t: string;
  v: number;
  /** `sync/digest.ts`, as 16 hexadecimal digits. */
  hash: string;
  /** All that stand in the line; which of them are this client's, `meta.scopes` says. */
  scopes: string[];
  /** Of the snapshot that it last came with. */
  generation: number;
  service: string;
  number: string | null;
  stage: string;
  office: string;
  district: string | null;
  due: string | null;
  title: string;
  conflicts: number;
  opened: boolean;
  /** The server's time of the last thing that happened to it. */
  touched: string;
  /** How many of its files the server has; rows of before there were files do not say. */
  arrived?: number;
}

/** What is known of bytes that lie here, apart from them, so that a list reads no photo. */
export interface FileRow {
  /** Of the bytes: equal ones lie here once. */
  sha256: string;
  size: number;
  /** Media type. */
  type: string;
  /** Whether it was kept on this device, rather than fetched from the server. */
  own: boolean;
  /** Whether the original lies here, and whether something small to show does. */
  here: boolean;
  small: boolean;
  /** When it came to lie here, by this device's clock, in milliseconds. */
  kept_at: number;
  /** When the server had all of these bytes, as a record on this device says; null while none does. Only then may the
   * bytes of one of our own be dropped. */
  arrived: string | null;
  /** The cases whose records name it. */
  cases: string[];
  /** Since when nothing here names it, by this device's clock, in milliseconds; null while something does. */
  freed_at: number | null;
}

/** A file that the server has not received: what becomes of its bytes. Without a row, there is nothing to send. */
export interface UploadRow {
  /** The attachment's id. */
  id: string;
  case: string;
  document: string;
  sha256: string;
  size: number;
  type: string;
  name: string;
  queued_at: string;
  /** Where at the server it goes on; null where it is to be begun. */
  url: string | null;
  /** Bytes that the server said it has. */
  sent: number;
  /** `whole`: all of it went up; whether it arrived, the record will say. */
  state: "waiting" | "whole" | "refused";
  trouble: Trouble | null;
}

export interface Tables extends DBSchema {
  meta: { key: string; value: unknown };
  instance: { key: number; value: InstanceRow };
  outbox: {
    key: [number, number];
    value: OutboxRow;
    indexes: { state: [State, number, number]; case: string; settled: string };
  };
  record: { key: string; value: RecordRow; indexes: { number: string; generation: number; conflicts: number } };
  line: { key: string; value: string };
  typing: { key: [string, string]; value: Act };
  file: { key: string; value: FileRow; indexes: { cases: string } };
  bytes: { key: string; value: ArrayBuffer };
  small: { key: string; value: { type: string; bytes: ArrayBuffer } };
  upload: { key: string; value: UploadRow; indexes: { case: string } };
  /** Bytes that mean nothing: `reserve.ts`. */
  reserve: { key: number; value: ArrayBuffer };
}

type Name =
  | ("meta" | "instance" | "outbox" | "record" | "line" | "typing")
  | ("file" | "bytes" | "small" | "upload" | "reserve");
const NAMES: Name[] = ["meta", "instance", "outbox", "record", "line", "typing", "file", "bytes", "small", "upload"];

/** A transaction over all stores, but for the reserve, for which nobody waits: what is decided in it was read in it,
 * whatever other tabs do. */
export type Transaction = IDBPTransaction<Tables, Name[], "readwrite">;

/** What brings a database from version n to n + 1. Steps are appended and never edited. The outbox's columns stay
 * readable by every later version: no step may lose a waiting command. */
const STEPS: ((database: IDBPDatabase<Tables>) => void)[] = [
  database => {
    database.createObjectStore("meta");
    database.createObjectStore("instance", { keyPath: "n" });
    const outbox = database.createObjectStore("outbox", { keyPath: ["instance", "seq"] });
    outbox.createIndex("state", ["state", "instance", "seq"]);
    outbox.createIndex("case", "case");
    outbox.createIndex("settled", "settled_at");
    const record = database.createObjectStore("record", { keyPath: "id" });
    record.createIndex("number", "number");
    record.createIndex("generation", "generation");
    record.createIndex("conflicts", "conflicts");
    database.createObjectStore("line");
    database.createObjectStore("typing");
  },
  database => {
    database.createObjectStore("file", { keyPath: "sha256" }).createIndex("cases", "cases", { multiEntry: true });
    // As ArrayBuffers: what older Safaris keep of a Blob may be gone after a restart.
    database.createObjectStore("bytes");
    database.createObjectStore("small");
    database.createObjectStore("upload", { keyPath: "id" }).createIndex("case", "case");
  },
  database => {
    database.createObjectStore("reserve");
  },
];

const FULL = "QuotaExceededError";

/** Milliseconds that other tabs get to let go of an older version. */
const PATIENCE = 10_000;

/** One database, opened when it is needed and again after the browser closed it. */
export class Database {
  private opening: Promise<IDBPDatabase<Tables>> | null = null;

  /** `made`: told when there was no database, and a new one was made. */
  constructor(
    readonly name: string,
    private readonly made: () => void = () => {},
  ) {}

  /** Rejects with `store_broken` where it cannot be opened. */
  open(): Promise<IDBPDatabase<Tables>> {
    if (this.opening) return this.opening;
    const opening = this.opened();
    this.opening = opening;
    // What could not be opened now may be later.
    opening.catch(() => this.forget(opening));
    return opening;
  }

  close(): void {
    this.opening?.then(
      database => database.close(),
      () => {},
    );
    this.opening = null;
  }

  /** All or nothing, over the stores of these `names`. Inside `work` only promises of this transaction may be awaited: any other one ends it.
   *
   * `strict`: when this returns, it is on the disk and survives a power cut. */
  async transact<T>(
    mode: "readonly" | "readwrite",
    durability: IDBTransactionDurability,
    work: (transaction: Transaction) => Promise<T>,
    names = NAMES,
  ): Promise<T> {
    const transaction = await this.begin(mode, durability, names);
    const done = transaction.done;
    done.catch(() => {});
    try {
      const made = await work(transaction);
      await done;
      return made;
    } catch (error) {
      try {
        transaction.abort();
      } catch {
        // It is over already: the browser aborted it.
      }
      throw error instanceof TenggatError ? error : await this.reason(error, done);
    }
  }

  private async begin(
    mode: "readonly" | "readwrite",
    durability: IDBTransactionDurability,
    names: Name[],
  ): Promise<Transaction> {
    for (let again = true; ; again = false) {
      const opening = this.open();
      const database = await opening;
      try {
        return database.transaction(names, mode as "readwrite", { durability });
      } catch (error) {
        // A browser may close a connection by itself, in the background or to let another tab upgrade. Nothing was
        // done yet, so one more try with a new connection harms nobody.
        this.forget(opening);
        if (!again || named(error) !== "InvalidStateError") throw broken(error);
      }
    }
  }

  /** Why a transaction failed: of an aborted one, only its end knows. */
  private async reason(error: unknown, done: Promise<void>): Promise<unknown> {
    const aborted: unknown = await done.then(
      () => error,
      (cause: unknown) => cause,
    );
    const cause = named(error) === "AbortError" || named(aborted) === FULL ? aborted : error;
    if (!(cause instanceof DOMException)) return cause;
    this.close();
    return broken(cause);
  }

  private async opened(): Promise<IDBPDatabase<Tables>> {
    let forget = () => {};
    let waiting: ReturnType<typeof setTimeout> | undefined;
    try {
      const opening = openDB<Tables>(this.name, STEPS.length, {
        upgrade: (database, from) => {
          for (const step of STEPS.slice(from)) step(database);
          if (from === 0) this.made();
        },
        blocked: () => {
          waiting = setTimeout(() => forget(), PATIENCE);
        },
        // Another tab brings a newer version: whatever is under way here ends, and the next use opens anew.
        blocking: (_current, _blocked, event) => {
          (event.target as IDBDatabase).close();
          this.opening = null;
        },
        terminated: () => {
          this.opening = null;
        },
      });
      const late = new Promise<never>((_, reject) => {
        forget = () => {
          reject(new Error("another window holds an older version open; close the other windows"));
          opening.then(
            database => database.close(),
            () => {},
          );
        };
      });
      return await Promise.race([opening, late]);
    } catch (error) {
      throw broken(error);
    } finally {
      clearTimeout(waiting);
    }
  }

  private forget(opening: Promise<unknown>): void {
    if (this.opening === opening) this.opening = null;
  }
}

/** Whether a single write was stored, its transaction tells: a failed one fails as a whole. */
export function written(request: Promise<unknown>): void {
  request.catch(() => {});
}

/** Whether there was no room for it on this device. */
export function isFull(error: unknown): boolean {
  return error instanceof TenggatError && error.code === "storage_full";
}

function named(error: unknown): string {
  return error instanceof Error || error instanceof DOMException ? error.name : "";
}

function broken(error: unknown): TenggatError {
  if (named(error) === FULL) {
    return new TenggatError("storage_full", "the browser has no room left; nothing that was stored is lost");
  }
  const detail =
    named(error) === "VersionError"
      ? "the store was made by a newer version of this app; load it again"
      : `the browser cannot open its store (${error instanceof Error ? error.message : String(error)})`;
  return new TenggatError("store_broken", detail);
}
