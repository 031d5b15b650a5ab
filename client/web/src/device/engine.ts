/** Runs exchanges: one at a time, again on a timer, and always to the end that the protocol names.
 *
 * The protocol's own decisions are in `sync/exchange.ts`; here they meet the store and the network.
 */

import type { Report, Status } from "../desk.ts";
import { linesIn } from "../sync/codec.ts";
import { TenggatError } from "../sync/errors.ts";
import { type Event, type Exchange, Session } from "../sync/exchange.ts";
import type { Alone } from "./alone.ts";
import type { Catalogue } from "./catalogue.ts";
import type { Applied, Store } from "./store.ts";
import { type Reply, type Transport, unreachable } from "./transport.ts";

/** Bytes between two tellings of how far an exchange has come. */
const NOTEWORTHY = 64 * 1024;

/** Exchanges of this device with one server. */
export class Engine {
  /** What is under way in this window. */
  progress: Status["progress"] = null;
  private shown = 0;

  constructor(
    private readonly store: Store,
    private readonly transport: Transport,
    private readonly catalogue: Catalogue,
    private readonly alone: Alone,
    /** Told whenever `progress` changed. */
    private readonly told: () => void = () => {},
    /** Bytes that the browser would still store. */
    private readonly free: () => Promise<number | null> = async () => null,
  ) {}

  /** Exchange until nothing is left to send or to fetch. Rejects with `already_syncing`, `not_signed_in`, `unreachable`
   * or another code; whatever was answered until then is stored. */
  sync(): Promise<Report> {
    return this.alone.now(async () => {
      try {
        return await this.exchanges();
      } catch (error) {
        const { code, detail, extra } = ours(error);
        const text = typeof extra.text === "object" ? { text: extra.text as Record<string, string> } : {};
        await this.remember({ code, detail, at: this.store.stamp(), ...text }, true);
        throw ours(error);
      } finally {
        this.show(null);
      }
    });
  }

  private async exchanges(): Promise<Report> {
    const report: Report = { exchanges: 0, sent: 0, received: 0, dropped: 0, mended: 0, refused: [] };
    const session = new Session();
    if (await this.fresh()) await this.knock();
    // Somebody who only looks has no token yet, and nothing to exchange.
    while (await this.token()) {
      const exchange = session.nextRequest(await this.store.take(await this.free()));
      if (!exchange) break;
      await this.exchange(exchange, session, report);
    }
    const known = await this.store.read(({ meta }) =>
      meta.some("catalogue", "server_catalogue", "last_error", "diagnose"),
    );
    if (known.catalogue === null || known.catalogue !== known.server_catalogue) await this.catalogue.update();
    if (known.last_error) await this.remember(null);
    if (known.diagnose) await this.tell();
    report.mended = session.mended;
    return report;
  }

  /** Whether something would leave for the first time. What was tried to be sent may have arrived and cannot be taken back
   * any more, so something small goes before it: the question whether there is a newer catalogue. */
  private fresh(): Promise<boolean> {
    return this.store.read(async ({ outbox }) => (await outbox.count("queued")) > 0);
  }

  /** Rejects where nobody answers, or somebody else does. What it answers is fetched again once the server told of it. */
  private async knock(): Promise<void> {
    await this.transport.catalogue(await this.store.read(({ meta }) => meta.get("catalogue")));
  }

  private async exchange(exchange: Exchange, session: Session, report: Report): Promise<void> {
    report.exchanges += 1;
    let reply: Reply;
    try {
      const token = (await this.token()) ?? "";
      reply = await this.transport.exchange(token, exchange.request(), now => this.show(now));
    } catch (error) {
      if (!(error instanceof TenggatError && error.code === "instance_taken")) throw error;
      // Our own instance id with someone else: this database is a copy. What waits goes on under the next id, and the
      // session goes round again.
      await this.store.change("strict", ({ outbox }) => outbox.rehome(exchange.device.instance));
      return;
    }
    this.show({ what: "storing", done: 0, all: null });
    const applied = await this.heard(exchange, reply);
    if (applied.mended) session.differs(applied.mended.fetch, applied.mended.drop);
    session.closed(exchange, applied.held, applied.waiting);
    report.sent += exchange.settled;
    report.received += applied.records;
    report.dropped += applied.gone;
    report.refused.push(...applied.results.filter(result => REFUSED.includes(result.status)));
  }

  /** Store what was answered; `unreachable` where it did not come whole. */
  private async heard(exchange: Exchange, reply: Reply): Promise<Applied> {
    const events: Event[] = [];
    let trouble: unknown = null;
    try {
      const cut = linesIn();
      for (const chunk of reply.chunks) events.push(...exchange.receive(cut(chunk)));
      const { now } = exchange.welcome ?? {};
      exchange.finish();
      const skew = Math.round((reply.at - Date.parse(now ?? "")) / 1000);
      return await this.store.apply(exchange.device, events, Number.isFinite(skew) ? skew : null);
    } catch (error) {
      trouble = error;
    }
    const code = trouble instanceof TenggatError ? trouble.code : "";
    // Of an answer that was cut off, or has no room here, what became of the commands is true; of a damaged one,
    // nothing is certain.
    const results = events.flatMap(event => (event.kind === "answered" ? event.results : []));
    if ((code === "body_cut" || code === "storage_full") && exchange.welcome && results.length) {
      await this.store.applyAnswers(exchange.device, exchange.welcome, results);
    }
    if (code !== "body_cut" && code !== "malformed" && code !== "too_large") throw trouble;
    throw unreachable(`the answer did not come whole: ${ours(trouble).detail}`);
  }

  /** An admin asked how this device stands. Where the answer does not arrive, or a service worker can load nothing
   * more, the server asks again. */
  private async tell(): Promise<void> {
    try {
      const { tell } = await import("./diagnosis.ts");
      await tell(this.store, this.transport, await this.free());
    } catch {
      // It is about troubles, and must be none itself.
    }
  }

  private token(): Promise<string | null> {
    return this.store.read(({ meta }) => meta.get("token"));
  }

  private show(progress: Status["progress"]): void {
    const before = this.progress;
    this.progress = progress;
    // Bytes come in small chunks, and each telling makes screens ask anew.
    const more = (progress?.done ?? 0) - this.shown;
    if (before?.what === progress?.what && more < NOTEWORTHY) return;
    this.shown = progress?.done ?? 0;
    this.told();
  }

  private async remember(trouble: Status["last_error"], failed = false): Promise<void> {
    try {
      await this.store.change("relaxed", async ({ meta }) => {
        meta.set("last_error", trouble);
        meta.set("failed", failed ? ((await meta.get("failed")) ?? 0) + 1 : null);
        if (trouble?.code === "not_signed_in") meta.set("signed_out", true);
      });
    } catch {
      // Where nothing can be stored, this cannot either; whoever waits for the exchange hears of it.
    }
  }
}

const REFUSED: readonly string[] = ["rejected", "quarantined", "blocked"];

/** Every failure as one of ours: the timer must outlive also those that nobody foresaw. */
export function ours(error: unknown): TenggatError {
  if (error instanceof TenggatError) return error;
  return new TenggatError("internal", error instanceof Error ? `${error.name}: ${error.message}` : String(error));
}
