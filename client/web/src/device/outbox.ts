/** The outbox: what this device did and the server has not yet answered, and what became of it.
 *
 * Every move goes through the table in `sync/outbox.ts`; the code here only selects which rows make it. Callers hold
 * the transaction that changes belong to.
 */

import type { Entry, EntryKey, Values } from "../desk.ts";
import { type Amended, MAX_COMMANDS, type Result } from "../sync/messages.ts";
import { EVENT_OF, KEEP_DAYS, nextInstance, REVISED, type State, step, TRANSITIONS, WAITING } from "../sync/outbox.ts";
import { commandOf, lined } from "./command_line.ts";
import { type InstanceRow, type OutboxRow, type Transaction, written } from "./database.ts";
import { byKey, keyOf, movingOf, within } from "./keys.ts";

/** Bytes of commands in one request, before compression. Less than the Python's: what a phone's network drops half
 * way is sent again from its beginning. */
export const MAX_BATCH = 1024 * 1024;

const BLOCKED = {
  id: "Menunggu perintah sebelumnya yang ditolak.",
  en: "It builds on an earlier command that was refused.",
};
const DAY = 86_400_000;

/** How much one request may carry. */
export interface Batch {
  commands: number;
  bytes: number;
}

export class Outbox {
  /** Whether a command came, went or changed its state in this transaction. */
  moved = false;

  constructor(
    private readonly transaction: Transaction,
    private readonly newId: () => string,
  ) {}

  private get table() {
    return this.transaction.objectStore("outbox");
  }

  private get minters() {
    return this.transaction.objectStore("instance");
  }

  /** All instances, oldest first; the last one mints. */
  instances(): Promise<InstanceRow[]> {
    return this.minters.getAll();
  }

  /** The instance that mints numbers now; made on first use. */
  async instance(): Promise<InstanceRow> {
    const rows = await this.instances();
    return rows[rows.length - 1] ?? this.begin(1);
  }

  /** The row of the instance with this id. */
  async known(id: string): Promise<InstanceRow | undefined> {
    return (await this.instances()).find(row => row.id === id);
  }

  /** Queue a command. It builds on the last unanswered one about the same case. */
  async add(kind: string, about: string, data: Values, at: string, base: number): Promise<EntryKey> {
    const { n } = await this.instance();
    const after = await this.earlier(n, about);
    const seq = await this.mint();
    this.put({
      ...lined({ t: "command", seq, kind, case: about, at, base, after, data }),
      instance: n,
      state: "queued",
      queued_at: at,
      sent_at: null,
      settled_at: null,
      result: null,
    });
    return { instance: n, seq };
  }

  /** Rewrite a command that has not left the device. `frozen` where it has. */
  async amend(entry: Entry, kind: string, data: Values, at: string): Promise<void> {
    const state = step(entry.state, "amend");
    const row = await this.row(entry);
    const { seq, case: about, base, after } = entry;
    if (row) this.write({ ...row, ...lined({ t: "command", seq, kind, case: about, at, base, after, data }), state });
  }

  /** The person undid a queued command, or dealt with a refused one. `frozen` for any other. */
  async settle(key: EntryKey): Promise<void> {
    const row = await this.row(key);
    // When that was, the next exchange says (`expire`): by a device's own clock, one a year behind, the text would be
    // forgotten at once.
    if (row) this.put({ ...row, state: step(row.state, "settle"), settled_at: null });
  }

  /** Commands in these states (all where none is named), oldest first. */
  async rows(...states: State[]): Promise<OutboxRow[]> {
    if (!states.length) return this.table.getAll();
    const found = await Promise.all(states.map(state => this.inState(state)));
    return found.flat().sort(byKey);
  }

  /** Commands about a case, in all states, oldest first. */
  async about(id: string): Promise<OutboxRow[]> {
    return (await this.table.index("case").getAll(id)).sort(byKey);
  }

  row({ instance, seq }: EntryKey): Promise<OutboxRow | undefined> {
    return this.table.get([instance, seq]);
  }

  async count(...states: State[]): Promise<number> {
    const index = this.table.index("state");
    const counts = await Promise.all(states.map(state => index.count(within(state))));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** What the server acknowledged after this moment of its clock. */
  async answeredAfter(moment: string): Promise<OutboxRow[]> {
    const later = IDBKeyRange.lowerBound(moment, true);
    const rows = await this.table.index("settled").getAll(later);
    return rows.filter(row => row.state === "acknowledged").sort(byKey);
  }

  /** How many commands have no answer yet, their bytes, and since when the oldest waits. */
  async waiting(): Promise<{ waiting: number; bytes: number; oldest: string | null }> {
    const rows = await this.rows(...WAITING);
    const bytes = rows.reduce((sum, row) => sum + row.size, 0);
    const moments = rows.map(row => row.queued_at).sort((a, b) => Date.parse(a) - Date.parse(b));
    return { waiting: rows.length, bytes, oldest: moments[0] ?? null };
  }

  /** The next commands to send; frozen from here on.
   *
   * Only one instance's at a time, the oldest's first, since a request speaks for one. */
  async take(
    at: string,
    most: Batch = { commands: MAX_COMMANDS, bytes: MAX_BATCH },
  ): Promise<{ instance: string; seqs: number[]; lines: string[] }> {
    const first = await Promise.all(WAITING.map(state => this.inState(state, 1)));
    const n = Math.min(...first.flat().map(row => row.instance));
    if (!Number.isFinite(n)) return { instance: (await this.instance()).id, seqs: [], lines: [] };
    const found = await Promise.all(WAITING.map(state => this.inState(state, most.commands, n)));
    const seqs: number[] = [];
    const lines: string[] = [];
    let size = 0;
    for (const row of found.flat().sort(byKey).slice(0, most.commands)) {
      size += row.size;
      if (size > most.bytes && seqs.length) break;
      seqs.push(row.seq);
      // Never written so, but a damaged one must be one line all the same: a request whose lines are not as many as
      // its end tells is refused as a whole, each time.
      lines.push(row.line.replaceAll("\n", " ") || "?");
      if (row.state === "queued") this.put({ ...row, state: step("queued", "send"), sent_at: row.sent_at ?? at });
    }
    const rows = await this.instances();
    return { instance: rows.find(row => row.n === n)?.id ?? (await this.instance()).id, seqs, lines };
  }

  /** Freeze all that was not received yet, as if it had been sent: it leaves the device as a file. */
  async freeze(at: string): Promise<OutboxRow[]> {
    for (const row of await this.rows("queued")) {
      this.put({ ...row, state: step("queued", "send"), sent_at: row.sent_at ?? at });
    }
    return this.rows("sent", "refused");
  }

  /** Store what became of commands (`now`: the server's time). The sequence numbers that were found to be used by
   * another copy of this database: those commands must be numbered anew. */
  async answer(instance: string, results: readonly Result[], now: string): Promise<Set<number>> {
    const n = (await this.known(instance))?.n;
    const rows = n === undefined ? [] : await this.inState("sent", undefined, n);
    const sent = new Map(rows.map(row => [row.seq, row]));
    const reused = new Set<number>();
    for (const result of results) {
      if (result.code === "seq_reused") {
        reused.add(result.seq ?? 0);
        continue;
      }
      const row = sent.get(result.seq ?? 0);
      const state = step("sent", EVENT_OF[result.status]);
      if (row && state !== "sent") this.put({ ...row, state, settled_at: now, result });
    }
    return reused;
  }

  /** Commands that were answered before have other results now (`now`: the server's time). One that was sent and not
   * heard of is answered by its own result: the amended one comes after it. */
  async revise(amended: readonly Amended[], now: string): Promise<void> {
    for (const { instance, result } of amended) {
      const n = (await this.known(instance))?.n;
      const row = n === undefined ? undefined : await this.table.get([n, result.seq ?? 0]);
      const event = REVISED[result.status];
      if (!row || !event || WAITING.includes(row.state)) continue;
      const state = TRANSITIONS[row.state][event];
      if (state) this.put({ ...row, state, settled_at: now, result });
    }
  }

  /** The server takes nothing under `instance`, because it is someone else's: what waits under it keeps its numbers and
   * goes under the id that follows from it (`nextInstance`), and so does what comes. */
  async rehome(instance: string): Promise<void> {
    const old = await this.known(instance);
    if (!old) return;
    const [newest, all, home] = [await this.instance(), await this.instances(), nextInstance(instance)];
    // Only the newest mints: one whose own turn is over hands on what waits, and no more.
    const place = instance === newest.id ? newest.n + 1 : Math.min(...all.map(row => row.n)) - 1;
    const there = await this.known(home);
    const { n } = this.begin(there?.n ?? place, home, Math.max(there?.next_seq ?? 1, old.next_seq));
    for (const row of await this.rows(...WAITING)) {
      if (row.instance !== old.n) continue;
      written(this.table.delete([row.instance, row.seq]));
      this.put({ ...row, instance: n });
    }
  }

  /** From here on a new instance id mints numbers; what waits and cannot go under its old one is numbered anew, in the
   * same order.
   *
   * `instance` was found to have gone on in another copy of this database: of what waits, whatever never left, what
   * the server answered with `seq_reused`, and what builds on those. All else that left keeps its key, since it may
   * have been applied under it. Without `instance` nothing waits any more. */
  async fork(instance: string | null = null, reused: ReadonlySet<number> = new Set()): Promise<void> {
    const named = instance === null ? null : await this.known(instance);
    const moving = named ? movingOf(await this.rows(...WAITING), named.n, reused) : [];
    let { n, id } = await this.instance();
    if (instance === null || instance === id) ({ n, id } = this.begin(n + 1));
    const numbers = new Map<string, number>();
    for (const row of moving) {
      if (row.instance === n) continue;
      const seq = await this.mint();
      numbers.set(keyOf(row), seq);
      const command = commandOf(row);
      const after = numbers.get(`${row.instance}/${command?.after}`) ?? 0;
      written(this.table.delete([row.instance, row.seq]));
      const line = command ? lined({ ...command, seq, after }) : { seq };
      this.put({ ...row, ...line, instance: n, state: step(row.state, "renumber"), sent_at: null });
    }
  }

  /** The server began a new epoch (`now`: its time): what it had acknowledged is sent again, byte for byte.
   *
   * What waits and builds on a refused command is refused here: that one is not sent again, so a server that forgot it
   * in the restore would wait for it forever. */
  async resend(now: string): Promise<void> {
    const ended = new Set((await this.rows("refused", "settled")).map(keyOf));
    for (const row of await this.rows(...WAITING, "acknowledged")) {
      const state = step(row.state, "new_epoch");
      if (ended.has(`${row.instance}/${commandOf(row)?.after ?? 0}`)) {
        ended.add(keyOf(row));
        const { seq, case: about } = row;
        const result: Result = { t: "result", seq, status: "blocked", code: "blocked", case: about, text: BLOCKED };
        this.put({ ...row, state: step(state, "block"), settled_at: now, result });
      } else if (state !== row.state) {
        this.put({ ...row, state });
      }
    }
  }

  /** The device was revoked: what was refused goes up once more, since a restored server may not have kept it, and
   * here it will be wiped. How many those are. */
  async handOver(): Promise<number> {
    const rows = (await this.rows("refused")).filter(row => row.result?.code !== "device_revoked");
    for (const row of rows) this.put({ ...row, state: step(row.state, "hand_over") });
    return rows.length;
  }

  /** Forget what was acknowledged or settled more than `KEEP_DAYS` before the server's `now`. */
  async expire(now: string): Promise<void> {
    const until = Date.parse(now) - KEEP_DAYS * DAY;
    if (Number.isNaN(until)) return;
    for (const row of await this.inState("settled")) {
      if (row.settled_at === null) this.put({ ...row, settled_at: now });
    }
    // The server's times are all written alike, so they stand in the index in their order.
    const old = IDBKeyRange.upperBound(new Date(until).toISOString(), true);
    for (const row of await this.table.index("settled").getAll(old)) {
      if (row.state !== "acknowledged" && row.state !== "settled") continue;
      written(this.table.delete([row.instance, row.seq]));
      this.moved = true;
    }
  }

  /** The highest number given out under an instance. */
  async minted(instance: string): Promise<number> {
    return ((await this.known(instance))?.next_seq ?? 1) - 1;
  }

  clear(): void {
    written(this.table.clear());
    this.moved = true;
  }

  put(row: OutboxRow): void {
    this.write(row);
    this.moved = true;
  }

  /** An instance row of its own. Only the highest `n` mints. */
  begin(n: number, id = this.newId(), next = 1): InstanceRow {
    const row = { n, id, next_seq: next };
    written(this.minters.put(row));
    return row;
  }

  private write(row: OutboxRow): void {
    written(this.table.put(row));
  }

  private inState(state: State, most?: number, n?: number): Promise<OutboxRow[]> {
    return this.table.index("state").getAll(within(state, n), most);
  }

  private async mint(): Promise<number> {
    const row = await this.instance();
    written(this.minters.put({ ...row, next_seq: row.next_seq + 1 }));
    return row.next_seq;
  }

  private async earlier(n: number, about: string): Promise<number> {
    const rows = (await this.about(about)).filter(row => row.instance === n && WAITING.includes(row.state));
    return rows[rows.length - 1]?.seq ?? 0;
  }
}
