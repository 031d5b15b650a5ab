/** A server in a few lines, and the network to it: it keeps keys, a feed and digests as the protocol says, and can be
 * told to fail in every way that a network does.
 */

import { createHash } from "node:crypto";
import type { Values } from "../../src/desk.ts";
import type { Progress, Reply, Transport } from "../../src/device/transport.ts";
import { digestOf } from "../../src/sync/digest.ts";
import { TenggatError } from "../../src/sync/errors.ts";
import type { Command, Hello, RequestLine, Result } from "../../src/sync/messages.ts";
import { ME, MINE, NOW } from "./bench.ts";
import { CITY } from "./city.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

export const CATALOGUE = bytes(JSON.stringify(CITY));
export const versionOf = (body: Uint8Array) => createHash("sha256").update(body).digest("hex").slice(0, 12);

type Kept = { id: string; v: number; scopes: string[] } & Record<string, unknown>;

export class FakeServer implements Transport {
  epoch = "e1";
  now = NOW;
  catalogueBody = CATALOGUE;
  scopes = [MINE];
  person: Values = { id: ME, name: "Tamu", kind: "guest", roles: ["citizen"] };
  page = 1_000;
  wipe = false;
  upgrade = false;
  /** What happens to the next exchanges, in order; whole once it is empty. */
  readonly fate: (TenggatError | "lost" | { cut: number } | { garbled: number })[] = [];
  /** Instances that belong to somebody else. */
  readonly taken = new Set<string>();
  /** Statuses by kind of command; the others are applied. */
  readonly verdict = new Map<string, Partial<Result>>();
  readonly feed: Kept[] = [];
  readonly answers = new Map<string, { line: string; result: Result }>();
  readonly requests: RequestLine[][] = [];
  readonly tokens: string[] = [];
  catalogues = 0;
  /** Whether nobody answers when it is asked for the catalogue. */
  away = false;
  calls: unknown[][] = [];
  /** Runs while the answer is on its way. */
  meanwhile: () => Promise<void> = async () => {};

  /** A record comes, or another version of it. */
  put(record: Kept): void {
    const old = this.feed.findIndex(({ id }) => id === record.id);
    if (old >= 0) this.feed.splice(old, 1, { ...record, scopes: [], id: "" });
    this.feed.push(record);
  }

  /** The bytes of all files of a case arrived. */
  arrive(id: string): void {
    const before = this.feed.find(record => record.id === id);
    if (!before) throw new Error("there is no such case");
    const attachments = (before.attachments as object[]).map(one => ({ ...one, arrived: NOW }));
    this.put({ ...before, v: before.v + 1, attachments });
  }

  held(): Kept[] {
    return this.feed.filter(record => record.scopes.some(scope => this.scopes.includes(scope)));
  }

  async exchange(token: string, lines: Iterable<string>, progress: Progress): Promise<Reply> {
    this.tokens.push(token);
    const text = [...lines].join("");
    progress({ what: "sending", done: 0, all: text.length });
    const sent = text.split("\n").slice(0, -1);
    const request = sent.map(line => JSON.parse(line) as RequestLine);
    this.requests.push(request);
    const fate = this.fate.shift();
    if (fate instanceof TenggatError) throw fate;
    const answer = this.answer(request, sent);
    await this.meanwhile();
    if (fate === "lost") throw new TenggatError("unreachable", "the answer was lost");
    const whole = bytes(answer.map(line => `${line}\n`).join(""));
    if (fate && "garbled" in fate) whole[fate.garbled] = 0xff;
    const body =
      fate && "cut" in fate
        ? bytes(
            answer
              .slice(0, fate.cut)
              .map(line => `${line}\n`)
              .join(""),
          )
        : whole;
    progress({ what: "receiving", done: body.length, all: null });
    return { chunks: [body.slice(0, 7), body.slice(7)], at: Date.parse(NOW) + 5_400 };
  }

  async catalogue(version: string | null): Promise<Uint8Array<ArrayBuffer> | null> {
    if (this.away) throw new TenggatError("unreachable", "no network");
    this.catalogues += 1;
    return versionOf(this.catalogueBody) === version ? null : this.catalogueBody;
  }

  async call(...given: unknown[]): Promise<unknown> {
    this.calls.push(given);
    return { token: "n".repeat(43), person: this.person };
  }

  /** Files by their path. */
  readonly files = new Map<string, { type: string; bytes: Uint8Array<ArrayBuffer> }>();
  readonly asked: string[] = [];

  async file(_: string, path: string): Promise<{ type: string; bytes: Uint8Array<ArrayBuffer> }> {
    this.asked.push(path);
    const found = this.files.get(path);
    if (!found) throw new TenggatError("not_found", "there is no such file");
    return found;
  }

  private answer(request: RequestLine[], lines: string[]): string[] {
    const hello = request[0] as Hello;
    if (this.taken.has(hello.instance)) throw new TenggatError("instance_taken", "of somebody else");
    const stale = hello.epoch && hello.epoch !== this.epoch;
    const results = request.flatMap((message, place) =>
      message.t === "command" ? [this.apply(hello, message, lines[place] ?? "", Boolean(stale))] : [],
    );
    const seqs = [...this.answers.keys()]
      .filter(key => key.startsWith(hello.instance))
      .map(key => Number(key.slice(37)));
    const { epoch, now, scopes, person, wipe, upgrade } = this;
    const said = [
      {
        ...{ t: "hello", protocol: 1, epoch, now, highest: Math.max(0, ...seqs), scopes: wipe ? [] : scopes, person },
        ...{ catalogue: versionOf(this.catalogueBody), wipe, upgrade },
      },
      ...results,
    ] as object[];
    if (wipe || upgrade) return [...said, { t: "end" }].map(line => JSON.stringify(line));
    const reset = !hello.cursor || stale || hello.cursor.split("/")[1] !== String(scopes);
    const from = reset ? 0 : Number(hello.cursor?.split("/")[0]);
    if (request.some(({ t }) => t === "check")) said.push({ t: "have", ids: this.held().map(({ id, v }) => [id, v]) });
    if (reset) said.push({ t: "reset", why: "unknown" });
    const asked = request.flatMap(message => (message.t === "fetch" ? message.ids : []));
    said.push(...this.held().filter(({ id }) => asked.includes(id)));
    const coming = this.feed.slice(from, from + this.page);
    said.push(...coming.filter(record => this.held().includes(record)));
    const more = from + coming.length < this.feed.length;
    const digest = scopes.map(scope =>
      digestOf(this.feed.filter(record => record.scopes.includes(scope)).map(({ id, v }) => [id, v] as const)),
    );
    said.push({ t: "end", cursor: `${from + coming.length}/${scopes}`, more, ...(!more && { digest }) });
    return said.map(line => JSON.stringify(line));
  }

  private apply(hello: Hello, command: Command, line: string, stale: boolean): Result {
    const { seq, kind, case: id } = command;
    if (stale) return { t: "result", seq, status: "retry", code: "new_epoch" };
    const key = `${hello.instance}/${seq}`;
    const known = this.answers.get(key);
    if (known)
      return known.line === line ? known.result : { t: "result", seq, status: "quarantined", code: "seq_reused" };
    const verdict = this.verdict.get(kind) ?? {};
    const result: Result = { t: "result", seq, status: "applied", case: id, ...verdict };
    if (result.status === "applied") {
      const data = command.data as { service?: string; set?: Values; action?: string; attach?: object[] };
      const before = this.feed.find(record => record.id === id);
      const v = (before?.v ?? 0) + 1;
      const stage = data.action === "submit" ? "completeness" : (before?.stage ?? "draft");
      const number = data.action ? `IZN-2026-${String(this.feed.length + 1).padStart(6, "0")}` : before?.number;
      const fields = { ...(before?.fields as Values), ...data.set };
      const service = before?.service ?? data.service;
      this.put({
        ...{ t: "case", id, v, scopes: [MINE], service, rule: 1, stage, number, created: NOW, owner: ME },
        fields,
        attachments: [...((before?.attachments as object[]) ?? []), ...(data.attach ?? [])],
      });
      Object.assign(result, { version: v }, number && { number });
    }
    if (result.status !== "retry") this.answers.set(key, { line, result });
    return result;
  }
}
