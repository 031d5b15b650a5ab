/** What the screens ask of the device that they run on.
 *
 * Two implementations: the browser's (`device/browser_desk.ts`: IndexedDB and fetch) and, in the desktop window, the
 * Python client behind its local server (`desktop/desktop_desk.ts`, `client/desktop/`). Everything that crosses is plain
 * data, so that it can cross to another process. What is promised here is held against both by `tests/contract/`.
 * What can be worked out from that data (what a case looks like, what may be done with it, why a date is what it is)
 * is not asked of the device: `schemas/`, `device/view.ts` and `device/rules.ts` do it, purely.
 *
 * Every deed is one transaction: when its promise resolves, what was typed is on the disk, and whoever asks then is
 * answered with it. Deeds are done in the order in which they were called. A deed that is refused rejects with a
 * `TenggatError`, whose `code` the screens have words for.
 */

import type { City } from "./schemas/catalogue.ts";
import type { PromiseTable } from "./schemas/promise.ts";
import type { CaseRecord } from "./schemas/record.ts";
import type { Text } from "./schemas/text.ts";
import type { Attach, CorrectionItem, Result } from "./sync/messages.ts";
import type { State } from "./sync/outbox.ts";

export type Values = Record<string, unknown>;

export interface Person {
  id: string;
  name: string;
  kind: "guest" | "citizen" | "staff";
  roles: string[];
  /** Where the password was made up for them: until when it is good. The server's time. */
  password_until?: string;
}

/** Whose account an invitation opens, and in which city; `expires` is the server's time. */
export interface Invitation {
  person: Person;
  login: string;
  city: Text;
  expires: string;
}

/**
 * A device that is signed in with this account, one of which the server knows by a file alone, or a session on the admin
 * pages, as the server knows it.
 */
export interface OwnDevice {
  kind: "device" | "file" | "pages";
  id: string;
  /** As it names itself, with its version; empty where it never came, and of a session. */
  app: string;
  /** When it was signed in (its file taken in), and when it was last at the server: the server's time. */
  created: string;
  seen: string | null;
  /** How many commands and files it said then that it had not sent. */
  waits: number;
  /** Whether it is the one that asks. */
  this: boolean;
}

/** One case in a list: what is shown without opening it. */
export interface CaseRow {
  id: string;
  service: string;
  number: string | null;
  /** As the server has it; `draft` before. */
  stage: string;
  office: string;
  district: string | null;
  /** The earliest date that still runs, YYYY-MM-DD. */
  due: string | null;
  title: string;
  opened: boolean;
  conflicts: number;
  /** Whether the case is this person's own, rather than one of an office they work for. */
  mine: boolean;
  /** Commands about it that the server has not answered, and those it refused. */
  waiting: number;
  refused: number;
  /** When this device last changed it, or the server did: newest first where nothing is due. */
  touched: string;
}

/** One command of this device, and what became of it. */
export interface Entry {
  /** The instance's row on this device; with `seq` the entry's key. */
  instance: number;
  seq: number;
  state: State;
  case: string;
  kind: string;
  /** By this device's clock. */
  queued_at: string;
  sent_at: string | null;
  /** The version of the record that the person saw, and the command that this one builds on. */
  base: number;
  after: number;
  data: Values;
  /** Bytes of the line that travels. */
  size: number;
  result: Result | null;
}

export type EntryKey = Pick<Entry, "instance" | "seq">;

/** All that is here of one case; `device/view.ts` makes the picture of it. */
export interface CaseParts {
  id: string;
  record: CaseRecord | null;
  /** Oldest first, all states. */
  entries: Entry[];
}

export interface Trouble {
  code: string;
  detail: string;
  /** The reason in words, by language, where the server gave one. */
  text?: Record<string, string>;
  /** By this device's clock. */
  at: string;
}

/** The browser lost the database (it may, when space runs out): said once, with what is known of what was in it. Null in
 * the desktop window. */
export interface Loss {
  noticed: string;
  /** How many commands had not been received when the store was last seen. */
  waiting: number;
  /** And how many files. */
  files?: number;
  last_seen: string;
}

/** How this device stands with the server. */
export interface Status {
  waiting: number;
  bytes: number;
  /** Files that the server has not received whole: how many, their bytes, and how many of those have left. Files that
   * it refused are not among them. */
  files: { waiting: number; bytes: number; sent: number };
  /** When the oldest waiting command was made, by this device's clock. */
  oldest: string | null;
  refused: number;
  conflicts: number;
  held: number;
  mended: number;
  /** The server's time of the last whole exchange, and this device's own at that moment. */
  last_success: string | null;
  last_success_here: string | null;
  last_error: Trouble | null;
  /** What is under way. */
  progress: { what: "sending" | "receiving" | "storing"; done: number; all: number | null } | null;
  /** When the timer tries again, by this device's clock; null where it has nothing to do. */
  next_try: string | null;
  /** Whether the store is safe from being cleared by whatever runs this; null where a browser cannot say. In the desktop
   * window nobody clears it. */
  persistent: boolean | null;
  /** Bytes that can still be stored, and that are in use; null where that cannot be said. */
  free: number | null;
  used: number | null;
  /** Nearly no room is left: a photo may not fit, and what is typed lives on what was kept in reserve for it. */
  full: boolean;
  /** This device's clock minus the server's, in seconds. */
  skew: number | null;
  /** The server speaks a newer protocol: this app must be updated before it is sent records again. */
  upgrade: boolean;
  /** The server does not know this device's token: sign in again. What waits stays. */
  signed_out: boolean;
  /** When an admin revoked this device and it dropped what it held. */
  wiped: string | null;
  loss: Loss | null;
  version: string;
  /** The version of this program that the city has, where this one is older and cannot renew itself; null in a browser,
   * which fetches it. */
  newer: string | null;
}

/** What a run of exchanges did. */
export interface Report {
  exchanges: number;
  sent: number;
  received: number;
  dropped: number;
  mended: number;
  refused: Result[];
}

/** A text that the city keeps for its officers' answers. */
export interface Template {
  id: string;
  title: string;
  text: string;
}

export interface Act {
  action: string;
  form?: Values;
  note?: string;
  items?: CorrectionItem[];
  /** Files of the action's form, each made with `attachOf` (`device/files/manifest.ts`) from what `keep_file` gave. */
  attach?: Attach[];
}

/** A file that was kept on this device, ready to be attached: the part of a manifest's entry that the file itself
 * gives. */
export interface Kept {
  /** Of the bytes kept, which are not those of the file where a picture was shrunk. */
  sha256: string;
  size: number;
  /** Media type, by content. */
  type: string;
  /** As the person knows the file; its ending may follow what was kept of it. */
  name: string;
  /** When and where a picture was taken, as its camera said: claims. RFC 3339; degrees; metres. */
  taken: string | null;
  place: [number, number] | null;
  accuracy: number | null;
}

/** What this device knows of the bytes of one attachment. */
export interface FileState {
  attachment: string;
  sha256: string;
  /** Whether the original is on this device, and whether something small to show is. */
  here: boolean;
  thumbnail: boolean;
  /** Bytes that have reached the server, of `size`. */
  sent: number;
  size: number;
  /** `waiting`: on this device, and not at the server. `uploading`: on its way. `sent`: all of it went up, and the next
   * exchange brings the server's word for it. `arrived`: the server has it. `refused`: the server will not take it, or it
   * was lost here; `trouble` says why. `elsewhere`: not arrived, and not on this device: another one still has to send
   * it. */
  state: "waiting" | "uploading" | "sent" | "arrived" | "refused" | "elsewhere";
  /** The last thing that went wrong with it: with `refused`, why; with `waiting`, why it has not left yet. */
  trouble: Trouble | null;
}

/** A file that the server has not received, or refused: one line of the sync page. */
export interface WaitingFile extends FileState {
  case: string;
  document: string;
  name: string;
  /** Media type. */
  type: string;
  /** When it was kept, by this device's clock. */
  queued_at: string;
}

/** A file that only the server can read, with all that waits: `address` gives it, once. */
export interface Bundle {
  name: string;
  address: string;
  commands: number;
  files: number;
  bytes: number;
  /** Commands that did not fit into it: another takes them, once this one was answered. */
  left: number;
}

/** What an answer brought beside what became of commands. */
export interface Heard {
  /** Exchanges that the server refused as a whole; what was in them waits on. */
  problems: { code: string; detail: string }[];
  refused: number;
  files_refused: number;
  /** Something younger was heard before, so records were not taken from it. */
  late: boolean;
  /** The server has more to tell than fitted. */
  more: boolean;
  upgrade: boolean;
  wiped: boolean;
}

/** What a file did that was taken in. `carried`: it was somebody's for the server, and went there: `address` gives the
 * answer, once; `later` files in it were not taken for now, and come with the same file once more. */
export interface TakenIn {
  taken: number;
  known: number;
  heard?: Heard;
  carried?: { name: string; address: string; later: number };
}

/** Anything at all; or only how far an exchange or a file has come, for which nobody reads 5,000 cases anew. */
export type Change = "changed" | "progress";

export interface Desk {
  readonly kind: "browser" | "desktop";

  /** Open the store, where it is not open. Rejects with `store_broken` where it cannot be opened. */
  start(): Promise<void>;
  /** Told whenever anything here changed, in this window or another; gives back how to stop listening. */
  watch(listener: (change: Change) => void): () => void;

  /** The catalogue held; fetched where there is none and the server can be reached, else null. The same object as long as
   * it is the same catalogue. */
  city(): Promise<City | null>;
  promises(): Promise<PromiseTable | null>;
  person(): Promise<Person | null>;
  status(): Promise<Status>;
  /** The city's texts for an action of a service, by title, as they were fetched with a sync; none for whoever is no
   * officer. */
  templates(service: string, action: string): Promise<Template[]>;

  /** Cases with the nearest due date first, those without one last; drafts that only this device has among them. */
  list(): Promise<CaseRow[]>;
  /** By id, or by number in whatever case of letters. */
  case(id: string): Promise<CaseParts | null>;
  /** Commands in these states, or all, oldest first. */
  outbox(...states: State[]): Promise<Entry[]>;

  /** Change fields (null empties one) of a draft or an open correction, as typed. A case that is not there yet begins
   * as a draft of `service`. Several at the same time are as good as one after the other, and few writes. `invalid` with
   * `extra.problems` by name where the service asks no such thing, `no_such_service`, `no_such_case`, `no_catalogue`,
   * `forbidden` or `not_marked` where it is not open to changes. */
  edit(id: string, changes: Values, service?: string): Promise<void>;
  /** Send a draft or a correction in, with all that is still being typed into it. `invalid` with `extra.problems` by field, `documents_missing` with
   * `extra.documents`, `choose_first`, `forbidden`. */
  submit(id: string): Promise<void>;
  act(id: string, act: Act): Promise<void>;
  /** Of two values of a field, which one stands: `ours` is on the case, `theirs` beside it. `value`: the one of theirs that
   * was shown, since another may have come meanwhile. `nothing_to_choose`. */
  choose(id: string, field: string, take: "ours" | "theirs", value?: unknown): Promise<void>;
  /** An officer looked at the case. Does nothing where there is nobody to tell. */
  opened(id: string): Promise<void>;
  /** Take back the latest command of a case while it has not left. `frozen` where it has. */
  undo(entry: EntryKey): Promise<void>;
  /** Send what was refused once more, as a new command. */
  retry(entry: EntryKey): Promise<void>;
  /** Put a refused command away; its text stays readable for 30 days. */
  give_up(entry: EntryKey): Promise<void>;

  /** Keep a photo or document: a picture is shrunk, and all is stripped from it that should not leave. On the disk when
   * it resolves. `types` and `max_mb` are the catalogue's document's. Rejects with `wrong_type`, `heic` (what the phone's
   * camera writes cannot be read here), `too_large`, `broken_file` (an empty one is), or `storage_full`, before anything
   * is lost. */
  keep_file(file: File, types: readonly string[], max_mb: number): Promise<Kept>;
  /** Attach one of the applicant's documents to a draft or an open correction; the attachment's id. A case that is not
   * there yet begins as a draft of `service`. `invalid_file` (`extra.problems`), `unknown_document`, `not_marked`. */
  attach(id: string, document: string, kept: Kept, service?: string): Promise<string>;
  /** Take it away again, where it is there. The bytes stay until nothing here names them. */
  detach(id: string, attachment: string): Promise<void>;
  /** What this device knows of the bytes of each attachment of a case, those of half-typed actions among them. */
  files(id: string): Promise<FileState[]>;
  /** The bytes: from here, else from the server, and kept. For a thumbnail of a file that is only here, something the
   * browser can show small. `unreachable`, `not_arrived`, `no_thumbnail` (a PDF has none), `not_found`. */
  file(id: string, attachment: string, size: "thumbnail" | "original"): Promise<Blob>;
  /** Files that the server has not received, or refused, oldest first. */
  waiting_files(): Promise<WaitingFile[]>;

  /** Half-typed answers of an action's form, kept until it is done: `values` null forgets them. */
  typing(id: string, action: string): Promise<Act | null>;
  keep_typing(id: string, action: string, typed: Act | null): Promise<void>;

  /** Who it is; a guest's cases go along. `wrong_credentials`, `conflict` (`extra.name`) where another account's work is
   * here. */
  sign_in(login: string, password: string): Promise<Person>;
  /** `conflict` where the login is taken, `invalid` with `extra.problems`. */
  sign_up(login: string, password: string, name: string): Promise<Person>;
  /** Whose account an admin's link opens (or its code alone, where the server is known); nothing is used up. `bad_link`,
   * `plain_link`, `other_servers_link`, `invitation_unknown`, `invitation_used`, `invitation_expired`, `invitation_revoked`. */
  invitation(link: string): Promise<Invitation>;
  /** Come in by it: who it is; a guest's cases go along. As `invitation` and, before anything is used up, `already_in`
   * and `conflict` (`extra.name`) where another account's work is here. Where the answer was lost, again is safe. */
  enrol(link: string): Promise<Person>;
  /** Another password for the account, with the old one: how many other devices were put out, which `others` asks for.
   * `wrong_credentials`, `invalid` with `extra.problems`, `too_many`. */
  change_password(old: string, password: string, others: boolean): Promise<number>;
  /** The account's devices, this one first, then its sessions on the admin pages. */
  devices(): Promise<OwnDevice[]>;
  /** Put out another one, with the account's password: once a device is at the server again, it hands over what it has
   * not sent, then drops all that it holds; a session is over at once. `wrong_credentials`, `too_many`, `not_found`; `conflict` for this one. */
  end_device(id: string, password: string): Promise<void>;
  /** `unsent` (in `extra`: waiting, refused, files) while anything here has not been received. */
  sign_out(): Promise<void>;
  /** The person has read that the device was wiped, or that its store was lost. */
  acknowledge_loss(): Promise<void>;

  /** Exchange now, after what may be under way; where this device speaks for nobody yet, nothing is done. Rejects with
   * `unreachable`, `not_our_server`, `not_signed_in` …; everything answered is stored. */
  sync(): Promise<Report>;
  /** Ask that the store is never cleared; whether that is promised. */
  persist(): Promise<boolean>;
  /** All that has not been received, as a file to carry elsewhere. What is in it is frozen: it can be undone no more. */
  export(): Promise<Blob>;
  /** Where this kind of device can: all that waits as a file for the server alone, to be carried there. Its answer is
   * taken in by `import`. What is in it is frozen. `not_signed_in`, `no_server_keys`. */
  bundle?(): Promise<Bundle>;
  /** Take in such a file, of whatever kind of device: as the same commands, never twice. How many were new; of a bundle's
   * answer, how many commands it settled, and `heard`. Where this kind of device makes bundles, another's is carried to
   * the server (`carried`). `malformed`, `other_person`, `sign_in_first` (`extra.name`). */
  import(file: Blob): Promise<TakenIn>;
}
