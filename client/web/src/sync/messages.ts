/** The lines of an exchange, each one JSON object with its type in `t`.
 *
 * A request is `hello`, then `command` lines in the order of their sequence numbers, perhaps `check` or `fetch`,
 * then `end`. A response is `hello`, a `result` per command, perhaps `promises`, `reset` or `have`, then records
 * and `left` or `deleted` lines, then `end`. A body without its `end` was cut off.
 *
 * A record (any `t` that has an `id` and a `v`) is never turned into a type of its own here but kept as the line it
 * came in. Names on the wire stay as they are there.
 */

/** The version spoken here. A server answers older ones with results but no records (see docs/protocol.md). */
export const PROTOCOL = 1;

/** Longest line, in UTF-8 bytes. A command is a form's worth of text; photos travel elsewhere. */
export const MAX_LINE = 256 * 1024;

/** Longest body, decompressed, in bytes. */
export const MAX_BODY = 64 * 1024 * 1024;

/** Most commands in one request; a longer outbox goes up in several. */
export const MAX_COMMANDS = 5_000;

/** Most records in one response; the client asks for fewer with `hello.limit`. */
export const MAX_PAGE = 10_000;

/** Most ids in one `fetch` line. */
export const MAX_FETCH = 1_000;

/** What a device says of itself, for the admin's board. What is not said is 0, or not known. */
export interface Health {
  waiting?: number;
  refused?: number;
  conflicts?: number;
  bytes?: number;
  oldest?: string | null;
  free?: number | null;
  /** Records that differed at the last digest mismatch and were fetched anew. */
  mended?: number;
  /** Photos and documents of this device that the server does not have whole, refused ones among them. */
  files?: number;
  /** Tries to exchange that failed since one last ended whole. The next two are said only then. */
  failed?: number;
  /** The code of the last failure: whether a network asked to sign in, say, or this device could store nothing. */
  trouble?: string | null;
  /** The server's time at the last exchange that ended whole. */
  ended?: string | null;
}

/** The request's first line. What is not known need not be said. */
export interface Hello {
  t: "hello";
  protocol: number;
  instance: string;
  app?: string | undefined;
  epoch?: string | null | undefined;
  cursor?: string | null | undefined;
  catalogue?: string | null | undefined;
  promises?: string | null | undefined;
  limit?: number;
  clock?: string | null | undefined;
  guest?: boolean | undefined;
  /** The highest number of an `amended` line that was heard of this server's present epoch. */
  amended?: number | undefined;
  health?: Health;
}

/** One change a person made on a device. The key is (hello.instance, seq); the line is frozen once sent. */
export interface Command {
  t: "command";
  seq: number;
  kind: string;
  case: string;
  /** The device's claim of when the person did it. */
  at: string;
  /** The version of the case that the person saw; 0 where there was none. */
  base: number;
  /** The sequence number of the command this one builds on; 0 where it stands alone. */
  after: number;
  /** What the kind asks for: `Edit`, `Act`, `Choose` or nothing. */
  data: unknown;
}

export type Patch = Record<string, unknown>;

/** Most files that one command attaches, and that it takes away. */
export const MAX_ATTACH = 100;

/** A file that goes with a case, by what it is. Its bytes travel apart from commands (docs/protocol.md, Files). */
export interface Attach {
  /** A UUID that the device minted. */
  id: string;
  /** What it is in the catalogue's list of documents. */
  document: string;
  /** 64 hexadecimal digits, lower case. */
  sha256: string;
  /** Bytes. */
  size: number;
  /** Media type: what the device found its content to be. */
  type: string;
  name?: string;
  /** When and where the picture was taken: what its camera or the device said of it, kept and never believed. */
  taken?: string | null;
  /** Latitude and longitude. */
  place?: [number, number] | null;
  /** Metres. */
  accuracy?: number | null;
}

/** `case.edit`: fields and documents of a draft, or of what a correction marked. `was` holds the values that `set`
 * replaced. Files have ids of their own, so that two devices that attach never disagree. */
export interface Edit {
  service?: string;
  set?: Patch;
  was?: Patch;
  attach?: Attach[];
  detach?: string[];
}

/** One defect to mend: a field or a document, and what is wrong with it. */
export interface CorrectionItem {
  reason: string;
  field?: string;
  document?: string;
}

/** `case.act`: a named action of the service's workflow, with what it carries. */
export interface Act extends Edit {
  action: string;
  form?: Patch;
  note?: string;
  items?: CorrectionItem[];
}

/** `case.choose`: which of two values of a field in conflict is to stand. */
export interface Choose {
  field: string;
  /** `ours` keeps the value that the case has; `theirs` takes the one kept beside it. */
  take: "ours" | "theirs";
  /** With `theirs`: the value that the person saw and chose. Where another came meanwhile, this one is taken. */
  value?: unknown;
}

/** Asks for the ids and versions of all that this client should hold. */
export interface Check {
  t: "check";
}

/** Asks for these records, whatever the cursor says. */
export interface Fetch {
  t: "fetch";
  ids: string[];
}

/** The request's last line. */
export interface RequestEnd {
  t: "end";
  commands: number;
}

/** What became of a command. All but `retry` are final for that key. */
export const STATUSES = ["applied", "merged", "rejected", "quarantined", "blocked", "retry"] as const;
export type Status = (typeof STATUSES)[number];

/** What became of one command, in the order they were sent. What it does not tell is left out. */
export interface Result {
  t: "result";
  /** Null where the line was too broken to have one; `line` then tells which it was, counted from 1. */
  seq: number | null;
  status: Status;
  /** Why, as a word: see the table in docs/protocol.md. Absent when applied. */
  code?: string;
  line?: number;
  case?: string;
  version?: number;
  number?: string;
  /** The reason in words, by language. */
  text?: Record<string, string>;
  /** The other side of a refusal: problems by field, who was first and when, conflicts. */
  details?: Record<string, unknown>;
}

/** The response's first line. */
export interface Welcome {
  t: "hello";
  protocol: number;
  epoch: string;
  now: string;
  /** Highest sequence number processed for this instance. */
  highest: number;
  catalogue: string;
  /** What this client may see; a record's own `scopes` say by which of them it does. */
  scopes: string[];
  /** id, name, roles and kind of whoever the token stands for. */
  person: Record<string, unknown>;
  /** The device was revoked: its commands went to quarantine; drop everything else. */
  wipe: boolean;
  /** This client's protocol is too old to be sent records. */
  upgrade: boolean;
  /** An admin asks for a report of how this device stands; it is sent to `POST /api/v1/diagnoses`. */
  diagnose: boolean;
}

/** The promise table: for each service, received on day D means due on day X (schemas/promise.ts). */
export interface Promises {
  t: "promises";
  version: string;
  table: unknown;
}

/** The cursor is of no use: what follows is a snapshot. `why` is epoch, unknown, scopes, schema or asked. */
export interface Reset {
  t: "reset";
  why: string;
}

/** The record went out of every scope this client has. It still exists; the device drops its copy. */
export interface Left {
  t: "left";
  id: string;
}

/** The record no longer exists. */
export interface Deleted {
  t: "deleted";
  id: string;
}

/** Answer to `check`: some of what this client should hold, as [id, version] pairs. */
export interface Have {
  t: "have";
  ids: [string, number][];
}

/** A command that was answered before has another result now: an officer looked at it. `result` takes the place of the
 * one before. Comes among the records, since older clients pass over lines there that they do not know. */
export interface Amended {
  t: "amended";
  /** Counts up; what was heard need not be told again (`hello.amended`). */
  n: number;
  instance: string;
  result: Result;
}

/** The response's last line. */
export interface End {
  t: "end";
  /** The next request's cursor. Null: the one that was sent stays right. */
  cursor: string | null;
  /** There is more to pull: come again at once with this cursor. */
  more: boolean;
  /** For each of hello.scopes, in that order: count and 16-digit hex sum of what the client should hold. */
  digest: [number, string][] | null;
}

/** The part of any record line that a client reads before storing the line as it came. */
export interface RecordHead {
  t: string;
  id: string;
  v: number;
  scopes: string[];
  service: string;
  number: string | null;
  stage: string;
  office: string;
  district: string | null;
  due: string | null;
  title: string;
  conflicts: unknown[];
}

export type RequestLine = Hello | Command | Check | Fetch | RequestEnd;
export type ControlLine = Welcome | Result | Promises | Reset | Left | Deleted | Have | Amended | End;
export const CONTROL_TYPES: ReadonlySet<string> = new Set<ControlLine["t"]>([
  "hello",
  "result",
  "promises",
  "reset",
  "left",
  "deleted",
  "have",
  "amended",
  "end",
]);
