/** Who this device speaks for: somebody who signed in or up, with what they did as a guest. */

import type { OwnDevice, Person } from "../desk.ts";
import { TenggatError } from "../sync/errors.ts";
import { WAITING } from "../sync/outbox.ts";
import type { Here, Store } from "./store.ts";
import { notOurServer, type Transport } from "./transport.ts";

/** Sign in; the person. A guest's cases go along. `conflict` where the device holds another account's work. */
export async function signIn(store: Store, transport: Transport, login: string, password: string): Promise<Person> {
  const found = readSignedIn(
    await transport.call("POST", "/api/v1/devices", { login, password }, await guestToken(store)),
  );
  return keep(store, found, login);
}

/** Make an account; the person. A guest becomes it, with device and cases. */
export async function signUp(
  store: Store,
  transport: Transport,
  login: string,
  password: string,
  name: string,
): Promise<Person> {
  const body = { login, password, name };
  const found = readSignedIn(await transport.call("POST", "/api/v1/accounts", body, await guestToken(store)));
  return keep(store, found, login, false);
}

/** Another password for the account; how many other devices were put out. */
export async function changePassword(
  store: Store,
  transport: Transport,
  old: string,
  password: string,
  others: boolean,
): Promise<number> {
  const token = await accountToken(store);
  const found = await transport.call("PUT", "/api/v1/me/password", { old, password, others }, token);
  const { devices } = (found ?? {}) as { devices?: unknown };
  if (typeof devices === "number") {
    await store.change("relaxed", ({ meta }) => hasOwn(meta));
    return devices;
  }
  throw notOurServer("the answer to the new password cannot be read");
}

/** The account's devices, this one first, then its sessions on the admin pages. */
export async function devicesOf(store: Store, transport: Transport): Promise<OwnDevice[]> {
  const found = await transport.call("GET", "/api/v1/me/devices", undefined, await accountToken(store));
  const { devices } = (found ?? {}) as { devices?: OwnDevice[] };
  if (Array.isArray(devices)) return devices;
  throw notOurServer("the list of devices cannot be read");
}

/** Put out another device of the account, or a session. */
export async function endDevice(store: Store, transport: Transport, id: string, password: string): Promise<void> {
  const path = `/api/v1/me/devices/${encodeURIComponent(id)}/end`;
  await transport.call("POST", path, { password }, await accountToken(store));
}

/** The person has a password of their own from here on; else the next exchange would tell. */
async function hasOwn(meta: Here["meta"]): Promise<void> {
  const { password_until, ...person } = (await meta.get("person")) ?? {};
  if (password_until) meta.set("person", person as Person);
}

/** `not_signed_in` for a guest, who has no account. */
async function accountToken(store: Store): Promise<string> {
  const { token, guest } = await store.read(here => here.meta.some("token", "guest"));
  if (token === null || guest) throw new TenggatError("not_signed_in", "this is for an account: sign in or up first");
  return token;
}

/** Give the token back and drop what the server has. `unsent` while anything is here that it has not. */
export async function signOut(store: Store, transport: Transport): Promise<void> {
  const token = await store.read(async here => {
    const unsent = await unsentIn(here);
    if (unsent) throw unsent;
    return here.meta.get("token");
  });
  try {
    if (token !== null) await transport.call("DELETE", "/api/v1/devices", undefined, token);
  } catch (error) {
    // A token that the server does not know is given back already.
    if (!(error instanceof TenggatError && error.code === "not_signed_in")) throw error;
  }
  const left = await store.change("strict", async here => {
    // Another window may have typed something meanwhile. It stays, until the same person signs in again.
    here.meta.set("signed_out", true);
    const unsent = await unsentIn(here);
    if (!unsent) await store.forget(here);
    return unsent;
  });
  if (left) throw left;
}

export interface SignedIn {
  token: string;
  person: Person;
}

export function readSignedIn(body: unknown): SignedIn {
  const { token, person } = (body ?? {}) as Partial<SignedIn>;
  if (typeof token === "string" && typeof person?.id === "string") return { token, person };
  throw notOurServer("the answer to the sign-in cannot be read");
}

async function unsentIn({ outbox, files, transaction }: Here): Promise<TenggatError | null> {
  const waiting = await outbox.count(...WAITING);
  const refused = await outbox.count("refused");
  // A file that the server refused has no use any more; one of a form that is half typed lies nowhere else.
  const typed = await transaction.objectStore("typing").getAll();
  const half = typed.reduce((sum, act) => sum + (act.attach?.length ?? 0), 0);
  const unsent = (await files.waiting()).waiting + half;
  const detail = "something on this device has not been received, or was refused";
  if (!waiting && !refused && !unsent) return null;
  return new TenggatError("unsent", detail, { waiting, refused, files: unsent });
}

/** The token of a guest who has something to hand over. Staff cannot take over a guest's cases, so one who has none
 * must not keep an officer from signing in. */
export function guestToken(store: Store): Promise<string | null> {
  return store.read(async here => {
    if (!(await here.meta.get("guest"))) return null;
    const something = (await here.records.count()) || (await unsentIn(here));
    return something ? here.meta.get("token") : null;
  });
}

interface Held {
  guest: boolean | null;
  person: Person | null;
  login: string | null;
}

/** `conflict` where the device holds the work of another account than this person's. */
export function refuseOther({ guest, person, login: before }: Held, found: Person, login: string): void {
  // The same login is the same person, also where a restored server gave the account a new id.
  if (guest || !person || person.id === found.id || before === folded(login)) return;
  throw new TenggatError("conflict", `this device holds the work of ${person.name}`, { name: person.name });
}

/** The device speaks for this person from now on. `known`: whether it may hold somebody's work already. */
export function keep(store: Store, found: SignedIn, login: string, known = true): Promise<Person> {
  return store.change("strict", async ({ meta }) => {
    if (known) refuseOther(await meta.some("guest", "person", "login"), found.person, login);
    meta.set("token", found.token);
    meta.set("person", found.person);
    meta.set("login", folded(login));
    for (const key of ["guest", "wiped", "signed_out", "enrolling"] as const) meta.set(key, null);
    return found.person;
  });
}

function folded(login: string): string {
  return login.trim().toLowerCase();
}
