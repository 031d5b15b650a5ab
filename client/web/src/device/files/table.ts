/** Files as they lie in the database: what is here of them, and which are still to be sent. Callers hold the transaction
 * that changes belong to.
 *
 * The rules of when bytes go: our own stay until a record on this device says that they arrived; what was fetched goes
 * with the last case that names it; what nothing names any more stays as long as the text of a settled command does.
 */

import type { Attachment } from "../../schemas/record.ts";
import type { Attach } from "../../sync/messages.ts";
import { KEEP_DAYS } from "../../sync/outbox.ts";
import { entryOf } from "../command_line.ts";
import { type FileRow, type Transaction, type UploadRow, written } from "../database.ts";
import type { Here } from "../store.ts";
import { attachedBy } from "./manifest.ts";

const DAY = 86_400_000;

/** Milliseconds for which bytes that nothing names stay, whatever room is wanted: a file is kept before it is attached,
 * and what was taken back by mistake is attached again. */
const GRACE = DAY;

/** A file as it comes to lie here. */
export interface Coming {
  sha256: string;
  type: string;
  bytes: ArrayBuffer | null;
  small: { type: string; bytes: ArrayBuffer } | null;
}

export interface RoomOptions {
  /** A person waits for the room; without it our own stay for `KEEP_DAYS`. */
  urgent?: boolean;
  /** Only our own go. */
  ours?: boolean;
  /** What may go goes, also where it is less than was wanted. */
  less?: boolean;
}

export class Files {
  /** Whether a file came to be sent, or is not to be sent any more, in this transaction. */
  moved = false;
  /** Whether bytes were let go of. */
  freed = false;

  constructor(private readonly transaction: Transaction) {}

  private get table() {
    return this.transaction.objectStore("file");
  }

  private get originals() {
    return this.transaction.objectStore("bytes");
  }

  private get thumbnails() {
    return this.transaction.objectStore("small");
  }

  private get uploads() {
    return this.transaction.objectStore("upload");
  }

  /** Whether there is nothing here, and nothing to send. */
  async none(): Promise<boolean> {
    const counts = await Promise.all([this.table.count(), this.uploads.count()]);
    return counts.every(count => count === 0);
  }

  row(sha256: string): Promise<FileRow | undefined> {
    return this.table.get(sha256);
  }

  rows(): Promise<FileRow[]> {
    return this.table.getAll();
  }

  bytes(sha256: string): Promise<ArrayBuffer | undefined> {
    return this.originals.get(sha256);
  }

  small(sha256: string): Promise<{ type: string; bytes: ArrayBuffer } | undefined> {
    return this.thumbnails.get(sha256);
  }

  upload(id: string): Promise<UploadRow | undefined> {
    return this.uploads.get(id);
  }

  /** Files to be sent, all of them or those of one case. */
  queue(about?: string): Promise<UploadRow[]> {
    return about === undefined ? this.uploads.getAll() : this.uploads.index("case").getAll(about);
  }

  /** How much the server has not received: files, their bytes, and how many of those have left. `current`: of what is on
   * its way, more has left than the server has told. */
  async waiting(
    current: { id: string; sent: number } | null = null,
  ): Promise<{ waiting: number; bytes: number; sent: number }> {
    const rows = (await this.queue()).filter(row => row.state !== "refused");
    const left = (row: UploadRow) => Math.max(row.sent, row.id === current?.id ? current.sent : 0);
    return {
      waiting: rows.length,
      bytes: rows.reduce((sum, row) => sum + row.size, 0),
      sent: rows.reduce((sum, row) => sum + left(row), 0),
    };
  }

  /** Keep bytes, or something small to show, or both; once for equal ones. `own`: made on this device. */
  async keep(coming: Coming, size: number, own: boolean, at: number, about?: string): Promise<void> {
    const { sha256, type, bytes, small } = coming;
    const held = await this.row(sha256);
    const cases = new Set(held?.cases);
    if (about !== undefined) cases.add(about);
    // Until something names it, a file of our own is free; what is named stays so, though it is kept once more.
    const freed_at = own && (!held || held.freed_at !== null) ? at : null;
    written(
      this.table.put({
        ...{ sha256, size, type, freed_at },
        own: own || held?.own === true,
        here: bytes !== null || held?.here === true,
        small: small !== null || held?.small === true,
        kept_at: bytes ? at : (held?.kept_at ?? at),
        arrived: held?.arrived ?? null,
        cases: [...cases],
      }),
    );
    if (bytes) written(this.originals.put(bytes, sha256));
    if (small) written(this.thumbnails.put(small, sha256));
  }

  /** A command attaches these: their bytes are to follow it. */
  async attach(about: string, files: readonly Attach[], queued_at: string): Promise<void> {
    for (const { id, document, sha256, size, type, name = "" } of files) {
      if (!(await this.upload(id))) {
        const row = { id, case: about, document, sha256, size, type, name, queued_at };
        this.put({ ...row, url: null, sent: 0, state: "waiting", trouble: null });
      }
      const file = await this.row(sha256);
      if (file && file.freed_at !== null) written(this.table.put({ ...file, freed_at: null }));
    }
  }

  /** A record says of these bytes that they arrived. */
  async told(sha256: string, arrived: string | null): Promise<void> {
    const row = await this.row(sha256);
    if (row && row.arrived !== arrived) written(this.table.put({ ...row, arrived }));
  }

  /** The server said that it has the bytes of a file whose case is not on this device any more. */
  async arrived({ id, sha256 }: UploadRow, at: string): Promise<void> {
    const row = await this.row(sha256);
    if (row) written(this.table.put({ ...row, arrived: at }));
    this.forget(id);
  }

  /** The original is not where it was left. */
  async gone(sha256: string): Promise<void> {
    const row = await this.row(sha256);
    if (row) written(this.table.put({ ...row, here: false }));
  }

  put(row: UploadRow): void {
    written(this.uploads.put(row));
    this.moved = true;
  }

  /** No bytes are to follow any more. What of them stays here, `tidy` decides. */
  forget(id: string): void {
    written(this.uploads.delete(id));
    this.moved = true;
  }

  /** Whether a record that comes is about anything that lies here: most are not, and a thousand come at once. */
  async concerned(): Promise<(about: string, attachments: readonly Attachment[]) => boolean> {
    const [rows, queue] = await Promise.all([this.rows(), this.queue()]);
    const hashes = new Set(rows.map(row => row.sha256));
    const cases = new Set([...rows.flatMap(row => row.cases), ...queue.map(row => row.case)]);
    return (about, attachments) => cases.has(about) || attachments.some(one => hashes.has(one.sha256));
  }

  /** A record came: which of its files have arrived, and which are still wanted of this device. `mine`: the case is this
   * person's own, so any device of theirs may send what another one lost. */
  async heard(about: string, attachments: readonly Attachment[], mine: boolean, queued_at: string): Promise<void> {
    const [held, waiting] = await Promise.all([this.table.index("cases").getAll(about), this.queue(about)]);
    const hashes = new Set(attachments.map(one => one.sha256));
    for (const row of held) if (!hashes.has(row.sha256)) this.leave(row, [about], false);
    for (const sha256 of hashes) {
      const row = await this.row(sha256);
      // Said of a hash, not of an attachment: whoever's it was, these bytes are at the server. And a restored server may
      // not have any more what it had.
      const arrived = attachments.find(one => one.sha256 === sha256 && one.arrived)?.arrived ?? null;
      if (row) this.name(row, about, arrived);
    }
    for (const attachment of attachments) {
      const upload = waiting.find(one => one.id === attachment.id);
      if (attachment.arrived) {
        if (upload) this.forget(upload.id);
      } else if (upload?.state === "whole" || upload?.trouble?.code === "not_found") {
        // All of it went up once, or there was no such case: a restored server may not know what it did. Where it is
        // only not yet so, it will say so.
        this.put({ ...upload, state: "waiting", trouble: null });
      } else if (!upload) {
        const row = await this.row(attachment.sha256);
        if (row?.here && (row.own || mine)) await this.attach(about, [attachment], queued_at);
      }
    }
  }

  /** These cases are not on this device any more: what was fetched for them goes along. Our own stay, for `tidy`. */
  async left(ids: ReadonlySet<string>): Promise<void> {
    const rows = await this.rows();
    const wanted = rows.length ? new Set((await this.queue()).map(upload => upload.sha256)) : new Set();
    for (const row of rows) {
      if (row.cases.some(id => ids.has(id))) this.leave(row, [...ids], wanted.has(row.sha256));
    }
  }

  /** The server began a new epoch: what it said of files, also that they arrived, was in another life of it. Until a record
   * says so again nothing of our own is let go of. */
  async restart(): Promise<void> {
    for (const row of await this.rows()) if (row.arrived !== null) written(this.table.put({ ...row, arrived: null }));
    for (const row of await this.queue()) {
      if (row.state !== "refused") this.put({ ...row, state: "waiting", url: null, sent: 0, trouble: null });
    }
  }

  clear(): void {
    for (const store of [this.table, this.originals, this.thumbnails, this.uploads]) written(store.clear());
    this.moved = true;
    this.freed = true;
  }

  /** Drop what nothing names any more: what was fetched at once, our own after `KEEP_DAYS`. So long the text of a command
   * that was taken back stays, and a restored server can be told again of one that it had. `named`: the hashes that commands and half-typed forms name. */
  async tidy(named: ReadonlySet<string>, now: number): Promise<void> {
    const wanted = new Set((await this.queue()).map(upload => upload.sha256));
    for (const row of await this.rows()) {
      const free = !named.has(row.sha256) && !wanted.has(row.sha256) && !row.cases.length;
      const over = !row.own || (row.freed_at !== null && now - row.freed_at > KEEP_DAYS * DAY);
      if (free && over) this.drop(row);
      else if (free !== (row.freed_at !== null)) written(this.table.put({ ...row, freed_at: free ? now : null }));
    }
  }

  /** Drop bytes until so many are free; how many were. Where all that may go would not be enough, nothing goes: 0. Never
   * what has not arrived.
   *
   * First what can be fetched again, then our own that have arrived, oldest first, then what a person took back more
   * than a day ago. */
  async makeRoom(
    wanted: number,
    named: ReadonlySet<string>,
    now: number,
    { urgent = false, ours = false, less = false }: RoomOptions = {},
  ): Promise<number> {
    const queued = new Set((await this.queue()).map(upload => upload.sha256));
    const rows = (await this.rows()).filter(row => row.here && !queued.has(row.sha256));
    rows.sort((a, b) => a.kept_at - b.kept_at);
    const old = ({ kept_at }: FileRow) => urgent || now - kept_at > KEEP_DAYS * DAY;
    const fetched = rows.filter(row => !row.own && row.arrived !== null && !ours);
    const arrived = rows.filter(row => row.own && row.arrived !== null && !named.has(row.sha256) && old(row));
    const free = rows.filter(row => row.own && row.arrived === null && !named.has(row.sha256) && !row.cases.length);
    const over = free.filter(row => urgent && row.freed_at !== null && now - row.freed_at > GRACE);
    const going: FileRow[] = [];
    let made = 0;
    for (const row of [...fetched, ...arrived, ...over]) {
      if (made >= wanted) break;
      made += row.size;
      going.push(row);
    }
    if (made < wanted && !less) return 0;
    for (const row of going) this.lighten(row);
    return made;
  }

  private name(row: FileRow, about: string, arrived: string | null): void {
    const cases = row.cases.includes(about) ? row.cases : [...row.cases, about];
    if (cases === row.cases && arrived === row.arrived && row.freed_at === null) return;
    written(this.table.put({ ...row, cases, arrived, freed_at: null }));
  }

  private leave(row: FileRow, ids: readonly string[], wanted: boolean): void {
    const cases = row.cases.filter(id => !ids.includes(id));
    if (cases.length || row.own || wanted) written(this.table.put({ ...row, cases }));
    else this.drop(row);
  }

  /** Without its original. Something small to show of it stays. */
  private lighten(row: FileRow): void {
    this.freed = true;
    if (row.small) {
      written(this.originals.delete(row.sha256));
      written(this.table.put({ ...row, here: false }));
    } else this.drop(row);
  }

  private drop({ sha256 }: FileRow): void {
    this.freed = true;
    written(this.originals.delete(sha256));
    written(this.thumbnails.delete(sha256));
    written(this.table.delete(sha256));
  }
}

/** The hashes that what waits, was refused or is half typed names. */
export async function namedBy({ outbox, transaction }: Pick<Here, "outbox" | "transaction">): Promise<Set<string>> {
  const [rows, typed] = await Promise.all([
    outbox.rows("queued", "sent", "refused"),
    transaction.objectStore("typing").getAll(),
  ]);
  const files = [...rows.flatMap(row => attachedBy(entryOf(row).data)), ...typed.flatMap(act => act.attach ?? [])];
  return new Set(files.map(file => file.sha256));
}
