/** The shared cases of `exchange.json`: what a response's lines become, and what a session asks next. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { readControl, readHead } from "../../src/sync/codec.ts";
import { TenggatError } from "../../src/sync/errors.ts";
import { type Device, type Event, Exchange, MAX_ROUNDS, Session } from "../../src/sync/exchange.ts";
import { CONTROL_TYPES } from "../../src/sync/messages.ts";
import { cases, file } from "../vectors.ts";

type Json = Record<string, unknown>;

const vectors = file("exchange", ["responses", "malformed", "heads", "requests", "sessions"]);

function deviceOf(one: { device: Partial<Device> }): Device {
  return { instance: "00000000-0000-4000-8000-00000000000a", ...one.device };
}

/** The code of what `act` throws; null where it goes through. */
function refused(act: () => void): string | null {
  try {
    act();
    return null;
  } catch (error) {
    if (error instanceof TenggatError) return error.code;
    throw error;
  }
}

/** A message as the cases have it: without what equals its default. */
function told(message: object): Json {
  const empty = (value: unknown) =>
    value === null || value === false || (typeof value === "object" && Object.keys(value).length === 0);
  return Object.fromEntries(Object.entries(message).filter(([name, value]) => name === "seq" || !empty(value)));
}

function plain(event: Event): Json {
  switch (event.kind) {
    case "opened":
      return { ...event, welcome: told(event.welcome) };
    case "answered":
      return { ...event, results: event.results.map(told) };
    case "ended":
      return { ...event, end: told(event.end) };
    case "arrived":
      return { kind: event.kind, lines: event.lines, ids: event.heads.map(head => head.id) };
    default:
      return { ...event };
  }
}

interface ResponseCase {
  name: string;
  device: Partial<Device>;
  batches: string[][];
  events: Json[][];
  error: string | null;
  phase: string;
  settled: number;
  records: number;
  whole: boolean;
}

for (const one of cases<ResponseCase>(vectors, "responses")) {
  test(`response: ${one.name}`, () => {
    const run = new Exchange(deviceOf(one));
    const events: Json[][] = [];
    const error = refused(() => {
      for (const batch of one.batches) events.push(run.receive(batch).map(plain));
    });
    assert.deepEqual(events, one.events);
    assert.equal(error, one.error);
    assert.deepEqual([run.phase, run.settled, run.records], [one.phase, one.settled, one.records]);
    assert.equal(
      refused(() => run.finish()),
      one.whole ? null : "body_cut",
    );
    if (one.whole) assert.equal(run.finish(), run.end);
  });
}

for (const { line } of cases<{ line: string }>(vectors, "malformed")) {
  test(`malformed: ${line.slice(0, 60)}`, () => {
    const read = () => {
      if (CONTROL_TYPES.has(readHead(line).t)) readControl(line);
    };
    assert.equal(refused(read), "malformed");
  });
}

test("malformed: numbers that cannot be told apart, and lines that are no control lines", () => {
  assert.equal(
    refused(() => readHead('{"t":"case","id":"a","v":9007199254740993}')),
    "malformed",
  );
  for (const t of ["case", "constructor", "__proto__"]) {
    assert.equal(
      refused(() => readControl(`{"t":"${t}","id":"a","v":1}`)),
      "malformed",
    );
  }
});

for (const one of cases<{ line: string; head: Json }>(vectors, "heads")) {
  test(`head: ${one.line.slice(0, 60)}`, () => assert.deepEqual(readHead(one.line), one.head));
}

test("what one line does not have is not shared with the next", () => {
  readHead('{"t":"case","id":"a","v":1}').scopes.push("x");
  assert.deepEqual(readHead('{"t":"case","id":"a","v":1}').scopes, []);
});

interface RequestCase {
  name: string;
  device: Partial<Device>;
  check: boolean;
  fetch: string[];
  lines: string[];
}

for (const one of cases<RequestCase>(vectors, "requests")) {
  test(`request: ${one.name}`, () => {
    const chunks = [...new Exchange(deviceOf(one), { check: one.check, fetch: one.fetch }).request()];
    assert.ok(chunks.every(chunk => chunk.endsWith("\n")));
    const lines = chunks.join("").split("\n").slice(0, -1);
    const commands = one.device.lines ?? [];
    assert.deepEqual(lines.slice(1, 1 + commands.length), commands, "to the byte");
    assert.equal(lines.length, one.lines.length);
    for (const [place, wanted] of one.lines.entries()) {
      const line = lines[place] ?? "";
      if (!commands.includes(line)) assert.deepEqual(JSON.parse(line), JSON.parse(wanted));
    }
  });
}

test("request: nothing of a device but what hello has leaves it", () => {
  const device = { ...deviceOf({ device: {} }), token: "secret", epoch: "e" };
  const body = [...new Exchange(device).request()].join("");
  assert.ok(!body.includes("secret") && body.includes('"epoch":"e"'));
});

interface Step {
  device: Partial<Device>;
  asks: { check: boolean; fetch: string[]; cursor: string | null } | null;
  lines: string[];
  held: [number, string][] | null;
  waiting: number;
  aim: string;
  differs?: { fetch: string[]; drop: string[] };
  times?: number;
  error?: string;
}

function walk(session: Session, step: Step): void {
  const run = session.nextRequest(deviceOf(step));
  const asks = run && { check: run.check, fetch: run.fetch, cursor: run.device.cursor ?? null };
  assert.deepEqual(asks, step.asks);
  if (!run) return;
  run.receive(step.lines);
  if (step.differs) session.differs(step.differs.fetch, step.differs.drop);
  const error = refused(() => session.closed(run, step.held, step.waiting));
  assert.deepEqual([session.aim, error], [step.aim, step.error ?? null]);
}

for (const one of cases<{ name: string; steps: Step[]; rounds: number; mended: number }>(vectors, "sessions")) {
  test(`session: ${one.name}`, () => {
    const session = new Session();
    for (const step of one.steps) {
      for (let time = 0; time < (step.times ?? 1); time += 1) walk(session, step);
    }
    assert.deepEqual([session.rounds, session.mended], [one.rounds, one.mended]);
  });
}

test("session: the longest run is among the cases", () => {
  const longest = cases<{ rounds: number }>(vectors, "sessions").some(one => one.rounds === MAX_ROUNDS);
  assert.ok(longest);
});
