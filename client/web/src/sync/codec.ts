/** Bytes to lines and back: NDJSON framing with its limits, and lines as messages.
 *
 * A line here is a string, and a body's bytes are plain: the browser inflates by itself. Choosing a coding, inflating
 * and reading requests are the server's, and stand in the Python only.
 */

import { malformed, tooLarge } from "./errors.ts";
import {
  CONTROL_TYPES,
  type ControlLine,
  MAX_BODY,
  MAX_LINE,
  type RecordHead,
  type RequestLine,
  type Result,
  STATUSES,
  type Status,
} from "./messages.ts";

/** Content-Type of both bodies. */
export const MEDIA = "application/x-ndjson";

type Json = Record<string, unknown>;

// What need not be said, by type of line; null need not be said anywhere but as a result's `seq`.
const DEFAULTS: Record<string, Json> = {
  hello: { app: "", guest: false, amended: 0, wipe: false, upgrade: false, diagnose: false },
  command: { base: 0, after: 0 },
  end: { more: false },
};
const LONE_SURROGATE = /\p{Surrogate}/gu;

/** One message as one line, without its newline: JSON escapes any newline inside a string. */
export function lineOf(message: RequestLine | ControlLine): string {
  const defaults = DEFAULTS[message.t] ?? {};
  const said = Object.entries(message).filter(
    ([name, value]) => (value ?? null) !== (defaults[name] ?? null) || name === "seq",
  );
  // Half of an emoji, as a length limit in a browser may leave it, is no text: a server could not read the whole
  // line, and would set the command aside.
  return JSON.stringify(Object.fromEntries(said), (_, value: unknown) =>
    typeof value === "string" ? value.replace(LONE_SURROGATE, "\ufffd") : value,
  );
}

/** The message in one line of a response that is not a record. */
export function readControl(line: string): ControlLine {
  const json = parse(line);
  const t = text(json.t);
  if (!CONTROL_TYPES.has(t)) throw malformed(`not a valid line: unknown type ${t}`);
  return { t, ...read<Json>(CONTROL[t as ControlLine["t"]], json) } as unknown as ControlLine;
}

/** Type, id, version and the few fields a device lists by. */
export function readHead(line: string): RecordHead {
  return read(HEAD, parse(line));
}

function parse(line: string): Json {
  try {
    return object(JSON.parse(line));
  } catch (error) {
    throw malformed(`not a valid line: ${error}`);
  }
}

// Reads one field's value, undefined where the line has none; malformed where it is of another type.
type As<T> = (value: unknown) => T;
type Shape<T> = { [name in keyof T]-?: As<T[name]> };

function read<T>(shape: Shape<T>, json: Json): T {
  const found = Object.entries<As<unknown>>(shape).map(([name, as]) => [name, as(json[name])]);
  return Object.fromEntries(found.filter(([, value]) => value !== undefined));
}

function as<T>(is: (value: unknown) => boolean): As<T> {
  return value => {
    if (!is(value)) throw malformed(`not a valid line: ${JSON.stringify(value)?.slice(0, 80)} is of another type`);
    return value as T;
  };
}

const anything = as<unknown>(value => value !== undefined);
const text = as<string>(value => typeof value === "string");
// Beyond 2⁵³ two numbers could be read as one.
const whole = as<number>(Number.isSafeInteger);
const flag = as<boolean>(value => typeof value === "boolean");
const object = as<Json>(value => typeof value === "object" && value !== null && !Array.isArray(value));
const list = as<unknown[]>(Array.isArray);
const status = as<Status>(value => STATUSES.some(one => one === value));
const texts: As<Record<string, string>> = value => {
  Object.values(object(value)).forEach(text);
  return value as Record<string, string>;
};

function listOf<T>(each: As<T>): As<T[]> {
  return value => list(value).map(each);
}

function pair<A, B>(first: As<A>, second: As<B>): As<[A, B]> {
  return value => {
    const [left, right, ...others] = list(value);
    if (others.length) throw malformed("not a valid line: a pair of more than two");
    return [first(left), second(right)];
  };
}

/** Null where the line does not have the field, either. */
function orNull<T>(some: As<T>): As<T | null> {
  return value => (value === null || value === undefined ? null : some(value));
}

/** Absent where the line has null. */
function maybe<T>(some: As<T>): As<T | undefined> {
  return value => (value === null || value === undefined ? undefined : some(value));
}

/** `other` where the line does not have the field. */
function or<T>(other: () => T, some: As<T>): As<T> {
  return value => (value === undefined ? other() : some(value));
}

const empty = () => "";
const no = () => false;
const scopes = or(() => [], listOf(text));

const CONTROL: { [T in ControlLine["t"]]: Shape<Omit<Extract<ControlLine, { t: T }>, "t">> } = {
  hello: {
    protocol: whole,
    epoch: text,
    now: text,
    highest: whole,
    catalogue: text,
    scopes,
    person: or(() => ({}), object),
    wipe: or(no, flag),
    upgrade: or(no, flag),
    diagnose: or(no, flag),
  },
  result: {
    seq: orNull(whole),
    status,
    code: maybe(text),
    line: maybe(whole),
    case: maybe(text),
    version: maybe(whole),
    number: maybe(text),
    text: maybe(texts),
    details: maybe(object),
  },
  promises: { version: text, table: anything },
  reset: { why: text },
  left: { id: text },
  deleted: { id: text },
  have: { ids: listOf(pair(text, whole)) },
  amended: { n: whole, instance: text, result },
  end: {
    cursor: orNull(text),
    more: or(no, flag),
    digest: orNull(listOf(pair(whole, text))),
  },
};

function result(value: unknown): Result {
  const json = object(value);
  if (json.t !== "result") throw malformed("not a valid line: no result in what was amended");
  return { t: "result", ...read(CONTROL.result, json) };
}

const HEAD: Shape<RecordHead> = {
  t: text,
  id: or(empty, text),
  v: or(() => 0, whole),
  scopes,
  service: or(empty, text),
  number: orNull(text),
  stage: or(empty, text),
  office: or(empty, text),
  district: orNull(text),
  due: orNull(text),
  title: or(empty, text),
  conflicts: or(() => [], list),
};

/** Cuts a body into lines: call it with each chunk, in order, for the whole lines that this chunk completes.
 *
 * Empty lines are left out. A last line without newline is a cut one and never given out, so half a message can never
 * be mistaken for a broken one. `too_large` over the limits (in bytes), `malformed` for what is not UTF-8.
 */
export function linesIn(maxLine = MAX_LINE, maxBody = MAX_BODY): (chunk: Uint8Array) => string[] {
  // Damage must be heard of rather than stored as another text; a byte order mark belongs to the line, and spoils it.
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let rest = new Uint8Array();
  let total = 0;
  return chunk => {
    total += chunk.length;
    if (total > maxBody) throw tooLarge(`the body is over ${maxBody} bytes`);
    const bytes = joined(rest, chunk);
    const lines: string[] = [];
    let start = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
      if (end - start > maxLine) throw tooLarge(`a line is over ${maxLine} bytes`);
      if (end > start) lines.push(decoded(decoder, bytes.subarray(start, end)));
      start = end + 1;
    }
    rest = bytes.slice(start);
    if (rest.length > maxLine) throw tooLarge(`a line is over ${maxLine} bytes`);
    return lines;
  };
}

function joined(rest: Uint8Array, chunk: Uint8Array): Uint8Array {
  if (!rest.length) return chunk;
  const bytes = new Uint8Array(rest.length + chunk.length);
  bytes.set(rest);
  bytes.set(chunk, rest.length);
  return bytes;
}

function decoded(decoder: TextDecoder, bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw malformed("not a valid line: not UTF-8");
  }
}
