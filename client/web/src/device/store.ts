/** The device's store: one database, one transaction for what belongs together, and the events of an exchange applied. */

import type { Person } from "../desk.ts";
import { difference } from "../sync/digest.ts";
import type { Device, Event } from "../sync/exchange.ts";
import { type End, type Health, PROTOCOL, type Result, type Welcome } from "../sync/messages.ts";
import { WAITING } from "../sync/outbox.ts";
import { stampOf } from "./clock.ts";
import { Database, isFull, type Transaction, written } from "./database.ts";
import { Files } from "./files/table.ts";
import { newId } from "./ids.ts";
import { Meta } from "./meta.ts";
import { type Batch, Outbox } from "./outbox.ts";
import { Records } from "./records.ts";
import { Reserve } from "./reserve.ts";

/** Records asked for in one response. A thousand are stored in half a second on a slow desktop; while they are, nobody
 * else can write. */
export const PAGE = 1_000;

/** One transaction's view of the store. */
export interface Here {
  readonly transaction: Transaction;
  readonly meta: Meta;
  readonly outbox: Outbox;
  readonly records: Records;
  readonly files: Files;
}

/** What must be remembered outside of the database, in case the browser clears it. */
export interface Standing {
  instance: string;
  waiting: number;
  /** Files that the server has not received. */
  files: number;
}

export interface StoreOptions {
  name?: string;
  /** The device's own: a claim, never believed by anyone. */
  clock?: () => Date;
  newId?: () => string;
  app?: string;
  protocol?: number;
  batch?: Batch;
  /** Told when there was no database, and a new one was made. */
  made?: () => void;
  /** Told after each change; with the standing where a command came, went or changed its state. */
  changed?: (standing: Standing | null) => void;
  /** Told when files were let go of. */
  freed?: () => void;
}

/** What a change is for: words may take the room that is kept in reserve for them, a file may not. */
export type Need = "words" | "file";

/** What one response did to the store. */
export interface Applied {
  now: string;
  records: number;
  gone: number;
  results: Result[];
  /** Where a check was answered: what is to be fetched, and what was dropped. */
  mended: { fetch: string[]; drop: string[] } | null;
  /** The digest of what is held now, where the server told its own. */
  held: [number, string][] | null;
  waiting: number;
}

// What is known of a response while its events are stored.
interface Hearing extends Applied {
  scopes: string[];
  digest: End["digest"];
  fork: boolean;
  reused: Set<number>;
  wipe: boolean;
  listed: [string, number][] | null;
}

export class Store {
  readonly database: Database;
  readonly reserve: Reserve;
  readonly clock: () => Date;
  readonly newId: () => string;
  private readonly options: StoreOptions;

  constructor(options: StoreOptions = {}) {
    this.options = options;
    this.database = new Database(options.name ?? "tenggat", options.made);
    this.reserve = new Reserve(this.database, () => options.changed?.(null));
    this.clock = options.clock ?? (() => new Date());
    this.newId = options.newId ?? newId;
  }

  /** What this program calls itself to the server. */
  get app(): string {
    return this.options.app ?? "tenggat-web";
  }

  /** The device's claim of the time, with its offset. */
  stamp(): string {
    return stampOf(this.clock());
  }

  read<T>(work: (here: Here) => Promise<T>): Promise<T> {
    return this.database.transact("readonly", "default", transaction => work(this.here(transaction)));
  }

  /** All or nothing, for changes that belong together. `relaxed` where the last moments may be lost with the power. Where
   * there is no room, `work` is called once more. */
  async change<T>(
    durability: "strict" | "relaxed",
    work: (here: Here) => Promise<T>,
    need: Need = "words",
  ): Promise<T> {
    let standing: Standing | null = null;
    let freed = false;
    const write = () =>
      this.database.transact("readwrite", durability, async transaction => {
        const here = this.here(transaction);
        const result = await work(here);
        standing = here.outbox.moved || here.files.moved ? await standingOf(here) : null;
        freed = here.files.freed;
        return result;
      });
    const made = await (need === "words" ? this.withReserve(write) : write());
    this.options.changed?.(standing);
    if (freed) this.options.freed?.();
    return made;
  }

  /** What words need and the browser does not give, the reserve does. */
  private async withReserve<T>(write: () => Promise<T>): Promise<T> {
    try {
      return await write();
    } catch (error) {
      if (!isFull(error)) throw error;
      // Once more also where nothing was in reserve: another write, or another window, may have let go of it just now.
      await this.reserve.letGo().catch(() => {});
      try {
        return await write();
      } finally {
        void this.reserve.noRoom().catch(() => {});
      }
    }
  }

  /** What the device brings to an exchange; the commands in it are frozen from here on. */
  take(free: number | null = null): Promise<Device> {
    return this.change("strict", async here => {
      const health = await this.health(here, free);
      const clock = this.stamp();
      const taken = await here.outbox.take(clock, this.options.batch);
      const { guest, amended, ...known } = await here.meta.some(
        "epoch",
        "cursor",
        "catalogue",
        "promises",
        "guest",
        "amended",
      );
      const { app } = this;
      const { protocol = PROTOCOL } = this.options;
      return {
        ...taken,
        ...known,
        clock,
        app,
        guest: guest === true,
        amended: amended ?? 0,
        limit: PAGE,
        health,
        protocol,
      };
    });
  }

  /** What this device says of itself. `free`: bytes that the browser would still store. */
  async health(here: Here, free: number | null = null): Promise<Health> {
    const files = (await here.files.queue()).length;
    return {
      ...(await here.outbox.waiting()),
      ...(files && { files }),
      refused: await here.outbox.count("refused"),
      conflicts: await here.records.conflicts(),
      // To 100 MB, so that an idle device says the same each time.
      free: free === null ? null : free - (free % 100_000_000),
      mended: (await here.meta.get("mended")) ?? 0,
      ...(await this.failures(here)),
    };
  }

  /** How many tries failed since one went well; nothing where the last one did, which is most of the time. */
  private async failures({ meta }: Here): Promise<Health> {
    const { failed, last_error, last_success } = await meta.some("failed", "last_error", "last_success");
    return failed ? { failed, trouble: last_error?.code.slice(0, 64) ?? null, ended: last_success } : {};
  }

  /** Store the events of one response in one transaction. `skew`: this device's clock minus the server's, in seconds. */
  apply(device: Device, events: readonly Event[], skew: number | null = null): Promise<Applied> {
    return this.change("strict", async here => {
      const hearing: Hearing = {
        now: "",
        records: 0,
        gone: 0,
        results: [],
        mended: null,
        held: null,
        waiting: 0,
        scopes: [],
        digest: null,
        fork: false,
        reused: new Set(),
        wipe: false,
        listed: null,
      };
      for (const event of events) await this.hear(here, device, event, hearing);
      await this.after(here, device, hearing);
      if (skew !== null) here.meta.set("skew", skew);
      if (hearing.digest) hearing.held = await here.records.digest(hearing.scopes);
      hearing.waiting = await here.outbox.count(...WAITING);
      return hearing;
    });
  }

  /** A response was cut off: keep what is safe to hear twice, which is what became of the commands. */
  applyAnswers(device: Device, welcome: Welcome, results: Result[]): Promise<Applied> {
    return this.apply(device, [
      { kind: "opened", welcome },
      { kind: "answered", results },
    ]);
  }

  /** Nothing of this person stays here, and whoever comes next mints numbers of their own: under the old instance,
   * what was acknowledged could one day be sent again in somebody else's name. */
  async forget(here: Here): Promise<void> {
    here.records.dropAll();
    here.outbox.clear();
    here.files.clear();
    await here.outbox.fork();
    written(here.transaction.objectStore("typing").clear());
    for (const key of FORGOTTEN) here.meta.set(key, null);
  }

  private here(transaction: Transaction): Here {
    const meta = new Meta(transaction);
    const outbox = new Outbox(transaction, this.newId);
    const files = new Files(transaction);
    return { transaction, meta, outbox, files, records: new Records(transaction, meta, files) };
  }

  private async hear(here: Here, device: Device, event: Event, hearing: Hearing): Promise<void> {
    const { meta, outbox, records } = here;
    switch (event.kind) {
      case "arrived":
        await records.store(event.lines, event.heads, (await meta.get("generation")) ?? 0, this.stamp());
        hearing.records += event.lines.length;
        break;
      case "answered":
        hearing.results.push(...event.results);
        for (const seq of await outbox.answer(device.instance, event.results, hearing.now)) hearing.reused.add(seq);
        break;
      case "gone":
        records.drop(event.ids);
        hearing.gone += event.ids.length;
        break;
      case "opened":
        await this.open(here, device, event.welcome, hearing);
        break;
      case "promised":
        meta.set("promises", event.promises.version);
        meta.set("promise_table", event.promises.table);
        break;
      case "started_over":
        meta.set("generation", ((await meta.get("generation")) ?? 0) + 1);
        meta.set("snapshot", true);
        break;
      case "revised":
        await outbox.revise(event.amended, hearing.now);
        meta.set("amended", Math.max(...event.amended.map(({ n }) => n)));
        break;
      case "listed":
        hearing.listed = [...(hearing.listed ?? []), ...event.ids];
        break;
      case "ended":
        await this.end(here, event.end, hearing);
    }
  }

  private async open(here: Here, device: Device, welcome: Welcome, hearing: Hearing): Promise<void> {
    const { meta, outbox, records } = here;
    hearing.now = welcome.now;
    hearing.scopes = welcome.scopes;
    const known = await meta.get("epoch");
    if (known !== null && known !== welcome.epoch) {
      await outbox.resend(welcome.now);
      await here.files.restart();
      meta.set("cursor", null);
      // A restored server counts them anew.
      meta.set("amended", null);
    }
    meta.set("epoch", welcome.epoch);
    const person = personOf(welcome.person);
    if (person) meta.set("person", person);
    // Also after an account was lost in a restore, and this token became its guest's again.
    if (person?.kind === "guest") meta.set("guest", true);
    meta.set("signed_out", null);
    meta.set("server_catalogue", welcome.catalogue);
    meta.set("upgrade", welcome.upgrade || null);
    meta.set("diagnose", welcome.diagnose || null);
    if (!welcome.upgrade) await records.seeBy(welcome.scopes);
    // The server knows numbers that this database never gave out: a copy of it went on elsewhere, or this is an old
    // one that was brought back. From here on, a new instance.
    const current = device.instance === (await outbox.instance()).id;
    hearing.fork = current && welcome.highest > (await outbox.minted(device.instance));
    hearing.wipe = welcome.wipe;
    if (!welcome.wipe) meta.set("handed_over", null);
  }

  private async end(here: Here, end: End, hearing: Hearing): Promise<void> {
    const { meta, records } = here;
    hearing.digest = end.digest;
    if (end.cursor !== null) meta.set("cursor", end.cursor);
    if (!end.more && (await meta.get("snapshot"))) {
      hearing.gone += await records.dropOlder((await meta.get("generation")) ?? 0);
      meta.set("snapshot", null);
    }
    meta.set("last_success", hearing.now);
    meta.set("last_success_here", this.stamp());
  }

  private async after(here: Here, device: Device, hearing: Hearing): Promise<void> {
    const { meta, outbox, records } = here;
    if (hearing.listed) {
      const { fetch, drop } = difference(hearing.listed, await records.versions());
      records.drop(drop);
      hearing.mended = { fetch, drop };
      meta.set("mended", ((await meta.get("mended")) ?? 0) + fetch.length + drop.length);
    }
    if (hearing.fork || hearing.reused.size) await outbox.fork(device.instance, hearing.reused);
    await outbox.expire(hearing.now);
    if (!hearing.wipe || (await outbox.count(...WAITING))) return;
    if ((await meta.get("handed_over")) === null && (await outbox.handOver())) {
      meta.set("handed_over", true);
    } else {
      // The device was revoked, and all it had to say is at the server: nothing of the cases stays here.
      await this.forget(here);
      meta.set("wiped", this.stamp());
    }
  }
}

/** The instance that mints now, and how much of the outbox was not received. */
export async function standingOf(here: Here): Promise<Standing> {
  const [rows, waiting, files] = await Promise.all([
    here.outbox.instances(),
    here.outbox.count(...WAITING),
    here.files.waiting(),
  ]);
  return { instance: rows[rows.length - 1]?.id ?? "", waiting, files: files.waiting };
}

const FORGOTTEN = [
  "token",
  "person",
  "login",
  "cursor",
  "scopes",
  "guest",
  "signed_out",
  "last_error",
  "failed",
  "amended",
  "diagnose",
  "handed_over",
  "templates",
  "templates_asked",
] as const;

function personOf(said: Record<string, unknown>): Person | null {
  const { id, name, kind, roles, password_until } = said;
  if (typeof id !== "string") return null;
  return {
    id,
    name: typeof name === "string" ? name : "",
    kind: kind === "staff" || kind === "citizen" ? kind : "guest",
    roles: Array.isArray(roles) ? roles.filter(role => typeof role === "string") : [],
    ...(typeof password_until === "string" && { password_until }),
  };
}
