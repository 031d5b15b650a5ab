/** The network, and nothing else: what goes out, what comes back, and every way it can fail as one of ours.
 *
 * A response is received whole before anything of it is stored, so a slow network never holds a transaction open.
 */

import type { Status } from "../desk.ts";
import { MEDIA } from "../sync/codec.ts";
import { fromProblem, TenggatError } from "../sync/errors.ts";
import { MAX_BODY } from "../sync/messages.ts";

/** Milliseconds between two bytes of an answer. */
const TIMEOUT = 60_000;

/** A browser does not tell how far a request has left. Waiting a millisecond for each of its bytes lets one through
 * that goes out at a kilobyte a second, the worst that 2G has to offer. */
const MS_PER_BYTE = 1;

export type Progress = (now: NonNullable<Status["progress"]>) => void;

/** A response to an exchange, inflated, as far as it came. */
export interface Reply {
  chunks: Uint8Array[];
  /** When its first bytes came, in milliseconds of this device's clock. */
  at: number;
}

/** What the engine needs of a network; tests have their own. */
export interface Transport {
  exchange(token: string, lines: Iterable<string>, progress: Progress): Promise<Reply>;
  /** The city's catalogue; null where the server's is still this version. */
  catalogue(version: string | null): Promise<Uint8Array<ArrayBuffer> | null>;
  /** A file of a case: its bytes, and their media type. */
  file(token: string, path: string): Promise<{ type: string; bytes: Uint8Array<ArrayBuffer> }>;
  /** A plain JSON call: what came back, or null where nothing did; or, where `known` names the version that is held,
   * nothing new. */
  call(method: string, path: string, body?: unknown, token?: string | null, known?: string): Promise<unknown>;
}

/** No answer from the server: no network, a name that leads nowhere, a connection that broke, a time-out. */
export const unreachable = (detail: string) => new TenggatError("unreachable", detail);

/** Something answered that is not a Tenggat server: often the sign-in page of a public Wi-Fi. */
export const notOurServer = (detail: string) => new TenggatError("not_our_server", detail);

export interface HttpOptions {
  /** "https://…" of another origin; the page's own where it is empty. */
  server?: string;
  fetch?: typeof fetch;
  clock?: () => Date;
  timeout?: number;
}

// What came: all of it, or as far as it did.
interface Received {
  response: Response;
  chunks: Uint8Array[];
  size: number;
  at: number;
  /** Why it is not whole. */
  broke: unknown;
}

/** HTTP to one server. */
export class HttpTransport implements Transport {
  private readonly options: Required<HttpOptions>;

  constructor(options: HttpOptions = {}) {
    this.options = {
      server: "",
      // A method of the window: it must be called as one.
      fetch: (...request) => fetch(...request),
      clock: () => new Date(),
      timeout: TIMEOUT,
      ...options,
    };
  }

  async exchange(token: string, lines: Iterable<string>, progress: Progress): Promise<Reply> {
    const [body, encoding] = await compressed(new TextEncoder().encode([...lines].join("")));
    progress({ what: "sending", done: 0, all: body.length });
    const headers = { ...encoding, ...bearer(token), "Content-Type": MEDIA };
    const received = await this.ask("POST", "/api/v1/sync", { body, headers }, body.length, progress);
    refuse(received, MEDIA);
    // One that breaks off is given out as far as it came: what became of the commands can still be read from it.
    if (received.broke && !received.size) throw unreachable("the connection broke before the answer came");
    return { chunks: received.chunks, at: received.at };
  }

  async catalogue(version: string | null): Promise<Uint8Array<ArrayBuffer> | null> {
    const headers: HeadersInit = version ? { "If-None-Match": `"${version}"` } : {};
    // As the page's own preload asks for it, so that it is loaded once.
    const received = await this.ask("GET", "/api/v1/catalogue", { headers, credentials: "same-origin" });
    if (received.response.status === 304) return null;
    refuse(received, "application/json");
    return whole(received);
  }

  async file(token: string, path: string): Promise<{ type: string; bytes: Uint8Array<ArrayBuffer> }> {
    const received = await this.ask("GET", path, { headers: bearer(token), cache: "no-store" });
    refuse(received, ...FILES);
    return { type: mediaOf(received.response), bytes: whole(received) };
  }

  async call(method: string, path: string, body?: unknown, token?: string | null, known?: string): Promise<unknown> {
    const headers = {
      ...(token && bearer(token)),
      ...(body !== undefined && { "Content-Type": "application/json" }),
      ...(known && { "If-None-Match": `"${known}"` }),
    };
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const received = await this.ask(method, path, { ...sent, headers });
    if (received.response.status === 204 || (known && received.response.status === 304)) return null;
    refuse(received, "application/json");
    const found = jsonIn(whole(received));
    if (found !== undefined) return found;
    throw notOurServer("the answer cannot be read");
  }

  private async ask(
    method: string,
    path: string,
    init: RequestInit,
    sending = 0,
    progress: Progress = () => {},
  ): Promise<Received> {
    const { server, fetch, clock, timeout } = this.options;
    const control = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const within = (milliseconds: number) => {
      clearTimeout(timer);
      timer = setTimeout(() => control.abort(), milliseconds);
    };
    within(timeout + sending * MS_PER_BYTE);
    try {
      const response = await fetch(server + path, {
        method,
        credentials: "omit",
        // A redirect would only ever come from something between us and the server.
        redirect: "manual",
        signal: control.signal,
        ...init,
      });
      const received: Received = { response, chunks: [], size: 0, at: clock().getTime(), broke: null };
      const total = Number(response.headers.get("Content-Length"));
      const plain = !response.headers.get("Content-Encoding");
      try {
        const reader = response.body?.getReader();
        while (reader) {
          within(timeout);
          const { done, value } = await reader.read();
          if (done) break;
          received.chunks.push(value);
          received.size += value.length;
          if (received.size > MAX_BODY) throw new Error(`the answer is over ${MAX_BODY} bytes`);
          progress({ what: "receiving", done: received.size, all: plain && total ? total : null });
        }
      } catch (error) {
        received.broke = error;
        control.abort();
      }
      return received;
    } catch (error) {
      throw unreachable(`${server || "the server"} cannot be reached: ${reason(error)}`);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** What files come as; a sign-in page in between would come as something else. */
const FILES = ["image/jpeg", "image/png", "image/webp", "application/pdf"];

function mediaOf(response: Response): string {
  return (response.headers.get("Content-Type") ?? "").split(";")[0]?.trim() ?? "";
}

function refuse(received: Received, ...expected: string[]): void {
  const { response } = received;
  const media = mediaOf(response);
  if (media === "application/problem+json") {
    const body = jsonIn(whole(received));
    if (typeof body === "object" && body !== null) throw fromProblem(body as Record<string, unknown>);
  }
  const { status } = response;
  if (status >= 500 || status === 429) throw unreachable(`the server answered ${status}`);
  if ((status !== 200 && status !== 201) || !expected.includes(media)) {
    throw notOurServer(`something other than the city's server answered: ${status} ${media || "nothing"}`);
  }
}

/** Undefined where it is none. */
function jsonIn(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

function whole({ chunks, size, broke }: Received): Uint8Array<ArrayBuffer> {
  if (broke) throw unreachable(`the connection broke: ${reason(broke)}`);
  const bytes = new Uint8Array(size);
  let place = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, place);
    place += chunk.length;
  }
  return bytes;
}

/** Compressed where the browser can; every server takes it plain as well. */
async function compressed(body: Uint8Array<ArrayBuffer>): Promise<[Uint8Array<ArrayBuffer>, Record<string, string>]> {
  if (typeof CompressionStream === "undefined") return [body, {}];
  const stream = new Blob([body]).stream().pipeThrough(new CompressionStream("gzip"));
  return [new Uint8Array(await new Response(stream).arrayBuffer()), { "Content-Encoding": "gzip" }];
}

function bearer(token: string): { Authorization: string } {
  return { Authorization: `Bearer ${token}` };
}

/** The innermost cause, in one line. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error as { cause?: unknown };
  return cause ? reason(cause) : error.message || error.name;
}
