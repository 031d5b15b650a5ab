/** Coming in by an admin's link: what links say, and that nothing on the way costs an invitation. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { enrol, invitation } from "../../src/device/enrolment.ts";
import { type Link, parseLink } from "../../src/device/link.ts";
import type { Transport } from "../../src/device/transport.ts";
import { TenggatError } from "../../src/sync/errors.ts";
import { cases, file } from "../vectors.ts";
import { Bench, caseId, ME, offline, refusal } from "./bench.ts";

interface LinkCase {
  text: string;
  known: string | null;
  link: Link | null;
  /** Why there is none; not said of the oldest. */
  code?: string;
}

for (const { text, known, link, code } of cases<LinkCase>(file("enrolment", ["links"]), "links")) {
  test(`a link: ${text.slice(0, 60)}`, () => {
    if (link) assert.deepEqual(parseLink(text, known), link);
    else assert.throws(() => parseLink(text, known), { code: code ?? /^(bad|plain)_link$/ });
  });
}

const KOTA = "https://kota.example";
const CODE = "c".repeat(43);
const LINK = `${KOTA}/#/gabung/${CODE}`;
const OFFICER = { id: ME, name: "Petugas Survei", kind: "staff", roles: ["surveyor"] } as const;
const INVITED = { person: OFFICER, login: "survei", city: { id: "Kota", en: "City" }, expires: "2026-03-23T02:00:00Z" };

type Call = [path: string, body: unknown, token: string | null | undefined];

/** A server with one invitation. `lost`: whether its answer to an enrolment gets lost. */
class Admitting implements Transport {
  readonly exchange = offline.exchange;
  readonly catalogue = offline.catalogue;
  readonly file = offline.file;
  readonly calls: Call[] = [];
  used: string | null = null;
  lost = false;
  person: { id: string; name: string } = OFFICER;

  async call(_: string, path: string, body: unknown, token?: string | null): Promise<unknown> {
    this.calls.push([path, body, token]);
    const given = body as { token?: string };
    if (this.used !== null && given.token !== this.used) throw new TenggatError("invitation_used", "used");
    if (path === "/api/v1/invitations") return { ...INVITED, person: { ...OFFICER, ...this.person } };
    this.used = given.token ?? "";
    if (this.lost) throw new TenggatError("unreachable", "the answer was lost");
    return { token: given.token, person: { ...OFFICER, ...this.person } };
  }
}

test("looking tells whose it is and changes nothing", async () => {
  const { store, read } = await prepared();
  const server = new Admitting();
  assert.deepEqual(await invitation(store, server, LINK, KOTA), INVITED);
  assert.deepEqual(await read(), { token: null, person: null, login: null, enrolling: null });
});

test("taking it makes the device that officer's", async () => {
  const { store, read } = await prepared();
  const server = new Admitting();
  assert.deepEqual(await enrol(store, server, CODE, KOTA), OFFICER);
  assert.deepEqual(await read(), { token: server.used, person: OFFICER, login: "survei", enrolling: null });
  assert.match(server.used ?? "", /^[\w-]{43}$/);
});

test("a lost answer costs nothing: the same token asks again", async () => {
  const { store, read } = await prepared();
  const server = new Admitting();
  server.lost = true;
  for (let turn = 0; turn < 2; turn++) {
    assert.equal((await refusal(enrol(store, server, LINK, KOTA))).code, "unreachable");
  }
  const minted = server.used;
  server.lost = false;
  assert.deepEqual(await invitation(store, server, LINK, KOTA), INVITED, "looking knows the device again as well");
  await enrol(store, server, LINK, KOTA);
  assert.deepEqual([server.used, (await read()).token], [minted, minted]);
});

test("another city's link is refused before anybody is asked", async () => {
  const { store } = await prepared();
  const server = new Admitting();
  const refused = await refusal(enrol(store, server, `https://lain.example/#/gabung/${CODE}`, KOTA));
  assert.deepEqual(
    [refused.code, refused.extra.server, refused.extra.held, server.calls],
    ["other_servers_link", "https://lain.example", KOTA, []],
  );
  assert.equal((await refusal(invitation(store, server, "halo", KOTA))).code, "bad_link");
});

test("another person's work is never mixed, and whoever is in stays as they are; the invitation stays good", async () => {
  const { store, bench } = await prepared();
  const server = new Admitting();
  await enrol(store, server, LINK, KOTA);
  const other = new Admitting();
  other.person = { id: caseId(99), name: "Petugas Lain" };
  const refusedOther = await refusal(enrol(store, noLogin(other), LINK, KOTA));
  assert.deepEqual([refusedOther.code, refusedOther.extra.name], ["conflict", "Petugas Survei"]);
  const again = new Admitting();
  assert.equal((await refusal(enrol(store, again, LINK, KOTA))).code, "already_in");
  assert.deepEqual([other.used, again.used], [null, null]);
  await bench.store.change("strict", async ({ meta }) => meta.set("signed_out", true));
  assert.deepEqual(await enrol(store, again, LINK, KOTA), OFFICER, "a device whose token went bad comes back");
});

test("a guest's token goes along where there is something to hand over", async () => {
  const { store, bench } = await prepared();
  await bench.store.change("strict", async ({ meta }) => {
    meta.set("guest", true);
    meta.set("token", "g".repeat(43));
  });
  const server = new Admitting();
  await bench.draft();
  await enrol(store, server, LINK, KOTA);
  assert.equal(server.calls.at(-1)?.[2], "g".repeat(43));
});

test("an answer that is none is not kept", async () => {
  const { store, read } = await prepared();
  const page: Transport = { ...offline, call: async () => ({ person: 5 }) };
  assert.equal((await refusal(enrol(store, page, LINK, KOTA))).code, "not_our_server");
  assert.equal((await read()).token, null);
});

async function prepared() {
  const bench = await Bench.make();
  await bench.store.change("strict", async ({ meta }) => {
    for (const key of ["token", "person", "login", "guest"] as const) meta.set(key, null);
  });
  const read = () => bench.read(({ meta }) => meta.some("token", "person", "login", "enrolling"));
  return { bench, store: bench.store, read };
}

/** The same server, whose account has another login. */
function noLogin(server: Admitting): Transport {
  return {
    ...offline,
    call: async (...given) => {
      const found = await server.call(...(given as [string, string, unknown]));
      return given[1] === "/api/v1/invitations" ? { ...(found as object), login: "lain" } : found;
    },
  };
}
