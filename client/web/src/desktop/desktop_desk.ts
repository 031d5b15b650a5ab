/** The desk in the desktop window: what the screens ask, put to the Python client behind the local server.
 *
 * What is asked at the same time is answered once, as in a browser. Deeds go out one after the other, in the order in
 * which they were done: over HTTP the second of two could otherwise arrive first.
 */

import type {
  Act,
  Bundle,
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
  TakenIn,
  Template,
  Values,
  WaitingFile,
} from "../desk.ts";
import { Answers } from "../device/answers.ts";
import { Keystrokes } from "../device/keystrokes.ts";
import type { City } from "../schemas/catalogue.ts";
import { MB } from "../schemas/documents.ts";
import type { PromiseTable } from "../schemas/promise.ts";
import { TenggatError } from "../sync/errors.ts";
import type { State } from "../sync/outbox.ts";
import { Changes, type Listen } from "./changes.ts";
import { Local, type LocalOptions } from "./local.ts";

/** Bytes of a file that go over at once; a larger one goes in pieces, which a laptop has the memory for. */
const WHOLE = 64 * MB;
const PIECE = 16 * MB;

export interface DesktopOptions extends LocalOptions {
  /** How to hear of changes: `EventSource`, but for tests. */
  listen?: Listen;
  /** Told when the local server says that nobody's work is open. What was asked is asked again once the promise resolves:
   * a letter typed in the moment of locking is not lost. */
  locked?: () => Promise<void>;
}

export class DesktopDesk implements Desk {
  readonly kind = "desktop";
  readonly changes: Changes;
  private readonly local: Local;
  private readonly answers = new Answers();
  private readonly keystrokes: Keystrokes;
  private readonly locked: DesktopOptions["locked"];
  /** The last of the deeds that are under way or wait for one. */
  private last: Promise<unknown> = Promise.resolve();
  /** Answers that are large and hardly ever change, as they came: what is the same is read once. */
  private readonly large = new Map<string, { text: string; value: unknown }>();

  constructor(options: DesktopOptions = {}) {
    this.local = new Local(options);
    this.locked = options.locked;
    this.changes = new Changes(`${this.local.origin}/desk/watch`, options.listen);
    // First of all listeners, so that the others ask anew.
    this.changes.listen(change => this.answers.after(change));
    this.keystrokes = new Keystrokes((...given) => this.do("edit", ...given));
  }

  async start(): Promise<void> {
    this.changes.start();
  }

  /** Listen no more: for tests. */
  async stop(): Promise<void> {
    this.changes.stop();
    await this.quiet();
  }

  /** When all that was done is on the disk, or refused. */
  async quiet(): Promise<void> {
    // Letters that wait for those before them to be stored are no deeds yet.
    await this.keystrokes.still();
    let last: unknown;
    while (last !== this.last) {
      last = this.last;
      await last;
    }
  }

  watch(listener: (change: Change) => void): () => void {
    return this.changes.listen(listener);
  }

  async city(): Promise<City | null> {
    const city = await this.answers.once("city", () => this.askLarge<City | null>("city"));
    // There may be a network the next time.
    if (city === null) this.answers.forget("city");
    return city;
  }

  promises(): Promise<PromiseTable | null> {
    return this.askLarge("promises");
  }

  person(): Promise<Person | null> {
    return this.answers.once("person", () => this.ask("person"));
  }

  status(): Promise<Status> {
    return this.answers.once("status", () => this.ask("status"));
  }

  templates(service: string, action: string): Promise<Template[]> {
    return this.ask("templates", service, action);
  }

  list(): Promise<CaseRow[]> {
    return this.answers.once("list", () => this.ask("list"));
  }

  case(id: string): Promise<CaseParts | null> {
    return this.ask("case", id);
  }

  outbox(...states: State[]): Promise<Entry[]> {
    return this.answers.once(`outbox ${states}`, () => this.ask("outbox", ...states));
  }

  edit(id: string, changes: Values, service?: string): Promise<void> {
    return this.keystrokes.type(id, changes, service);
  }

  async submit(id: string): Promise<void> {
    await this.keystrokes.quiet(id);
    return this.do("submit", id);
  }

  async act(id: string, act: Act): Promise<void> {
    await this.keystrokes.quiet(id);
    return this.do("act", id, act);
  }

  choose(id: string, field: string, take: "ours" | "theirs", value?: unknown): Promise<void> {
    return this.do("choose", id, field, take, value);
  }

  opened(id: string): Promise<void> {
    return this.do("opened", id);
  }

  undo({ instance, seq }: EntryKey): Promise<void> {
    return this.do("undo", { instance, seq });
  }

  retry({ instance, seq }: EntryKey): Promise<void> {
    return this.do("retry", { instance, seq });
  }

  give_up({ instance, seq }: EntryKey): Promise<void> {
    return this.do("give_up", { instance, seq });
  }

  async keep_file(file: File, types: readonly string[], max_mb: number): Promise<Kept> {
    const about = new URLSearchParams({ name: file.name, types: types.join(","), max_mb: String(max_mb) });
    return (await this.held(() => this.local.send(`/desk/keep_file?${about}`, file))).json();
  }

  async attach(id: string, document: string, kept: Kept, service?: string): Promise<string> {
    await this.keystrokes.quiet(id);
    return this.do("attach", id, document, kept, service);
  }

  async detach(id: string, attachment: string): Promise<void> {
    await this.keystrokes.quiet(id);
    return this.do("detach", id, attachment);
  }

  files(id: string): Promise<FileState[]> {
    return this.ask("files", id);
  }

  async file(id: string, attachment: string, size: "thumbnail" | "original"): Promise<Blob> {
    const about = new URLSearchParams({ case: id, attachment, size });
    return (await this.held(() => this.local.get(`/desk/file?${about}`))).blob();
  }

  waiting_files(): Promise<WaitingFile[]> {
    return this.ask("waiting_files");
  }

  typing(id: string, action: string): Promise<Act | null> {
    return this.ask("typing", id, action);
  }

  keep_typing(id: string, action: string, typed: Act | null): Promise<void> {
    return this.do("keep_typing", id, action, typed);
  }

  // What waits for a network must keep no letter from the disk meanwhile: not in the line of deeds.

  sign_in(login: string, password: string): Promise<Person> {
    return this.beside(this.ask("sign_in", login, password));
  }

  sign_up(login: string, password: string, name: string): Promise<Person> {
    return this.beside(this.ask("sign_up", login, password, name));
  }

  change_password(old: string, password: string, others: boolean): Promise<number> {
    return this.beside(this.ask("change_password", old, password, others));
  }

  invitation(link: string): Promise<Invitation> {
    return this.ask("invitation", link);
  }

  enrol(link: string): Promise<Person> {
    return this.beside(this.ask("enrol", link));
  }

  devices(): Promise<OwnDevice[]> {
    return this.ask("devices");
  }

  end_device(id: string, password: string): Promise<void> {
    return this.ask("end_device", id, password);
  }

  sign_out(): Promise<void> {
    return this.beside(this.ask("sign_out"));
  }

  acknowledge_loss(): Promise<void> {
    return this.do("acknowledge_loss");
  }

  sync(): Promise<Report> {
    return this.beside(this.ask("sync"));
  }

  persist(): Promise<boolean> {
    return this.ask("persist");
  }

  async export(): Promise<Blob> {
    await this.quiet();
    const answer = await this.beside(this.held(() => this.local.post("/desk/export", [])));
    return answer.blob();
  }

  async bundle(): Promise<Bundle> {
    await this.quiet();
    const answer = await this.beside(this.held(() => this.local.post("/desk/bundle", [])));
    const made: Omit<Bundle, "address"> = await answer.json();
    return { ...made, address: this.bundleAt(made.name) };
  }

  private bundleAt(name: string): string {
    return `${this.local.origin}/desk/bundle/${name}`;
  }

  async import(file: Blob): Promise<TakenIn> {
    const answer = await this.beside(this.handed(file));
    const { carried, ...told }: TakenIn = await answer.json();
    return carried ? { ...told, carried: { ...carried, address: this.bundleAt(carried.name) } } : told;
  }

  /** In pieces where it is larger than goes over in one; the last is answered as the whole. */
  private async handed(file: Blob): Promise<Response> {
    if (file.size <= WHOLE) return this.held(() => this.local.send("/desk/import", file));
    for (let at = 0; ; at += PIECE) {
      const piece = file.slice(at, at + PIECE);
      const answer = await this.held(() => this.local.send(`/desk/import?at=${at}&of=${file.size}`, piece));
      if (at + PIECE >= file.size) return answer;
    }
  }

  private async ask<T>(method: string, ...given: unknown[]): Promise<T> {
    const answer = await this.held(() => this.local.post(`/desk/${method}`, shortened(given)));
    return (await answer.json()) as T;
  }

  private async askLarge<T>(method: string): Promise<T> {
    const text = await (await this.held(() => this.local.post(`/desk/${method}`, []))).text();
    const known = this.large.get(method);
    if (known?.text === text) return known.value as T;
    const value = JSON.parse(text) as T;
    this.large.set(method, { text, value });
    return value;
  }

  /** A deed, after those before it. */
  private do<T>(method: string, ...given: unknown[]): Promise<T> {
    const done = this.last.then(() => this.ask<T>(method, ...given));
    this.last = done.catch(() => {});
    return this.beside(done);
  }

  /** Whoever did something asks for what became of it, before the server's word that something changed is here. */
  private beside<T>(deed: Promise<T>): Promise<T> {
    return deed.finally(() => this.changes.tell());
  }

  private async held(request: () => Promise<Response>): Promise<Response> {
    for (;;) {
      try {
        return await request();
      } catch (error) {
        if (!(error instanceof TenggatError && error.code === "locked" && this.locked)) throw error;
        await this.locked();
      }
    }
  }
}

/** JSON would make null of what was left out, and to some that is an answer. */
function shortened(given: readonly unknown[]): unknown[] {
  let last = given.length;
  while (last > 0 && given[last - 1] === undefined) last -= 1;
  return given.slice(0, last);
}
