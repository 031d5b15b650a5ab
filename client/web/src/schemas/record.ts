/** A case as it goes out to devices: one JSON line, typed here so that every client reads the same thing.
 *
 * A device stores the line as it came; fields that this version does not know stay in it untouched. What is empty is
 * left out of the line, hence the many question marks.
 */

import type { Ledger } from "./ledger.ts";

/** One thing that happened to a case. `at` is the server's time; `claimed` is what the device said. */
export interface Step {
  action: string;
  /** The stage the case was in afterwards. */
  stage: string;
  at: string;
  /** Person id; empty where it is not to be known. */
  by: string;
  /** The role it was done in; `owner` for the person whose case it is. */
  role: string;
  name?: string;
  note?: string | null;
  claimed?: string | null;
  /** Device clock minus server clock, in seconds, where it was worth noting. */
  skew?: number | null;
}

/** A field with two values: `ours` stands on the case, `theirs` is kept beside it until somebody chooses. */
export interface Conflict {
  field: string;
  ours: unknown;
  theirs: unknown;
  by: string;
  at: string;
  claimed?: string | null;
}

/** What came with an action that was too late: kept, because someone went there and wrote it down. */
export interface Evidence {
  action: string;
  by: string;
  at: string;
  name?: string;
  claimed?: string | null;
  form?: Record<string, unknown>;
  note?: string | null;
}

/** One file of a case: an entry of its manifest. The bytes are asked for by `id` (docs/protocol.md, Files). */
export interface Attachment {
  id: string;
  /** Which of the catalogue's documents it is. */
  document: string;
  sha256: string;
  /** Bytes. */
  size: number;
  /** Media type, as its device said; once it has arrived, also as the server found it. */
  type: string;
  name?: string;
  /** When and where it was taken: claims of the device. */
  taken?: string | null;
  /** Latitude and longitude in degrees. */
  place?: [number, number] | null;
  /** Metres. */
  accuracy?: number | null;
  /** The server's time of the command that brought it. */
  added?: string;
  /** Person id; empty where it is not to be known. */
  by?: string;
  /** The role it was brought in; `owner` for the person whose case it is. */
  role?: string;
  /** The action it came with; empty for the applicant's documents. */
  action?: string;
  /** It came with an action that was too late: kept, as evidence is. */
  late?: boolean;
  /** When the server had all of its bytes, and found them to be those of `sha256`; null while it has not. */
  arrived?: string | null;
}

/** One thing to mend: a field or a document, and why. */
export interface Defect {
  reason: string;
  field?: string | null;
  document?: string | null;
}

/** All that the applicant is asked to mend, in one go. */
export interface Correction {
  round: number;
  asked: string;
  items: Defect[];
  mended?: string | null;
}

/** What the server keeps of a case and sends of it alike. Times are the server's, in UTC. */
export interface CaseBody {
  id: string;
  service: string;
  /** Version of the service's rules when it was submitted; a later change of limits does not touch it. */
  rule: number;
  stage: string;
  created: string;
  /** Person id of whoever the case belongs to; empty for a walk-in, and for an office that may not know. */
  owner?: string;
  number?: string | null;
  /** Tracking code: with the number, enough for anyone to see stage and dates. */
  code?: string | null;
  received?: string | null;
  /** When an officer first opened it, or worked on it. */
  opened?: string | null;
  office?: string;
  district?: string | null;
  fields?: Record<string, unknown>;
  /** What each action's form carried, by action; the latest where it was done twice. */
  forms?: Record<string, Record<string, unknown>>;
  steps?: Step[];
  limits?: Ledger[];
  conflicts?: Conflict[];
  correction?: Correction | null;
  evidence?: Evidence[];
  /** In the order they came. */
  attachments?: Attachment[];
  /** Numbers of cases this one is tied to. */
  links?: string[];
}

/** One case for one audience, as one line. `v` is its version, `due` the earliest date that still runs, `title` one
 * line about the case. */
export interface CaseRecord extends CaseBody {
  t: "case";
  v: number;
  scopes?: string[];
  title?: string;
  due?: string | null;
}
