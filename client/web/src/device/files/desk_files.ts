/** All that is about files and not needed for the first screen, behind what `desk.ts` asks. Loaded when the first of it is
 * wanted: a file is chosen or looked at, or something waits to be sent.
 */

import type { Act, FileState, Kept, WaitingFile } from "../../desk.ts";
import type { Attachment, CaseRecord } from "../../schemas/record.ts";
import { TenggatError } from "../../sync/errors.ts";
import type { Alone } from "../alone.ts";
import type { Catalogue } from "../catalogue.ts";
import { entryOf } from "../command_line.ts";
import type { UploadRow } from "../database.ts";
import type { Room } from "../room.ts";
import type { Here, Store } from "../store.ts";
import type { Transport } from "../transport.ts";
import { fileOf, prefetch, type Size } from "./fetching.ts";
import { keepFile, type Studio } from "./keep.ts";
import { attachedBy } from "./manifest.ts";
import { namedBy } from "./table.ts";
import { type UploadOptions, Uploads } from "./uploads.ts";

/** Milliseconds between two looks at what is not wanted any more, where nothing came that may have changed it. */
const TIDY = 3_600_000;

export interface FileOptions extends UploadOptions {
  studio?: () => Promise<Studio>;
}

export class DeskFiles {
  readonly uploads: Uploads;
  private more = true;
  private tidied = Number.NEGATIVE_INFINITY;
  private fetching: Promise<void> | null = null;

  constructor(
    private readonly store: Store,
    private readonly transport: Transport,
    private readonly catalogue: Catalogue,
    private readonly room: Room,
    alone: Alone,
    told: () => void,
    /** Asks for an exchange. */
    exchange: () => void,
    private readonly options: FileOptions,
  ) {
    this.uploads = new Uploads(store, alone, told, exchange, options);
  }

  keep(file: File, types: readonly string[], max_mb: number): Promise<Kept> {
    return keepFile(this.store, this.room, file, types, max_mb, this.options.studio);
  }

  /** After an exchange: what is not wanted any more goes, what waits is sent, and then what will be looked at is brought.
   * `news`: records came with it. */
  async follow(news: boolean): Promise<void> {
    const now = this.store.clock().getTime();
    if (news || now - this.tidied > TIDY) {
      await this.tidy();
      this.tidied = now;
    }
    await this.uploads.run();
    if (!news && !this.more) return;
    this.fetching ??= this.bring().finally(() => {
      this.fetching = null;
    });
    await this.fetching;
  }

  async stop(): Promise<void> {
    await this.uploads.stop();
    await this.fetching;
  }

  /** Of all attachments of a case, and of its actions' half-typed forms. */
  states(id: string): Promise<FileState[]> {
    return this.store.read(async here => {
      const [known, queue] = await Promise.all([filesOf(here, id), here.files.queue(id)]);
      const rows = await Promise.all(known.map(file => here.files.row(file.sha256)));
      return known.map((file, place) => {
        const [row, upload] = [rows[place], queue.find(one => one.id === file.id)];
        return {
          ...this.state(file, upload, row?.here === true),
          thumbnail: row?.small === true,
        };
      });
    });
  }

  waiting(): Promise<WaitingFile[]> {
    return this.store.read(async here => {
      const queue = (await here.files.queue()).sort((a, b) => (a.queued_at < b.queued_at ? -1 : 1));
      return Promise.all(
        queue.map(async row => {
          const file = await here.files.row(row.sha256);
          const { document, name, type, queued_at } = row;
          const state = this.state({ ...row, arrived: null }, row, file?.here === true);
          return { ...state, thumbnail: file?.small === true, case: row.case, document, name, type, queued_at };
        }),
      );
    });
  }

  async file(id: string, attachment: string, size: Size): Promise<Blob> {
    const file = await this.store.read(async here => (await filesOf(here, id)).find(one => one.id === attachment));
    if (!file) throw new TenggatError("not_found", "there is no such file on this case");
    return fileOf(this.store, this.transport, { case: id, file }, size);
  }

  private state(
    file: Pick<Attachment, "id" | "sha256" | "size" | "arrived">,
    upload: UploadRow | undefined,
    here: boolean,
  ): Omit<FileState, "thumbnail"> {
    const facts = { attachment: file.id, sha256: file.sha256, size: file.size, here };
    if (file.arrived) return { ...facts, sent: file.size, state: "arrived", trouble: null };
    const { current } = this.uploads;
    if (current?.id === file.id) return { ...facts, sent: current.sent, state: "uploading", trouble: null };
    const { sent = 0, trouble = null } = upload ?? {};
    if (upload?.state === "whole") return { ...facts, sent, state: "sent", trouble: null };
    if (upload?.state === "refused") return { ...facts, sent, state: "refused", trouble };
    return { ...facts, sent, state: here ? "waiting" : "elsewhere", trouble };
  }

  private async bring(): Promise<void> {
    this.more = true;
    try {
      const city = await this.store.read(here => this.catalogue.held(here));
      if ((await this.store.read(({ meta }) => meta.get("token"))) === null) return;
      this.more = await prefetch(this.store, this.transport, this.room, city);
    } catch (error) {
      // Nobody waits for it: without a network, without room, it is tried after a later exchange.
      if (!(error instanceof TenggatError)) throw error;
    }
  }

  /** What nothing here names any more is not sent, and is dropped when its time is over. */
  private async tidy(): Promise<void> {
    await this.store.change("relaxed", async here => {
      for (const row of await here.files.queue()) if (!(await isNamed(here, row))) here.files.forget(row.id);
      await here.files.tidy(await namedBy(here), this.store.clock().getTime());
    });
  }
}

/** Whether the record or a command that can still come to something names the attachment. */
async function isNamed(here: Here, row: UploadRow): Promise<boolean> {
  const line = await here.records.line(row.case);
  const { attachments = [] } = line ? (JSON.parse(line) as CaseRecord) : {};
  if (attachments.some(one => one.id === row.id)) return true;
  const entries = (await here.outbox.about(row.case)).map(entryOf);
  return entries.some(({ state, data, result }) => {
    // What was received before the record that this device has is told by the record alone.
    if (state === "acknowledged" && line && (result?.version ?? 0) <= (JSON.parse(line) as CaseRecord).v) return false;
    return state !== "settled" && attachedBy(data).some(one => one.id === row.id);
  });
}

/** The case's manifest with all that was attached here, be it only in a form that is half typed. */
async function filesOf(here: Here, id: string): Promise<Attachment[]> {
  const [line, rows, typed] = await Promise.all([
    here.records.line(id),
    here.outbox.about(id),
    here.transaction.objectStore("typing").getAll(IDBKeyRange.bound([id], [id, []])) as Promise<Act[]>,
  ]);
  const { attachments = [] } = line ? (JSON.parse(line) as CaseRecord) : {};
  const open = rows.map(entryOf).filter(entry => entry.state !== "settled");
  const found = new Map(attachments.map(file => [file.id, file]));
  const added = [...open.flatMap(entry => attachedBy(entry.data)), ...typed.flatMap(act => act.attach ?? [])];
  for (const file of added) if (!found.has(file.id)) found.set(file.id, file);
  return [...found.values()];
}
