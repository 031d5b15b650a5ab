/** Bytes that are at the server: brought when somebody looks at them, and before that where they will be wanted without a
 * network.
 */

import { type City, limitOf } from "../../schemas/catalogue.ts";
import { isoWeekday, plus } from "../../schemas/ledger.ts";
import { lookup, type PromiseTable } from "../../schemas/promise.ts";
import type { Attachment, CaseRecord } from "../../schemas/record.ts";
import { TenggatError } from "../../sync/errors.ts";
import { entryOf } from "../command_line.ts";
import { isFull, type RecordRow } from "../database.ts";
import { hashOf } from "../hash.ts";
import { type Room, savesData } from "../room.ts";
import { actions } from "../rules.ts";
import type { Here, Store } from "../store.ts";
import { type Transport, unreachable } from "../transport.ts";
import { localCase } from "../view.ts";
import { namedBy } from "./table.ts";

/** Files of a run: what is not brought now is brought after a later exchange. */
const SMALL_AT_ONCE = 60;
const ORIGINALS_AT_ONCE = 20;

/** Bytes of originals that are brought before anybody asked for them, as long as nothing else wants the room. */
export const MOST = 100_000_000;

/** Of what the browser says is free, what may be filled in this way. */
const SHARE = 0.2;

export type Size = "thumbnail" | "original";

/** A file of a case that is not here yet. */
export interface Wanted {
  case: string;
  file: Attachment;
}

/** From here, else from the server, and kept where there is room. */
export async function fileOf(store: Store, transport: Transport, wanted: Wanted, size: Size): Promise<Blob> {
  const { file } = wanted;
  if (size === "thumbnail" && file.type === "application/pdf") {
    throw new TenggatError("no_thumbnail", "there is no small picture of a document");
  }
  const held = await store.read(async ({ files }) => {
    if (size === "original") return files.bytes(file.sha256);
    return (await files.small(file.sha256))?.bytes;
  });
  const type = size === "original" ? file.type : "image/jpeg";
  if (held) return new Blob([held], { type });
  if (!file.arrived) {
    // Of a picture that is only here, all of it is shown small.
    const whole = size === "thumbnail" ? await store.read(({ files }) => files.bytes(file.sha256)) : undefined;
    if (whole) return new Blob([whole], { type: file.type });
    throw new TenggatError("not_arrived", "the file has not arrived at the server yet");
  }
  const fetched = await fetchOne(store, transport, wanted, size);
  return new Blob([fetched.bytes], { type: fetched.type });
}

async function fetchOne(store: Store, transport: Transport, wanted: Wanted, size: Size) {
  const { file } = wanted;
  const token = (await store.read(({ meta }) => meta.get("token"))) ?? "";
  const tail = size === "thumbnail" ? "/thumbnail" : "";
  const { type, bytes } = await transport.file(token, `/api/v1/cases/${wanted.case}/files/${file.id}${tail}`);
  if (size === "original" && (await hashOf(bytes)) !== file.sha256) throw unreachable("the file did not come whole");
  const coming = {
    sha256: file.sha256,
    type: file.type,
    bytes: size === "original" ? bytes.buffer : null,
    small: size === "thumbnail" ? { type, bytes: bytes.buffer } : null,
  };
  const keep = async ({ files, records }: Here) => {
    // The case may have left this device meanwhile, and its files with it.
    if (!(await records.line(wanted.case))) return;
    await files.keep(coming, file.size, false, store.clock().getTime(), wanted.case);
    await files.told(file.sha256, file.arrived ?? null);
  };
  try {
    if (!(await store.reserve.isShort())) await store.change("relaxed", keep, "file");
  } catch (error) {
    // It can be shown though there is no room for it.
    if (!isFull(error)) throw error;
  }
  return { type, bytes };
}

/** Brings what will be looked at: what lists show of all cases, those due soonest first; and for officers the originals
 * of what they can act on and is due by the next working day. What is too large for the room that is left is passed over:
 * the others may fit, and it can still be looked at with a network. Whether there is more to bring. */
export async function prefetch(store: Store, transport: Transport, room: Room, city: City | null): Promise<boolean> {
  if (await store.reserve.isShort()) return true;
  const { free } = await room.look();
  const most = Math.min(MOST, free === null ? MOST : free * SHARE);
  const small = await store.read(here => missingSmall(here));
  for (const wanted of small.slice(0, SMALL_AT_ONCE)) await quietly(fetchOne(store, transport, wanted, "thumbnail"));
  if (small.length > SMALL_AT_ONCE) return true;
  if (!city || savesData()) return false;
  const today = store.clock();
  const originals = await store.read(here => missingOriginals(here, city, today));
  let brought = 0;
  let held = await fetchedHere(store);
  // Each try costs a write, of which every screen hears: what asks for as much as once failed is not tried.
  let lacking = Number.POSITIVE_INFINITY;
  for (const wanted of originals) {
    const over = held + wanted.file.size - most;
    if (over >= lacking) continue;
    if (over > 0 && (await makeRoom(store, over)) < over) {
      lacking = over;
      continue;
    }
    if (brought === ORIGINALS_AT_ONCE) return true;
    await quietly(fetchOne(store, transport, wanted, "original"));
    brought += 1;
    held = await fetchedHere(store);
  }
  return false;
}

/** A file that cannot be had now is asked for again another time; without a network none can. */
async function quietly(fetching: Promise<unknown>): Promise<void> {
  try {
    await fetching;
  } catch (error) {
    const passing = error instanceof TenggatError && ["not_arrived", "no_thumbnail", "not_found"].includes(error.code);
    if (!passing) throw error;
  }
}

/** Our own that arrived more than a month ago make room; what was fetched for today does not for tomorrow's. */
function makeRoom(store: Store, bytes: number): Promise<number> {
  const now = store.clock().getTime();
  const drop = async (here: Here) => here.files.makeRoom(bytes, await namedBy(here), now, { ours: true });
  return store.change("relaxed", drop, "file");
}

/** Bytes of originals that this device brought. */
async function fetchedHere(store: Store): Promise<number> {
  const rows = await store.read(({ files }) => files.rows());
  return rows.reduce((sum, row) => sum + (!row.own && row.here ? row.size : 0), 0);
}

async function missingSmall(here: Here): Promise<Wanted[]> {
  const held = new Set((await here.files.rows()).filter(row => row.small).map(row => row.sha256));
  const found: Wanted[] = [];
  for (const row of await withFiles(here)) {
    for (const file of await arrivedOf(here, row.id)) {
      if (file.type !== "application/pdf" && !held.has(file.sha256)) found.push({ case: row.id, file });
    }
    if (found.length > SMALL_AT_ONCE) break;
  }
  return found;
}

async function missingOriginals(here: Here, city: City, now: Date): Promise<Wanted[]> {
  const { person, promise_table } = await here.meta.some("person", "promise_table");
  if (person?.kind !== "staff") return [];
  const until = nextWorkingDay(city, promise_table as PromiseTable | null, now);
  const held = new Set((await here.files.rows()).filter(row => row.here).map(row => row.sha256));
  const found: Wanted[] = [];
  for (const row of await withFiles(here)) {
    if (row.due === null || row.due > until) break;
    const [line, entries] = await Promise.all([here.records.line(row.id), here.outbox.about(row.id)]);
    const record = line ? (JSON.parse(line) as CaseRecord) : null;
    const local = localCase(row.id, city, record, entries.map(entryOf));
    if (!local || !actions(local, person).length) continue;
    for (const file of record?.attachments ?? []) {
      if (file.arrived && !held.has(file.sha256)) found.push({ case: row.id, file });
    }
  }
  return found;
}

/** Cases with files at the server, those due soonest first. */
async function withFiles({ records }: Here): Promise<RecordRow[]> {
  const rows = (await records.all()).filter(row => row.t === "case" && row.arrived !== 0);
  return rows.sort((a, b) => ((a.due ?? "~") < (b.due ?? "~") ? -1 : 1));
}

async function arrivedOf({ records }: Here, id: string): Promise<Attachment[]> {
  const line = await records.line(id);
  const { attachments = [] } = line ? (JSON.parse(line) as CaseRecord) : {};
  return attachments.filter(file => file.arrived);
}

/** As the promise table tells it: the day on which a limit of one working day from today ends. Where it does not say, the
 * next day that is no weekend. */
export function nextWorkingDay(city: City, table: PromiseTable | null, now: Date): string {
  const today = new Intl.DateTimeFormat("en-CA", { timeZone: city.timezone }).format(now);
  for (const service of table ? city.services : []) {
    for (const [code, due] of Object.entries((table && lookup(table, service.code, today)) ?? {})) {
      const limit = limitOf(service, code);
      if (limit?.days === 1 && limit.unit === "working") return due;
    }
  }
  const days = [1, 2, 3, 4, 5, 6, 7].map(ahead => plus(today, ahead));
  return days.find(day => !city.weekend.includes(isoWeekday(day))) ?? plus(today, 1);
}
