/** Who a device speaks for, also after the server lost the account it spoke for. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { signIn, signOut, signUp } from "../../src/device/account.ts";
import { attachOf } from "../../src/device/files/manifest.ts";
import type { Transport } from "../../src/device/transport.ts";
import { TenggatError } from "../../src/sync/errors.ts";
import { Bench, caseId, ME, newId, offline, record, refusal } from "./bench.ts";
import { cased, entry, fileRows, kept, queue } from "./files/kept.ts";

type Call = [string, string, unknown, string | null | undefined];

/** A server that answers every sign-in with the same person. */
function server(person: string, calls: Call[] = [], then: () => Promise<void> = async () => {}): Transport {
  return {
    ...offline,
    async call(...call) {
      calls.push(call as Call);
      await then();
      return { token: "n".repeat(43), person: { id: person, name: "Warga Satu", kind: "citizen", roles: ["citizen"] } };
    },
  };
}

const facts = (bench: Bench) => bench.read(({ meta }) => meta.some("token", "guest", "signed_out", "login"));

test("another person is refused and the same login is not", async () => {
  // A restored server may give an account that signed up again a new id: the login tells that it is the same.
  const { store } = await Bench.make();
  await signIn(store, server(ME), "Warga", "kata sandi panjang");
  await signIn(store, server(caseId(170)), "warga ", "kata sandi panjang");
  const refused = await refusal(signIn(store, server(ME), "tetangga", "kata sandi panjang"));
  assert.deepEqual([refused.code, refused.extra.name], ["conflict", "Warga Satu"]);
});

test("a guest's token goes along while there is something to hand over, and never an account's", async () => {
  const bench = await Bench.make();
  const calls: Call[] = [];
  await signUp(bench.store, server(ME, calls), "warga", "kata sandi panjang", "Warga Satu");
  await bench.store.change("strict", async ({ meta }) => {
    meta.set("guest", true);
    meta.set("token", "g".repeat(43));
    meta.set("signed_out", true);
  });
  await signIn(bench.store, server(ME, calls), "warga", "kata sandi panjang");
  await bench.store.change("strict", async ({ meta }) => {
    meta.set("guest", true);
    meta.set("token", "g".repeat(43));
  });
  await bench.draft();
  await signIn(bench.store, server(ME, calls), "Warga", "kata sandi panjang");
  assert.deepEqual(
    calls.map(call => call[3]),
    [null, null, "g".repeat(43)],
  );
  assert.deepEqual(calls[0]?.slice(0, 3), [
    "POST",
    "/api/v1/accounts",
    { login: "warga", password: "kata sandi panjang", name: "Warga Satu" },
  ]);
  assert.deepEqual(await facts(bench), { token: "n".repeat(43), guest: null, signed_out: null, login: "warga" });
  assert.equal((await bench.entries()).length, 1);
});

test("an answer that is none is not kept", async () => {
  const { store } = await Bench.make();
  const broken: Transport = { ...offline, call: async () => ({ token: 5 }) };
  assert.equal((await refusal(signIn(store, broken, "warga", "kata sandi panjang"))).code, "not_our_server");
});

test("nobody signs out of what was not received", async () => {
  const bench = await Bench.make();
  await bench.draft();
  const calls: Call[] = [];
  assert.deepEqual((await refusal(signOut(bench.store, server(ME, calls)))).extra, {
    waiting: 1,
    refused: 0,
    files: 0,
  });
  await bench.send(["rejected"]);
  assert.deepEqual((await refusal(signOut(bench.store, server(ME, calls)))).extra, {
    waiting: 0,
    refused: 1,
    files: 0,
  });
  assert.deepEqual(calls, []);
});

test("nobody signs out of files that were not received, nor of those of a form that is half typed", async () => {
  const bench = await Bench.make();
  const [sent, half] = [await kept(bench.store), await kept(bench.store)];
  const id = newId();
  await bench.arrive([cased([entry(sent, id)])]);
  await bench.store.change("relaxed", async ({ transaction }) => {
    const act = { action: "report_survey", attach: [attachOf(newId(), "site", half)] };
    await transaction.objectStore("typing").put(act, [caseId(1), "report_survey"]);
  });
  const calls: Call[] = [];
  assert.deepEqual((await refusal(signOut(bench.store, server(ME, calls)))).extra, {
    waiting: 0,
    refused: 0,
    files: 2,
  });
  await bench.store.change("strict", ({ transaction }) => transaction.objectStore("typing").clear());
  assert.deepEqual((await refusal(signOut(bench.store, server(ME, calls)))).extra, {
    waiting: 0,
    refused: 0,
    files: 1,
  });
  // What the server refused has no use any more.
  await bench.store.change("strict", async ({ files }) => {
    for (const row of await files.queue()) files.put({ ...row, state: "refused" });
  });
  await signOut(bench.store, server(ME, calls));
  assert.deepEqual([await fileRows(bench.store), await queue(bench.store)], [[], []]);
});

test("whoever comes next finds nothing and mints under another instance", async () => {
  const bench = await Bench.make();
  await bench.arrive([record()]);
  await bench.draft();
  const { instance } = await bench.send(["applied"]);
  const calls: Call[] = [];
  await signOut(bench.store, server(ME, calls));
  assert.deepEqual(calls, [["DELETE", "/api/v1/devices", undefined, "t".repeat(43)]]);
  assert.deepEqual([await bench.ids(), await bench.entries()], [[], []]);
  assert.deepEqual(await facts(bench), { token: null, guest: null, signed_out: null, login: null });
  const next = await bench.store.take();
  assert.notEqual(next.instance, instance);
  assert.deepEqual([next.epoch, next.cursor], ["e1", null]);
});

test("what another window types during the sign-out stays", async () => {
  const bench = await Bench.make();
  const slow = server(ME, [], async () => {
    await bench.draft();
  });
  assert.equal((await refusal(signOut(bench.store, slow))).code, "unsent");
  assert.deepEqual([(await bench.entries()).length, (await facts(bench)).signed_out], [1, true]);
});

test("a token that the server does not know is given back already", async () => {
  const bench = await Bench.make();
  const unknown: Transport = {
    ...offline,
    call: () => Promise.reject(new TenggatError("not_signed_in", "unknown")),
  };
  await signOut(bench.store, unknown);
  assert.equal((await facts(bench)).token, null);
  const again = await Bench.make();
  assert.equal((await refusal(signOut(again.store, offline))).code, "unreachable");
  assert.ok((await facts(again)).token);
});
