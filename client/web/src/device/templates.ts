/** The texts that an officer may answer with: fetched beside the catalogue, kept here, at hand with no network.
 *
 * They help, and nothing waits for them: what goes wrong with fetching them is left for the next time.
 */

import type { Template } from "../desk.ts";
import { TenggatError } from "../sync/errors.ts";
import type { Facts } from "./meta.ts";
import type { Here, Store } from "./store.ts";
import type { Transport } from "./transport.ts";

const ROUTE = "/api/v1/templates";

/** Milliseconds between two questions: each costs some hundred bytes of a prepaid bundle. */
const EVERY = 60 * 60 * 1_000;

type Held = Facts["templates"];

/** Fetch them where this device is an officer's, and did not ask within the last hour. */
export async function refresh(store: Store, transport: Transport): Promise<void> {
  const { person, token, templates, templates_asked } = await store.read(({ meta }) =>
    meta.some("person", "token", "templates", "templates_asked"),
  );
  if (person?.kind !== "staff" || !isTime(templates_asked, Date.parse(store.stamp()))) return;
  let body: unknown = null;
  try {
    body = await transport.call("GET", ROUTE, undefined, token, templates?.version);
  } catch (error) {
    // A server of before there were any says that there is no such page: asked again in an hour, as any other.
    if (!(error instanceof TenggatError && (error.code === "not_found" || error.code === "forbidden"))) throw error;
  }
  const found = heldIn(body);
  // A page of somebody in between is not kept.
  if (body !== null && found === null) return;
  await store.change("relaxed", async ({ meta }) => {
    meta.set("templates_asked", store.stamp());
    if (found) meta.set("templates", found);
  });
}

/** Those for this action of this service, by title. */
export async function fitting({ meta }: Here, service: string, action: string): Promise<Template[]> {
  const held = await meta.get("templates");
  const fits = (codes: string[], code: string) => codes.length === 0 || codes.includes(code);
  return (held?.templates ?? [])
    .filter(one => fits(one.services, service) && fits(one.actions, action))
    .map(({ id, title, text }) => ({ id, title, text }));
}

/** A clock that was set back must not wait for its old future. */
function isTime(asked: string | null, now: number): boolean {
  const last = Date.parse(asked ?? "");
  return !(last <= now && now < last + EVERY);
}

function heldIn(body: unknown): Held | null {
  const { version, templates } = (body ?? {}) as Partial<Held>;
  const whole = typeof version === "string" && Array.isArray(templates) && templates.every(isTemplate);
  return whole ? { version, templates } : null;
}

function isTemplate(one: unknown): boolean {
  const { id, title, text, services, actions } = (one ?? {}) as Record<string, unknown>;
  const words = [id, title, text].every(word => typeof word === "string");
  return words && [services, actions].every(codes => Array.isArray(codes) && codes.every(c => typeof c === "string"));
}
