/** Sends the bytes that commands named: smallest first, one at a time for all windows of this origin, and again on a timer.
 *
 * A file follows its command: only what the server knows of is sent. An exchange never waits for a file.
 */

import type { Trouble } from "../../desk.ts";
import type { CaseRecord } from "../../schemas/record.ts";
import { TenggatError } from "../../sync/errors.ts";
import { delay } from "../../sync/schedule.ts";
import type { Alone } from "../alone.ts";
import { entryOf } from "../command_line.ts";
import type { UploadRow } from "../database.ts";
import { ours } from "../engine.ts";
import { hashOf } from "../hash.ts";
import type { Here, Store } from "../store.ts";
import { attachedBy, detachedBy } from "./manifest.ts";
import type { Sending, send } from "./sending.ts";

/** Milliseconds between two tellings of how far a file has come. */
const NOTEWORTHY = 250;

/** Milliseconds of sending after which the server's word for what went up is asked for, though more is to follow. */
const WORD = 5_000;

/** What the server says of a file that it will never take; something else must be attached in its place. */
const FINAL: ReadonlySet<string> = new Set([
  ...["wrong_type", "heic", "broken_file", "unsafe_image", "too_large", "invalid_file", "not_found", "forbidden"],
  ...["no_such_file"],
]);

/** What the next file would meet as well. With any other trouble the queue moves on without this one. */
const GENERAL: ReadonlySet<string> = new Set([
  ...["unreachable", "not_our_server", "not_signed_in", "too_many", "storage_full"],
]);

/** After these there is nothing at the server to go on with. */
const OVER: ReadonlySet<string> = new Set(["upload_gone", "ended", "hash_mismatch"]);

export interface UploadOptions {
  /** The server's origin. */
  server: string;
  bodyOf?: (bytes: ArrayBuffer) => Blob;
  chance?: () => number;
  /** Brings `sending.ts` where something is to be sent. */
  sender?: () => Promise<{ send: typeof send }>;
}

export class Uploads {
  /** What is on its way in this window. */
  current: { id: string; sent: number } | null = null;
  private failures = 0;
  /** Until then it is not tried again, in milliseconds of this device's clock. */
  private patience = 0;
  private due: ReturnType<typeof setTimeout> | undefined;
  private running: Promise<void> | null = null;
  private control = new AbortController();
  private told = 0;

  constructor(
    private readonly store: Store,
    private readonly alone: Alone,
    /** Told when `current` has gone on. */
    private readonly tell: () => void,
    /** Files went up: the next exchange brings the server's word for it. */
    private readonly finished: () => void,
    private readonly options: UploadOptions,
  ) {}

  /** Send what can be sent, unless that goes on already or was tried a moment ago. */
  run(): Promise<void> {
    if (this.time() < this.patience || this.control.signal.aborted) return Promise.resolve();
    this.running ??= this.all().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  async stop(): Promise<void> {
    this.control.abort();
    clearTimeout(this.due);
    await this.running;
  }

  private async all(): Promise<void> {
    let whole = 0;
    let asked = this.time();
    const tried = new Set<string>();
    let trouble: TenggatError | null = null;
    try {
      await this.alone.now(async () => {
        for (let row = await this.next(tried); row; row = await this.next(tried)) {
          const error = await this.one(row);
          if (error === null) whole += 1;
          // A queue of a whole day takes hours on a slow network: nobody is to read all that time that nothing arrived.
          if (whole && this.time() - asked >= WORD) {
            this.finished();
            whole = 0;
            asked = this.time();
          }
          // What had only ended there, or stood elsewhere than was thought, goes on at once; all else has had its turn.
          const again = error?.code === "upload_gone" || (error?.code === "wrong_offset" && !row.url);
          if (!again) tried.add(row.id);
          if (error && GENERAL.has(error.code) && error.extra.status === undefined) throw error;
          if (error && !FINAL.has(error.code)) trouble = error;
        }
      });
      if (trouble) this.later(trouble);
      else this.failures = 0;
    } catch (error) {
      // Another window sends. It tells this one, and the next exchange looks again.
      if (ours(error).code !== "already_syncing") this.later(ours(error));
    } finally {
      this.current = null;
      if (whole) this.finished();
    }
  }

  private later(error: TenggatError): void {
    if (this.control.signal.aborted) return;
    this.failures += 1;
    const asked = typeof error.extra.retry_after === "number" ? error.extra.retry_after : null;
    const wait = delay(this.failures, (this.options.chance ?? Math.random)(), asked) * 1_000;
    this.patience = this.time() + wait;
    clearTimeout(this.due);
    this.due = setTimeout(() => {
      this.patience = 0;
      void this.run();
    }, wait);
  }

  /** The smallest that may go now. */
  private next(tried: ReadonlySet<string>): Promise<UploadRow | null> {
    if (this.control.signal.aborted) return Promise.resolve(null);
    return this.store.read(async here => {
      const rows = (await here.files.queue()).sort((a, b) => a.size - b.size || (a.queued_at < b.queued_at ? -1 : 1));
      for (const row of rows) if (!tried.has(row.id) && (await mayGo(here, row))) return row;
      return null;
    });
  }

  /** What went wrong; null where all of it went up. */
  private async one(row: UploadRow): Promise<TenggatError | null> {
    const found = await this.store.read(async ({ files, meta }) => {
      return { bytes: await files.bytes(row.sha256), token: await meta.get("token") };
    });
    if (!found.bytes) return this.lost(row);
    this.current = { id: row.id, sent: row.sent };
    this.show(true);
    try {
      const { send } = await (this.options.sender ?? (() => import("./sending.ts")))();
      await send(row, this.sending(row, found.bytes, found.token ?? ""));
      await this.settle(row, { state: "whole", url: null, sent: row.size, trouble: null });
      return null;
    } catch (error) {
      return await this.failed(row, found.bytes, ours(error));
    } finally {
      this.current = null;
      this.show(true);
    }
  }

  /** The browser lost the bytes: whoever took the photo has to hear of it. */
  private async lost(row: UploadRow): Promise<TenggatError> {
    const error = new TenggatError("no_such_file", "its bytes are not here any more");
    const { code, detail } = error;
    await this.store.change("strict", async here => {
      await here.files.gone(row.sha256);
      await put(here, row, { state: "refused", url: null, trouble: { code, detail, at: this.store.stamp() } });
    });
    return error;
  }

  private sending(row: UploadRow, bytes: ArrayBuffer, token: string): Sending {
    const { server, bodyOf = part => new Blob([part]) } = this.options;
    return {
      ...{ server, token, bytes, bodyOf },
      signal: this.control.signal,
      begun: url => this.settle(row, { url }),
      sent: (done, certain) => {
        this.current = { id: row.id, sent: done };
        this.show();
        if (certain) void this.settle(row, { sent: done }).catch(() => {});
      },
    };
  }

  private async failed(row: UploadRow, bytes: ArrayBuffer, error: TenggatError): Promise<TenggatError | null> {
    const { code, detail, extra } = error;
    if (code === "already_arrived") {
      await this.echoed(row);
      return null;
    }
    const text = typeof extra.text === "object" ? { text: extra.text as Record<string, string> } : {};
    const trouble: Trouble = { code, detail, ...text, at: this.store.stamp() };
    const damaged = code === "hash_mismatch" && (await hashOf(new Uint8Array(bytes))) !== row.sha256;
    const line = await this.store.read(({ records }) => records.line(row.case));
    // Of a case that is here the server knows; what it did not find a moment ago, the next exchange explains.
    const final = damaged || (FINAL.has(code) && !(code === "not_found" && line));
    if (final) await this.settle(row, { state: "refused", url: null, trouble });
    else if (OVER.has(code)) await this.settle(row, { url: null, sent: 0, ...(code !== "upload_gone" && { trouble }) });
    // It goes on where it stood.
    else if (!this.control.signal.aborted) await this.settle(row, { trouble });
    return damaged ? new TenggatError("broken_file", detail) : error;
  }

  /** The server had it before: by another device, or in an answer that was lost. */
  private echoed(row: UploadRow): Promise<void> {
    return this.store.change("strict", async here => {
      const { files, records } = here;
      // Of a case that is not here any more no record will ever tell; this is the server's word for it.
      if (!(await records.line(row.case))) await files.arrived(row, this.store.stamp());
      else await put(here, row, { state: "whole", url: null, sent: row.size, trouble: null });
    });
  }

  private settle(row: UploadRow, change: Partial<UploadRow>): Promise<void> {
    return this.store.change("strict", here => put(here, row, change));
  }

  private show(now = false): void {
    const at = performance.now();
    if (!now && at - this.told < NOTEWORTHY) return;
    this.told = at;
    this.tell();
  }

  private time(): number {
    return this.store.clock().getTime();
  }
}

/** Whether the server knows of the attachment, still wants its bytes, and was not asked by anybody here to forget it. */
async function mayGo({ records, outbox }: Here, row: UploadRow): Promise<boolean> {
  if (row.state === "refused") return false;
  const line = await records.line(row.case);
  const entries = (await outbox.about(row.case)).map(entryOf);
  const open = entries.filter(entry => ["queued", "sent", "refused"].includes(entry.state));
  if (open.some(entry => detachedBy(entry.data).includes(row.id))) return false;
  if (line) {
    const { attachments = [] } = JSON.parse(line) as CaseRecord;
    // What went up whole, the record will tell of.
    return row.state === "waiting" && attachments.some(one => one.id === row.id && !one.arrived);
  }
  // The case left this device with its officer's last action, and the photos to it are still here.
  const answered = entries.filter(entry => entry.state === "acknowledged");
  return answered.some(entry => attachedBy(entry.data).some(one => one.id === row.id));
}

/** Changes the row where it is still there, and what it names is still to be sent. */
async function put({ files }: Here, { id, sha256 }: UploadRow, change: Partial<UploadRow>): Promise<void> {
  const row = await files.upload(id);
  if (row?.sha256 === sha256) files.put({ ...row, ...change });
}
