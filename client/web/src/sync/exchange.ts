/** The client's half of an exchange, without any I/O.
 *
 * `Session` decides what to ask next: push and pull until nothing is left, then compare digests, mend what differs.
 * `Exchange` is one request and its response: it gives out the request's lines and turns the response's lines into
 * events. Whoever drives it stores the events of one response in one transaction, and only a response with an `end`
 * moves the cursor.
 *
 * Ordering rules of a response, each enforced here:
 *
 * 1. `hello` comes first, and once.
 * 2. Results come next, before anything else.
 * 3. `promises`, `reset` and `have` come before records.
 * 4. Nothing comes after `end`; without `end` the response was cut off.
 */

import { lineOf, readControl, readHead } from "./codec.ts";
import { bodyCut, malformed } from "./errors.ts";
import {
  type Amended,
  CONTROL_TYPES,
  type ControlLine,
  type End,
  type Health,
  MAX_FETCH,
  PROTOCOL,
  type Promises,
  type RecordHead,
  type RequestLine,
  type Result,
  type Welcome,
} from "./messages.ts";

/** What the device knows as an exchange begins. */
export interface Device {
  readonly instance: string;
  readonly epoch?: string | null;
  readonly cursor?: string | null;
  readonly catalogue?: string | null;
  readonly promises?: string | null;
  readonly clock?: string | null;
  readonly app?: string;
  readonly guest?: boolean;
  readonly amended?: number;
  readonly limit?: number;
  readonly health?: Health;
  readonly seqs?: readonly number[];
  /** The commands to send, oldest first, as frozen lines; `seqs` are their numbers. */
  readonly lines?: readonly string[];
  readonly protocol?: number;
}

export type Event =
  | { kind: "opened"; welcome: Welcome }
  /** Results, each with its sequence number filled in. */
  | { kind: "answered"; results: Result[] }
  | { kind: "promised"; promises: Promises }
  /** A snapshot begins: what is not in it by its end is to be dropped. */
  | { kind: "started_over"; why: string }
  /** Records, as lines to be stored as they came, and the heads read from them. */
  | { kind: "arrived"; lines: string[]; heads: RecordHead[] }
  /** Records out of scope or deleted: to be dropped. */
  | { kind: "gone"; ids: string[] }
  /** Part of the answer to a check. */
  | { kind: "listed"; ids: [string, number][] }
  /** Commands that were answered before, each with the result that it has now. */
  | { kind: "revised"; amended: Amended[] }
  | { kind: "ended"; end: End };

export type Phase = "hello" | "results" | "preface" | "records" | "ended";

// A line type → the phases it may come in, and the phase after it.
const EARLY: readonly Phase[] = ["results", "preface"];
const ANY: readonly Phase[] = [...EARLY, "records"];
const RULES: Record<ControlLine["t"] | "record", readonly [readonly Phase[], Phase]> = {
  hello: [["hello"], "results"],
  result: [["results"], "results"],
  promises: [EARLY, "preface"],
  reset: [EARLY, "preface"],
  have: [EARLY, "preface"],
  left: [ANY, "records"],
  deleted: [ANY, "records"],
  record: [ANY, "records"],
  amended: [ANY, "records"],
  end: [ANY, "ended"],
};

/** One request and its response. */
export class Exchange {
  readonly check: boolean;
  readonly fetch: readonly string[];
  phase: Phase = "hello";
  welcome: Welcome | null = null;
  end: End | null = null;
  settled = 0;
  records = 0;

  constructor(
    readonly device: Device,
    ask: { check?: boolean; fetch?: readonly string[] } = {},
  ) {
    this.check = ask.check ?? false;
    this.fetch = (ask.fetch ?? []).slice(0, MAX_FETCH);
  }

  /** The request's body, in chunks of whole lines. */
  *request(): Generator<string> {
    const { device } = this;
    const lines = device.lines ?? [];
    const say = (message: RequestLine) => `${lineOf(message)}\n`;
    yield say({
      t: "hello",
      protocol: device.protocol ?? PROTOCOL,
      instance: device.instance,
      app: device.app,
      epoch: device.epoch,
      cursor: device.cursor,
      catalogue: device.catalogue,
      promises: device.promises,
      limit: device.limit ?? 5_000,
      clock: device.clock,
      guest: device.guest,
      amended: device.amended,
      health: device.health ?? {},
    });
    for (let start = 0; start < lines.length; start += 500) yield `${lines.slice(start, start + 500).join("\n")}\n`;
    if (this.check) yield say({ t: "check" });
    if (this.fetch.length) yield say({ t: "fetch", ids: [...this.fetch] });
    yield say({ t: "end", commands: lines.length });
  }

  /** The events in the next whole lines of the response, in order; runs of records come as one event. */
  receive(lines: Iterable<string>): Event[] {
    const events: Event[] = [];
    for (const line of lines) {
      const head = readHead(line);
      if (!CONTROL_TYPES.has(head.t)) {
        this.#record(line, head, events);
        continue;
      }
      const message = readControl(line);
      this.#advance(message.t);
      const last = events.at(-1);
      switch (message.t) {
        case "result":
          message.seq = this.#seqOf(message);
          if (message.status !== "retry") this.settled += 1;
          if (last?.kind === "answered") last.results.push(message);
          else events.push({ kind: "answered", results: [message] });
          break;
        case "left":
        case "deleted":
          if (last?.kind === "gone") last.ids.push(message.id);
          else events.push({ kind: "gone", ids: [message.id] });
          break;
        case "hello":
          this.welcome = message;
          events.push({ kind: "opened", welcome: message });
          break;
        case "promises":
          events.push({ kind: "promised", promises: message });
          break;
        case "reset":
          events.push({ kind: "started_over", why: message.why });
          break;
        case "have":
          events.push({ kind: "listed", ids: message.ids });
          break;
        case "amended":
          if (last?.kind === "revised") last.amended.push(message);
          else events.push({ kind: "revised", amended: [message] });
          break;
        case "end":
          this.end = message;
          events.push({ kind: "ended", end: message });
      }
    }
    return events;
  }

  /** The response is over. `body_cut` where it had no `end`: keep the results, drop the rest, come again. */
  finish(): End {
    if (this.end === null) throw bodyCut("the answer was cut off before its end");
    return this.end;
  }

  #record(line: string, head: RecordHead, events: Event[]): void {
    this.#advance("record");
    // Not a record: a kind of line that a later version may add. It says nothing we could keep.
    if (!head.id) return;
    this.records += 1;
    const last = events.at(-1);
    if (last?.kind === "arrived") {
      last.lines.push(line);
      last.heads.push(head);
    } else {
      events.push({ kind: "arrived", lines: [line], heads: [head] });
    }
  }

  #advance(kind: keyof typeof RULES): void {
    const [allowed, then] = RULES[kind];
    if (!allowed.includes(this.phase)) throw malformed(`a ${kind} line cannot come while in ${this.phase}`);
    this.phase = then;
  }

  #seqOf(result: Result): number | null {
    return result.seq ?? this.device.seqs?.[(result.line ?? 0) - 1] ?? null;
  }
}

/** What the next request of a session is for. */
export type Aim = "exchange" | "check" | "mend" | "start_over" | "nothing";

/** Requests in one session: more means that the two sides do not converge, and the timer will try again. */
export const MAX_ROUNDS = 1_000;

/** A run of exchanges that ends when this device and the server hold the same.
 *
 * Drive it so: `nextRequest(device)` until null; after each response, `closed(...)` with what the store now holds.
 */
export class Session {
  aim: Aim = "exchange";
  rounds = 0;
  mended = 0;
  #fetch: string[] = [];
  #startedOver = false;

  /** The next exchange, or null when there is nothing left to ask. */
  nextRequest(device: Device): Exchange | null {
    if (this.aim === "nothing" || this.rounds >= MAX_ROUNDS) return null;
    this.rounds += 1;
    return new Exchange(this.aim === "start_over" ? { ...device, cursor: null } : device, {
      check: this.aim === "check",
      fetch: this.aim === "mend" ? this.#fetch.splice(0, MAX_FETCH) : [],
    });
  }

  /** What the comparison after a check found (`difference` in digest.ts); the store has dropped `drop`. */
  differs(fetch: readonly string[], drop: readonly string[]): void {
    this.mended += fetch.length + drop.length;
    this.#fetch = [...fetch];
  }

  /** An exchange ended whole: what next? `held` is the store's digest by scope, `waiting` its unsent count. */
  closed(exchange: Exchange, held: readonly (readonly [number, string])[] | null, waiting: number): void {
    const end = exchange.finish();
    const epoch = exchange.device.epoch ?? null;
    const newEpoch = epoch !== null && epoch !== exchange.welcome?.epoch;
    // Commands that only got `retry` wait for the timer; going round at once would not help them.
    const moving = exchange.settled > 0 || !exchange.device.lines?.length || newEpoch;
    if (this.#fetch.length) {
      this.aim = "mend";
    } else if (end.more || (waiting > 0 && moving)) {
      this.aim = "exchange";
    } else if (end.digest === null || held === null || JSON.stringify(end.digest) === JSON.stringify(held)) {
      this.aim = "nothing";
    } else if (this.aim === "exchange") {
      this.aim = "check";
    } else if (!this.#startedOver) {
      // Mending row by row did not help: pull everything anew, once.
      this.#startedOver = true;
      this.aim = "start_over";
    } else {
      this.aim = "nothing";
    }
  }
}
