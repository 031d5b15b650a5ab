/** Coming in by an admin's link, in a browser: whose account it opens, and taking it. */

import type { Invitation, Person } from "../desk.ts";
import { TenggatError } from "../sync/errors.ts";
import { guestToken, keep, readSignedIn, refuseOther } from "./account.ts";
import { newToken } from "./ids.ts";
import { type Link, parseLink } from "./link.ts";
import type { Store } from "./store.ts";
import { notOurServer, type Transport } from "./transport.ts";

/** Whose account the link opens; nothing is used up. `server` is this app's own. */
export async function invitation(
  store: Store,
  transport: Transport,
  text: string,
  server: string,
): Promise<Invitation> {
  const link = ours(text, server);
  return look(transport, link, await mintedFor(store, link));
}

/** Come in; the person. A guest's cases go along. `bad_link`, `other_servers_link`, `already_in`, `conflict` where the
 * device holds another account's work, `invitation_unknown`, `…_used`, `…_expired`, `…_revoked`. Nothing is used up by
 * any of them, and the same link may be tried again, also where the answer was lost. */
export async function enrol(store: Store, transport: Transport, text: string, server: string): Promise<Person> {
  const link = ours(text, server);
  const { person, login } = await look(transport, link, await mintedFor(store, link));
  const token = await store.change("strict", async ({ meta }) => {
    const held = await meta.some("guest", "person", "login", "token", "signed_out", "enrolling");
    refuseOther(held, person, login);
    if (held.person && held.token && !held.guest && !held.signed_out) {
      throw new TenggatError("already_in", `this device is signed in as ${held.person.name}`, {
        name: held.person.name,
      });
    }
    if (held.enrolling?.code === link.code) return held.enrolling.token;
    // On the disk before it is shown: the server knows it again where its answer is lost.
    const minted = newToken();
    meta.set("enrolling", { code: link.code, token: minted });
    return minted;
  });
  const body = { code: link.code, token };
  const found = readSignedIn(await transport.call("POST", "/api/v1/enrolments", body, await guestToken(store)));
  return keep(store, found, login);
}

function ours(text: string, server: string): Link {
  const link = parseLink(text, server);
  // The page is the city's own: another city's has its own address, and a store of its own behind it.
  if (link.server !== server) {
    throw new TenggatError("other_servers_link", `this app is of ${server}`, { held: server, server: link.server });
  }
  return link;
}

async function mintedFor(store: Store, link: Link): Promise<{ token?: string }> {
  const enrolling = await store.read(({ meta }) => meta.get("enrolling"));
  return enrolling?.code === link.code ? { token: enrolling.token } : {};
}

async function look(transport: Transport, { code }: Link, minted: { token?: string }): Promise<Invitation> {
  const found = (await transport.call("POST", "/api/v1/invitations", {
    code,
    ...minted,
  })) as Partial<Invitation> | null;
  const { person, login, city, expires } = found ?? {};
  if (!person?.id || !login || !city || !expires) throw notOurServer("the answer about the invitation cannot be read");
  return { person, login, city, expires };
}
