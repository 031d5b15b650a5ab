/** A device with a catalogue and no network, and the few things that a server would tell it. */

import "fake-indexeddb/auto";
import type { Entry, Values } from "../../src/desk.ts";
import { Catalogue } from "../../src/device/catalogue.ts";
import { commandOf, entryOf } from "../../src/device/command_line.ts";
import { type Applied, type Here, Store, type StoreOptions } from "../../src/device/store.ts";
import type { Transport } from "../../src/device/transport.ts";
import { type LocalCase, localCase } from "../../src/device/view.ts";
import { Work } from "../../src/device/work.ts";
import type { CaseRecord } from "../../src/schemas/record.ts";
import { readHead } from "../../src/sync/codec.ts";
import { TenggatError } from "../../src/sync/errors.ts";
import type { Device, Event } from "../../src/sync/exchange.ts";
import type { Command, Result, Status, Welcome } from "../../src/sync/messages.ts";
import type { State } from "../../src/sync/outbox.ts";
import { CITY, COMPLETE } from "./city.ts";

export const ME = "00000000-0000-4000-8000-0000000000ff";
export const MINE = `person:${ME}`;
export const NOW = "2026-03-16T02:00:00Z";
export const VERSION = "c";

let benches = 0;
let ids = 0;

export const uniqueName = () => `device-${++benches}`;
export const newId = () => `00000000-0000-4000-9000-${String(++ids).padStart(12, "0")}`;
export const caseId = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;

/** A clock that goes on a second each time it is looked at. */
export function ticking(from = NOW): () => Date {
  let now = Date.parse(from);
  return () => {
    now += 1_000;
    return new Date(now);
  };
}

export const offline: Transport = {
  exchange: () => Promise.reject(new TenggatError("unreachable", "no network")),
  catalogue: () => Promise.reject(new TenggatError("unreachable", "no network")),
  call: () => Promise.reject(new TenggatError("unreachable", "no network")),
  file: () => Promise.reject(new TenggatError("unreachable", "no network")),
};

export function record(given: Partial<CaseRecord> = {}): CaseRecord {
  const facts = { id: caseId(1), v: 1, scopes: [MINE], service: "izin", rule: 1, stage: "draft", created: NOW };
  return { t: "case", ...facts, owner: ME, ...given };
}

export function welcome(said: Partial<Welcome> = {}): Welcome {
  const facts = { t: "hello", protocol: 1, epoch: "e1", now: NOW, highest: 0, catalogue: VERSION } as const;
  return { ...facts, scopes: [MINE], person: {}, wipe: false, upgrade: false, diagnose: false, ...said };
}

export function arrived(...records: object[]): Event {
  const lines = records.map(one => JSON.stringify(one));
  return { kind: "arrived", lines, heads: lines.map(readHead) };
}

export const answered = (...results: Result[]): Event => ({ kind: "answered", results });

export function result(seq: number, status: Status, code?: string, given: Partial<Result> = {}): Result {
  return { t: "result", seq, status, ...(code && { code }), ...given };
}

/** Keeps a catalogue and a person in a store that has never spoken with a server. */
export async function furnish(store: Store, person: Values | null = null): Promise<void> {
  await store.change("relaxed", async ({ meta }) => {
    meta.set("catalogue", VERSION);
    meta.set("server_catalogue", VERSION);
    meta.set("catalogue_json", JSON.stringify(CITY));
    if (person) meta.set("token", "t".repeat(43));
    if (person) meta.set("person", { id: ME, name: "Saya", kind: "citizen", roles: ["citizen"], ...person });
  });
}

/** One device on the bench: its store, its work, and an exchange done by hand. */
export class Bench {
  readonly store: Store;
  readonly work: Work;

  private constructor(store: Store) {
    this.store = store;
    this.work = new Work(store, new Catalogue(store, offline));
  }

  static async make(options: StoreOptions = {}): Promise<Bench> {
    const store = new Store({ name: uniqueName(), clock: ticking(), newId, ...options });
    await furnish(store, {});
    return new Bench(store);
  }

  /** Begins a draft; its id. */
  async begin(service: string, changes: Values, id: string = newId()): Promise<string> {
    await this.work.edit(id, changes, service);
    return id;
  }

  draft(given: Values = {}): Promise<string> {
    return this.begin("izin", { ...COMPLETE, ...given });
  }

  /** Everything that waits goes out; the answers are these, the last for all that remain. */
  async send(statuses: Status[], code = "invalid", said: Partial<Welcome> = {}): Promise<Device> {
    const device = await this.store.take();
    const results = (device.seqs ?? []).map((seq, place) => {
      const status = statuses[Math.min(place, statuses.length - 1)] ?? "applied";
      const failed = ["rejected", "quarantined", "blocked"].includes(status);
      return result(seq, status, failed ? code : undefined);
    });
    await this.hear(device, [answered(...results)], said);
    return device;
  }

  /** One whole response with these events. */
  hear(device: Device, events: Event[] = [], said: Partial<Welcome> = {}): Promise<Applied> {
    const end: Event = { kind: "ended", end: { t: "end", cursor: "cursor", more: false, digest: null } };
    return this.store.apply(device, [{ kind: "opened", welcome: welcome(said) }, ...events, end]);
  }

  async arrive(records: object[], said: Partial<Welcome> = {}): Promise<void> {
    await this.hear(await this.store.take(), [arrived(...records)], said);
  }

  entries(...states: State[]): Promise<Entry[]> {
    return this.read(async ({ outbox }) => (await outbox.rows(...states)).map(entryOf));
  }

  /** What waits, as it would go out. */
  async sent(): Promise<(Command & { data: Values })[]> {
    const rows = await this.read(({ outbox }) => outbox.rows("queued", "sent"));
    return rows.map(row => commandOf(row) as Command & { data: Values });
  }

  /** The one that waits. */
  async only(): Promise<Command & { data: Values }> {
    const [command, ...more] = await this.sent();
    if (!command || more.length) throw new Error(`there are ${more.length + 1} commands`);
    return command;
  }

  async local(id: string): Promise<LocalCase | null> {
    return this.read(async ({ outbox, records }) => {
      const line = await records.line(id);
      return localCase(id, CITY, line ? JSON.parse(line) : null, (await outbox.about(id)).map(entryOf));
    });
  }

  async ids(): Promise<string[]> {
    return [...(await this.read(({ records }) => records.versions())).keys()].sort();
  }

  read<T>(work: (here: Here) => Promise<T>): Promise<T> {
    return this.store.read(work);
  }

  async as(person: Values): Promise<void> {
    await this.store.change("relaxed", async ({ meta }) => {
      meta.set("person", { id: "officer", name: "Petugas Loket", kind: "staff", roles: [], ...person });
    });
  }
}

/** The code that something is refused with, and what comes along. */
export async function refusal(deed: Promise<unknown>): Promise<TenggatError> {
  try {
    await deed;
  } catch (error) {
    if (error instanceof TenggatError) return error;
    throw error;
  }
  throw new Error("it was not refused");
}
