/** The shared cases of the protocol, run in TypeScript.
 *
 * Left out, because a client has no such function: `cursor.json` and, of `codec.json`, `accepts` and
 * `malformed_requests` (a cursor is the server's, as are choosing a coding and reading requests).
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { lineOf, linesIn, readControl, readHead } from "../../src/sync/codec.ts";
import {
  add,
  difference,
  digestOf,
  fromHex,
  recordHash,
  signed,
  subtract,
  toHex,
  unsigned,
} from "../../src/sync/digest.ts";
import { TenggatError } from "../../src/sync/errors.ts";
import { merge } from "../../src/sync/merge.ts";
import { type ControlLine, MAX_LINE, type RequestLine, STATUSES } from "../../src/sync/messages.ts";
import {
  EVENT_OF,
  EVENTS,
  type Event,
  KEEP_DAYS,
  nextInstance,
  STATES,
  type State,
  step,
  WAITING,
} from "../../src/sync/outbox.ts";
import { delay } from "../../src/sync/schedule.ts";
import { cases, file } from "../vectors.ts";

type Json = Record<string, unknown>;

function refusal(code: string): (error: unknown) => boolean {
  return error => error instanceof TenggatError && error.code === code && error.detail !== "";
}

// ---- merge ----

interface MergeCase {
  name: string;
  ours: Json;
  patch: Json;
  was: Json;
  values: Json;
  taken: string[];
  disagreements: Json[];
}

for (const one of cases<MergeCase>(file("merge", ["cases"]), "cases")) {
  test(`merge: ${one.name}`, () => {
    const before = JSON.stringify(one);
    const merged = merge(one.ours, one.patch, one.was);
    // As text, because the order of fields counts.
    assert.equal(JSON.stringify(merged.values), JSON.stringify(one.values));
    assert.deepEqual(merged.taken, one.taken);
    assert.equal(JSON.stringify(merged.disagreements), JSON.stringify(one.disagreements));
    assert.equal(JSON.stringify(one), before, "nothing given is changed");
  });
}

// ---- outbox ----

const outbox = file("outbox", ["transitions", "results", "waiting", "keep_days", "next_instances"]);
const transitions = cases<{ state: State; event: Event; to: State | null }>(outbox, "transitions");

test("outbox: every state and event", () => {
  const given = transitions.map(row => `${row.state} ${row.event}`);
  const all = STATES.flatMap(state => EVENTS.map(event => `${state} ${event}`));
  assert.deepEqual(given.sort(), all.sort());
});

for (const row of transitions) {
  test(`outbox: ${row.state} ${row.event}`, () => {
    if (row.to === null) assert.throws(() => step(row.state, row.event), refusal("frozen"));
    else assert.equal(step(row.state, row.event), row.to);
  });
}

test("outbox: events of results", () => {
  const given = cases<{ status: string; event: string }>(outbox, "results").map(row => [row.status, row.event]);
  assert.deepEqual(EVENT_OF, Object.fromEntries(given));
  assert.deepEqual(Object.keys(EVENT_OF).sort(), [...STATUSES].sort());
  assert.deepEqual(WAITING, outbox.waiting);
  assert.equal(KEEP_DAYS, outbox.keep_days);
});

for (const { taken, next } of cases<{ taken: string; next: string }>(outbox, "next_instances")) {
  test(`outbox: the id that follows ${taken}`, () => assert.equal(nextInstance(taken), next));
}

// ---- codec ----

const codec = file("codec", ["requests", "responses", "records", "frames"], ["accepts", "malformed_requests"]);

interface Line {
  line: string;
  message: Json;
}

/** What equals its default need not be written. */
function told(message: object, name: string): unknown {
  return (message as Json)[name] ?? (name === "data" ? {} : null);
}

for (const { line, message } of cases<Line>(codec, "requests")) {
  test(`a request: ${line.slice(0, 60)}`, () => {
    const written = lineOf(message as unknown as RequestLine);
    const again = JSON.parse(written);
    for (const [name, value] of Object.entries(message)) assert.deepEqual(told(again, name), value, name);
    assert.equal(lineOf(again), written);
    assert.ok(!written.includes("\n"));
    // And from the line itself, whatever else stands in it.
    assert.deepEqual(JSON.parse(lineOf(JSON.parse(line))), JSON.parse(line));
  });
}

for (const { line, message } of cases<Line>(codec, "responses")) {
  test(`a response: ${line.slice(0, 60)}`, () => {
    const read = readControl(line);
    for (const [name, value] of Object.entries(message)) assert.deepEqual(told(read, name), value, name);
    const written = lineOf(read);
    assert.deepEqual(readControl(written), read);
    assert.equal(lineOf(readControl(written)), written);
    assert.ok(!written.includes("\n"));
  });
}

for (const one of cases<{ line: string; t: string; id: string; v: number }>(codec, "records")) {
  test(`a record: ${one.line.slice(0, 60)}`, () => {
    const { t, id, v } = readHead(one.line);
    assert.deepEqual([t, id, v], [one.t, one.id, one.v]);
  });
}

interface Frame {
  name: string;
  chunks: string[];
  lines: string[];
  max_line?: number;
  error?: string;
}

for (const one of cases<Frame>(codec, "frames")) {
  test(`frames: ${one.name}`, () => {
    const whole = linesIn(one.max_line ?? MAX_LINE);
    const got: string[] = [];
    const read = () => {
      for (const chunk of one.chunks) got.push(...whole(Buffer.from(chunk, "base64")));
    };
    if (one.error === undefined) read();
    else assert.throws(read, refusal(one.error));
    assert.deepEqual(
      got,
      one.lines.map(line => Buffer.from(line, "base64").toString()),
    );
  });
}

test("frames: a chunk may be used again by whoever gave it", () => {
  const whole = linesIn();
  const chunk = new TextEncoder().encode("satu");
  whole(chunk);
  chunk.fill(0);
  assert.deepEqual(whole(new TextEncoder().encode("\n")), ["satu"]);
});

test("frames: what is not UTF-8 is malformed, and a byte order mark belongs to its line", () => {
  assert.throws(() => linesIn()(Uint8Array.of(0x7b, 0xff, 0x7d, 10)), refusal("malformed"));
  const [line = ""] = linesIn()(new TextEncoder().encode('\ufeff{"t":"end"}\n'));
  assert.throws(() => readControl(line), refusal("malformed"));
});

test("frames: a body has a limit", () => {
  const whole = linesIn(10, 5);
  assert.deepEqual(whole(Buffer.from("a\nb\nc")), ["a", "b"]);
  assert.throws(() => whole(Buffer.from("\n")), refusal("too_large"));
});

test("a line has no half of a character", () => {
  const data = { set: { a: "x\ud83d", b: "😀", c: "\\ud83d" } };
  const line = lineOf({ t: "command", seq: 1, kind: "case.edit", case: "c", at: "", base: 0, after: 0, data });
  assert.deepEqual(JSON.parse(line).data.set, { a: "x\ufffd", b: "😀", c: "\\ud83d" });
});

test("a line leaves out what need not be said, and keeps what a person gave", () => {
  const data = { set: { a: null, b: 0, c: false }, was: {} };
  const command = { t: "command", seq: 1, kind: "case.edit", case: "c", at: "", base: 0, after: 0, data } as const;
  assert.equal(
    lineOf(command),
    '{"t":"command","seq":1,"kind":"case.edit","case":"c","at":"","data":{"set":{"a":null,"b":0,"c":false},"was":{}}}',
  );
  const result: ControlLine = { t: "result", seq: null, status: "quarantined", line: 3 };
  assert.equal(lineOf(result), '{"t":"result","seq":null,"status":"quarantined","line":3}');
});

// ---- digest ----

const digest = file("digest", ["hashes", "sums", "arithmetic", "signed", "differences"]);

for (const one of cases<{ id: string; version: number; hash: string }>(digest, "hashes")) {
  test(`hash: ${one.id}:${one.version}`, () => {
    assert.equal(toHex(recordHash(one.id, one.version)), one.hash);
    assert.equal(fromHex(one.hash), recordHash(one.id, one.version));
  });
}

for (const one of cases<{ name: string; records: [string, number][]; count: number; sum: string }>(digest, "sums")) {
  test(`sum: ${one.name}`, () => assert.deepEqual(digestOf(one.records), [one.count, one.sum]));
}

for (const one of cases<{ total: string; op: string; hash: string; result: string }>(digest, "arithmetic")) {
  test(`arithmetic: ${one.total} ${one.op} ${one.hash}`, () => {
    const operation = { add, subtract }[one.op];
    assert.ok(operation);
    assert.equal(toHex(operation(fromHex(one.total), fromHex(one.hash))), one.result);
  });
}

for (const one of cases<{ unsigned: string; signed: string }>(digest, "signed")) {
  test(`signed: ${one.unsigned}`, () => {
    assert.equal(String(signed(fromHex(one.unsigned))), String(one.signed));
    assert.equal(toHex(unsigned(BigInt(one.signed))), one.unsigned);
  });
}

interface Difference {
  name: string;
  have: [string, number][];
  held: Record<string, number>;
  fetch: string[];
  drop: string[];
}

for (const { name, have, held, fetch, drop } of cases<Difference>(digest, "differences")) {
  test(`difference: ${name}`, () => {
    assert.deepEqual(difference(have, new Map(Object.entries(held))), { fetch, drop });
  });
}

// ---- schedule ----

interface Wait {
  name: string;
  failures: number;
  chance: number;
  asked: number | null;
  seconds: number;
}

for (const one of cases<Wait>(file("schedule", ["cases"]), "cases")) {
  test(`schedule: ${one.name}`, () => assert.equal(delay(one.failures, one.chance, one.asked), one.seconds));
}
