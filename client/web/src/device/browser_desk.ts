/** The device in a browser: what the screens ask, put to the store, the outbox and the network. */

import type {
  Act,
  CaseParts,
  CaseRow,
  Change,
  Desk,
  Entry,
  EntryKey,
  FileState,
  Invitation,
  Kept,
  OwnDevice,
  Person,
  Report,
  Status,
  Template,
  Values,
  WaitingFile,
} from "../desk.ts";
import type { City } from "../schemas/catalogue.ts";
import type { PromiseTable } from "../schemas/promise.ts";
import type { CaseRecord } from "../schemas/record.ts";
import { TenggatError } from "../sync/errors.ts";
import type { State } from "../sync/outbox.ts";
import { Alone } from "./alone.ts";
import { Answers } from "./answers.ts";
import { Catalogue } from "./catalogue.ts";
import { stampOf } from "./clock.ts";
import { entryOf } from "./command_line.ts";
import { Engine } from "./engine.ts";
import type { DeskFiles, FileOptions } from "./files/desk_files.ts";
import { RESERVE } from "./files/space.ts";
import { Keystrokes } from "./keystrokes.ts";
import { rowsOf } from "./list.ts";
import { LossWatch, type Marking } from "./loss.ts";
import type { Facts } from "./meta.ts";
import { Reserving, type ReservingOptions } from "./reserving.ts";
import { Room } from "./room.ts";
import { type Standing, Store, type StoreOptions } from "./store.ts";
import { Timer } from "./timer.ts";
import { HttpTransport, type Transport, unreachable } from "./transport.ts";
import { Watch } from "./watch.ts";
import { Work } from "./work.ts";

export interface BrowserOptions extends Omit<StoreOptions, "changed" | "freed" | "made"> {
  /** "https://…" of another origin; the page's own where it is empty. */
  server?: string;
  version?: string;
  transport?: Transport;
  chance?: () => number;
  marking?: Marking | null;
  locks?: LockManager | undefined;
  /** Whether files follow an exchange, and a reserve is kept: not in a service worker, which has no XMLHttpRequest and
   * little time. */
  carries?: boolean;
  reserving?: Omit<ReservingOptions, "clock">;
  /** For tests: what sends and shrinks files. */
  files?: Omit<FileOptions, "server">;
}

export class BrowserDesk implements Desk {
  readonly kind = "browser";
  readonly store: Store;
  private readonly server: string;
  private readonly version: string;
  private readonly transport: Transport;
  private readonly catalogue: Catalogue;
  private readonly alone: Alone;
  private readonly engine: Engine;
  private readonly timer: Timer;
  private readonly work: Work;
  private readonly keystrokes: Keystrokes;
  private readonly watching: Watch;
  private readonly loss: LossWatch;
  private readonly room = new Room();
  private readonly reserving: Reserving;
  private readonly answers = new Answers();
  private readonly options: BrowserOptions;
  private deskFiles: Promise<DeskFiles> | null = null;
  private filesHere: DeskFiles | null = null;
  private texting: Promise<void> | null = null;

  constructor(options: BrowserOptions = {}) {
    const { name = "tenggat", server = "", chance, marking, clock = () => new Date() } = options;
    this.server = server;
    this.options = options;
    this.version = options.version ?? globalThis.document?.documentElement.dataset.version ?? "";
    this.store = new Store({
      app: `tenggat-web ${this.version}`.trim().slice(0, 80),
      ...options,
      name,
      clock,
      made: () => this.made(),
      changed: standing => this.changed(standing),
      freed: () => this.reserving.wake(true),
    });
    this.transport = options.transport ?? new HttpTransport({ server, clock });
    this.catalogue = new Catalogue(this.store, this.transport);
    this.alone = "locks" in options ? new Alone(`${name}.sync`, options.locks) : new Alone(`${name}.sync`);
    this.watching = new Watch(name, () => this.timer.wake());
    // First of all listeners, so that the others ask anew.
    this.watching.listen(change => this.answers.after(change));
    const further = () => this.watching.here("progress");
    const { store, transport, catalogue, alone, room } = this;
    this.engine = new Engine(store, transport, catalogue, alone, further, async () => (await room.look()).free);
    this.timer = new Timer(
      () => this.exchange(),
      async () => (await this.fact("token")) !== null,
      further,
      { clock, ...(chance && { chance }) },
    );
    this.reserving = new Reserving(store, room, { clock, ...options.reserving });
    this.work = new Work(store, catalogue);
    this.keystrokes = new Keystrokes((id, changes, service) => this.work.edit(id, changes, service));
    this.loss = marking === undefined ? new LossWatch(`${name}.marker`) : new LossWatch(`${name}.marker`, marking);
  }

  async start(): Promise<void> {
    await this.store.database.open();
    await this.loss.notice(this.store);
    this.timer.start();
    if (this.options.carries !== false) this.reserving.start();
    // Somebody who only looks has no exchange that would tell of a newer catalogue.
    if (!this.catalogue.heard && (await this.fact("token")) === null) this.catalogue.update().catch(() => {});
  }

  /** End the timer and let go of the store: for tests. */
  async stop(): Promise<void> {
    this.timer.stop();
    await this.reserving.stop();
    await this.filesHere?.stop();
    await this.texting;
    await this.alone.next(async () => {});
    this.watching.close();
    this.store.database.close();
  }

  watch(listener: (change: Change) => void): () => void {
    return this.watching.listen(listener);
  }

  async city(): Promise<City | null> {
    const city = await this.answers.once("city", () => this.cityHere());
    // There may be a network the next time.
    if (city === null) this.answers.forget("city");
    return city;
  }

  private async cityHere(): Promise<City | null> {
    const held = await this.store.read(here => this.catalogue.held(here));
    if (held) return held;
    try {
      await this.catalogue.update();
    } catch {
      // No network, and no catalogue without one: the screen says so, and asks again.
    }
    return this.store.read(here => this.catalogue.held(here));
  }

  async promises(): Promise<PromiseTable | null> {
    return (await this.fact("promise_table")) as PromiseTable | null;
  }

  person(): Promise<Person | null> {
    return this.answers.once("person", () => this.fact("person"));
  }

  status(): Promise<Status> {
    return this.answers.once("status", () => this.statusHere());
  }

  private async statusHere(): Promise<Status> {
    const { free, used, persistent } = await this.room.look();
    const { next } = this.timer;
    return this.store.read(async here => {
      const { meta, outbox, records } = here;
      // All in one turn: each turn of a transaction is a trip to another process and back.
      const [{ mended, upgrade, signed_out, full, ...told }, waiting, files, refused, conflicts, held] =
        await Promise.all([
          meta.some(
            "last_success",
            "last_success_here",
            "last_error",
            "wiped",
            "loss",
            "skew",
            "mended",
            "upgrade",
            "signed_out",
            "full",
          ),
          outbox.waiting(),
          here.files.waiting(this.filesHere?.uploads.current),
          outbox.count("refused"),
          records.conflicts(),
          records.count(),
        ]);
      return {
        ...waiting,
        ...told,
        files,
        refused,
        conflicts,
        held,
        mended: mended ?? 0,
        upgrade: upgrade === true,
        signed_out: signed_out === true,
        progress: this.engine.progress,
        next_try: next === null ? null : stampOf(new Date(next)),
        persistent,
        free,
        used,
        full: this.store.reserve.told(full) || (free !== null && free <= RESERVE),
        version: this.version,
        newer: null,
      };
    });
  }

  async templates(service: string, action: string): Promise<Template[]> {
    const { fitting } = await arrived(import("./templates.ts"));
    return this.store.read(here => fitting(here, service, action));
  }

  list(): Promise<CaseRow[]> {
    return this.answers.once("list", () => this.store.read(here => rowsOf(here, this.catalogue.held(here))));
  }

  case(id: string): Promise<CaseParts | null> {
    return this.store.read(async ({ records, outbox }) => {
      const found = (await records.numbered(id)) ?? id;
      const [line, rows] = await Promise.all([records.line(found), outbox.about(found)]);
      const entries = rows.map(entryOf);
      const record = line ? (JSON.parse(line) as CaseRecord) : null;
      return record || entries.length ? { id: found, record, entries } : null;
    });
  }

  outbox(...states: State[]): Promise<Entry[]> {
    const ask = () => this.store.read(async ({ outbox }) => (await outbox.rows(...states)).map(entryOf));
    return this.answers.once(`outbox ${states}`, ask);
  }

  edit(id: string, changes: Values, service?: string): Promise<void> {
    return this.keystrokes.type(id, changes, service);
  }

  async submit(id: string): Promise<void> {
    await this.keystrokes.quiet(id);
    await this.work.submit(id);
    this.timer.soon();
  }

  async act(id: string, act: Act): Promise<void> {
    await this.keystrokes.quiet(id);
    await this.work.act(id, act);
    this.timer.soon();
  }

  async choose(id: string, field: string, take: "ours" | "theirs", value?: unknown): Promise<void> {
    await this.work.choose(id, field, take, value);
    this.timer.soon();
  }

  opened(id: string): Promise<void> {
    return this.work.opened(id);
  }

  undo(entry: EntryKey): Promise<void> {
    return this.work.undo(entry);
  }

  async retry(entry: EntryKey): Promise<void> {
    await this.work.retry(entry);
    this.timer.soon();
  }

  give_up(entry: EntryKey): Promise<void> {
    return this.work.giveUp(entry);
  }

  async keep_file(file: File, types: readonly string[], max_mb: number): Promise<Kept> {
    return (await this.filing()).keep(file, types, max_mb);
  }

  async attach(id: string, document: string, kept: Kept, service?: string): Promise<string> {
    await this.keystrokes.quiet(id);
    return this.work.attach(id, document, kept, service);
  }

  async detach(id: string, attachment: string): Promise<void> {
    await this.keystrokes.quiet(id);
    return this.work.detach(id, attachment);
  }

  async files(id: string): Promise<FileState[]> {
    return (await this.filing()).states(id);
  }

  async file(id: string, attachment: string, size: "thumbnail" | "original"): Promise<Blob> {
    return (await this.filing()).file(id, attachment, size);
  }

  async waiting_files(): Promise<WaitingFile[]> {
    return (await this.filing()).waiting();
  }

  typing(id: string, action: string): Promise<Act | null> {
    return this.store.read(
      async ({ transaction }) => (await transaction.objectStore("typing").get([id, action])) ?? null,
    );
  }

  keep_typing(id: string, action: string, typed: Act | null): Promise<void> {
    return this.store.change("relaxed", async ({ transaction }) => {
      const store = transaction.objectStore("typing");
      await (typed ? store.put(typed, [id, action]) : store.delete([id, action]));
    });
  }

  // Not while an exchange is under way: it speaks for whoever was there before.

  async sign_in(login: string, password: string): Promise<Person> {
    const { signIn } = await arrived(import("./account.ts"));
    const person = await this.alone.next(() => signIn(this.store, this.transport, login, password));
    this.timer.soon();
    return person;
  }

  async sign_up(login: string, password: string, name: string): Promise<Person> {
    const { signUp } = await arrived(import("./account.ts"));
    const person = await this.alone.next(() => signUp(this.store, this.transport, login, password, name));
    this.timer.soon();
    return person;
  }

  async change_password(old: string, password: string, others: boolean): Promise<number> {
    const { changePassword } = await arrived(import("./account.ts"));
    return changePassword(this.store, this.transport, old, password, others);
  }

  async invitation(link: string): Promise<Invitation> {
    const { invitation } = await arrived(import("./enrolment.ts"));
    return invitation(this.store, this.transport, link, this.origin);
  }

  async enrol(link: string): Promise<Person> {
    const { enrol } = await arrived(import("./enrolment.ts"));
    const person = await this.alone.next(() => enrol(this.store, this.transport, link, this.origin));
    this.timer.soon();
    return person;
  }

  async devices(): Promise<OwnDevice[]> {
    const { devicesOf } = await arrived(import("./account.ts"));
    return devicesOf(this.store, this.transport);
  }

  async end_device(id: string, password: string): Promise<void> {
    const { endDevice } = await arrived(import("./account.ts"));
    return endDevice(this.store, this.transport, id, password);
  }

  async sign_out(): Promise<void> {
    const { signOut } = await arrived(import("./account.ts"));
    return this.alone.next(() => signOut(this.store, this.transport));
  }

  acknowledge_loss(): Promise<void> {
    return this.store.change("relaxed", async ({ meta }) => {
      meta.set("loss", null);
      meta.set("wiped", null);
    });
  }

  async sync(): Promise<Report> {
    try {
      return await this.timer.now();
    } catch (error) {
      if (!(error instanceof TenggatError && error.code === "already_syncing")) throw error;
      // Another window, or the service worker: once it is through, what was done meanwhile is asked for as well.
      await this.alone.next(async () => {});
      return this.timer.now();
    }
  }

  async persist(): Promise<boolean> {
    const agreed = await this.room.persist();
    this.watching.everywhere();
    return agreed;
  }

  async export(): Promise<Blob> {
    const { exportOutbox } = await arrived(import("./rescue.ts"));
    return exportOutbox(this.store, this.origin);
  }

  async import(file: Blob): Promise<{ taken: number; known: number }> {
    const { importOutbox } = await arrived(import("./rescue.ts"));
    const counts = await importOutbox(this.store, file);
    this.timer.soon();
    return counts;
  }

  /** What is not needed before a file is: loaded once. */
  private filing(): Promise<DeskFiles> {
    this.deskFiles ??= this.openFiles();
    this.deskFiles.catch(() => {
      this.deskFiles = null;
    });
    return this.deskFiles;
  }

  private async openFiles(): Promise<DeskFiles> {
    const { DeskFiles } = await arrived(import("./files/desk_files.ts"));
    const { name = "tenggat", locks, chance, files } = this.options;
    const { store, transport, catalogue, room } = this;
    const alone = "locks" in this.options ? new Alone(`${name}.files`, locks) : new Alone(`${name}.files`);
    const further = () => this.watching.here("progress");
    const options = { server: this.origin, ...(chance && { chance }), ...files };
    const exchange = () => this.timer.soon();
    this.filesHere = new DeskFiles(store, transport, catalogue, room, alone, further, exchange, options);
    return this.filesHere;
  }

  private async exchange(): Promise<Report> {
    const report = await this.engine.sync();
    // Nobody waits for it, and the next exchange does not either.
    if (this.options.carries !== false) {
      void this.follow(report.received > 0).catch(() => {});
      this.texting ??= this.texts()
        .catch(() => {})
        .finally(() => {
          this.texting = null;
        });
    }
    return report;
  }

  /** What officers answer with. */
  private async texts(): Promise<void> {
    if ((await this.fact("person"))?.kind !== "staff") return;
    const { refresh } = await import("./templates.ts");
    await refresh(this.store, this.transport);
  }

  private async follow(news: boolean): Promise<void> {
    const busy = await this.store.read(async ({ files, records }) => {
      return this.filesHere !== null || !(await files.none()) || (await records.withFiles());
    });
    if (busy) await (await this.filing()).follow(news);
  }

  private get origin(): string {
    return this.server || (globalThis.location?.origin ?? "");
  }

  private fact<K extends keyof Facts>(key: K): Promise<Facts[K] | null> {
    return this.store.read(({ meta }) => meta.get(key));
  }

  /** A database that was just made has lost what the marker knows of: at the start, or when the browser cleared it
   * while this page was open. */
  private made(): void {
    this.loss.notice(this.store).catch(() => {});
  }

  private changed(standing: Standing | null): void {
    if (standing) this.loss.remember(standing, this.store.stamp());
    this.watching.everywhere();
    this.timer.wake();
    this.reserving.wake();
  }
}

/** What few people need is no part of what each phone loads before the first screen. The service worker keeps it. */
function arrived<T>(part: Promise<T>): Promise<T> {
  return part.catch(() => {
    throw unreachable("a part of the app could not be loaded");
  });
}
