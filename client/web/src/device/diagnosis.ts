/** How this device stands, for an admin who asked: counts, versions, codes and times (schemas/diagnosis.py).
 *
 * Nothing that anybody typed, no name, no number of a case.
 */

import { PROTOCOL } from "../sync/messages.ts";
import { WAITING } from "../sync/outbox.ts";
import type { Here, Store } from "./store.ts";
import type { Transport } from "./transport.ts";

const ROUTE = "/api/v1/diagnoses";

/** Refusals that are told of. */
const MOST = 50;

/** Send the report. `free`: bytes that the browser would still store. */
export async function tell(store: Store, transport: Transport, free: number | null): Promise<void> {
  const [token, report] = await store.read(async here => [
    await here.meta.get("token"),
    await reportOf(here, store, free),
  ]);
  await transport.call("POST", ROUTE, report, token);
  await store.change("relaxed", async ({ meta }) => meta.set("diagnose", null));
}

/** The report, as it is sent; what is not known is null. */
export async function reportOf(here: Here, store: Store, free: number | null): Promise<Record<string, unknown>> {
  const { meta, outbox, records, files } = here;
  const [rows, instances, { bytes, oldest }, queue, conflicts, held, known] = await Promise.all([
    outbox.rows(),
    outbox.instances(),
    outbox.waiting(),
    files.queue(),
    records.conflicts(),
    records.count(),
    meta.some(...KNOWN),
  ]);
  const waiting = rows.filter(row => WAITING.includes(row.state));
  const refused = rows.filter(row => row.state === "refused").slice(-MOST);
  const { skew, epoch, catalogue, promises, last_error } = known;
  return {
    app: store.app,
    platform: platform(),
    protocol: PROTOCOL,
    clock: store.stamp(),
    ...{ skew, epoch, catalogue, promises },
    cursor: known.cursor !== null,
    snapshot: known.snapshot === true,
    instances: instances.length,
    records: held,
    conflicts,
    mended: known.mended ?? 0,
    outbox: counted(rows.map(row => row.state)),
    waiting: counted(waiting.map(row => row.kind)),
    oldest,
    bytes,
    refused: refused.map(({ kind, result }) => ({ kind, status: result?.status ?? null, code: result?.code ?? null })),
    files: counted(queue.map(row => (row.state === "refused" ? "refused" : "waiting"))),
    free,
    failed: known.failed ?? 0,
    trouble: last_error?.code ?? null,
    trouble_at: last_error?.at ?? null,
    ended: known.last_success,
    ended_here: known.last_success_here,
    upgrade: known.upgrade === true,
  };
}

const KNOWN = [
  ...(["skew", "epoch", "catalogue", "promises", "cursor", "snapshot", "mended", "failed", "last_error"] as const),
  ...(["last_success", "last_success_here", "upgrade"] as const),
] as const;

function counted(words: readonly string[]): Record<string, number> {
  const found: Record<string, number> = {};
  for (const word of words) found[word] = (found[word] ?? 0) + 1;
  return found;
}

/** The browser and its system, in the characters that a report may have. */
function platform(): string {
  return (globalThis.navigator?.userAgent ?? "").replace(/[^\w .:+/()-]/g, " ").slice(0, 120);
}
