/** What an officer did about a command that was set aside, as the device hears it; and how the device says it stands. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { reportOf, tell } from "../../src/device/diagnosis.ts";
import type { Event } from "../../src/sync/exchange.ts";
import type { Result } from "../../src/sync/messages.ts";
import { answered, Bench, NOW, result, welcome } from "./bench.ts";
import { FakeServer } from "./server.ts";

const opened: Event = { kind: "opened", welcome: welcome() };

const amendedBy = (instance: string, n: number, changed: Result): Event => ({
  kind: "revised",
  amended: [{ t: "amended", n, instance, result: changed }],
});

/** A device whose only command was set aside. */
async function setAside(): Promise<{ bench: Bench; instance: string }> {
  const bench = await Bench.make();
  await bench.draft();
  const device = await bench.store.take();
  await bench.store.apply(device, [opened, answered(result(1, "quarantined", "internal"))]);
  return { bench, instance: device.instance };
}

async function hear(bench: Bench, ...events: Event[]): Promise<void> {
  await bench.store.apply(await bench.store.take(), [opened, ...events]);
}

test("what was set aside is received after all, and is not told again", async () => {
  const { bench, instance } = await setAside();
  await hear(bench, amendedBy(instance, 7, result(1, "applied", undefined, { number: "IZN-2026-000001" })));
  const [entry] = await bench.entries();
  assert.deepEqual([entry?.state, entry?.result?.number], ["acknowledged", "IZN-2026-000001"]);
  assert.equal((await bench.store.take()).amended, 7);
});

test("an officer's answer stands in the place of the refusal", async () => {
  const { bench, instance } = await setAside();
  const text = { id: "Sudah dicatat di loket.", en: "Sudah dicatat di loket." };
  await hear(bench, amendedBy(instance, 1, result(1, "rejected", "answered", { text })));
  const [entry] = await bench.entries();
  assert.deepEqual([entry?.state, entry?.result?.code, entry?.result?.text], ["refused", "answered", text]);
});

test("what a person has dealt with stays so", async () => {
  const { bench, instance } = await setAside();
  const [entry] = await bench.entries();
  assert.ok(entry);
  await bench.store.change("strict", ({ outbox }) => outbox.settle(entry));
  await hear(bench, amendedBy(instance, 1, result(1, "applied")));
  assert.equal((await bench.entries())[0]?.state, "settled");
});

test("what is not here, waits, or cannot become so is passed over", async () => {
  const { bench, instance } = await setAside();
  await bench.draft();
  await hear(
    bench,
    amendedBy(instance, 1, result(2, "applied")),
    amendedBy(instance, 2, result(99, "applied")),
    amendedBy("00000000-0000-4000-8000-00000000ffff", 3, result(1, "applied")),
    amendedBy(instance, 4, result(1, "retry")),
  );
  assert.deepEqual(
    (await bench.entries()).map(entry => entry.state),
    ["refused", "sent"],
  );
});

test("a new epoch forgets how far it heard", async () => {
  const { bench, instance } = await setAside();
  await hear(bench, amendedBy(instance, 7, result(1, "applied")));
  await bench.store.apply(await bench.store.take(), [{ kind: "opened", welcome: welcome({ epoch: "e2" }) }]);
  assert.equal((await bench.store.take()).amended, 0);
});

test("failures are said only while there are some", async () => {
  const bench = await Bench.make();
  const health = async () => (await bench.store.take()).health ?? {};
  assert.equal("failed" in (await health()), false);
  await bench.store.change("strict", async ({ meta }) => {
    meta.set("failed", 3);
    meta.set("last_error", { code: "not_our_server", detail: "https://kota.example", at: NOW });
    meta.set("last_success", NOW);
  });
  const { failed, trouble, ended } = await health();
  assert.deepEqual([failed, trouble, ended], [3, "not_our_server", NOW]);
});

test("a device tells how it stands, in codes and counts", async () => {
  const { bench } = await setAside();
  await bench.store.change("strict", async ({ meta }) => {
    meta.set("diagnose", true);
    meta.set("token", "t".repeat(43));
    meta.set("last_error", { code: "unreachable", detail: "https://kota.example/rahasia", at: NOW });
  });
  const server = new FakeServer();
  await tell(bench.store, server, 5e8);
  const [method, path, told, token] = server.calls[0] as [string, string, Record<string, unknown>, string];
  assert.deepEqual([method, path, token], ["POST", "/api/v1/diagnoses", "t".repeat(43)]);
  assert.deepEqual(told.outbox, { refused: 1 });
  assert.deepEqual(told.refused, [{ kind: "case.edit", status: "quarantined", code: "internal" }]);
  assert.equal(JSON.stringify(told).includes("rahasia"), false);
  assert.equal(await bench.read(({ meta }) => meta.get("diagnose")), null);
  const again = await bench.read(here => reportOf(here, bench.store, null));
  assert.equal(again.free, null);
});
