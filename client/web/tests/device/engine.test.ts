/** Exchanges from end to end, and every way in which a network can spoil one. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Values } from "../../src/desk.ts";
import { Alone } from "../../src/device/alone.ts";
import { Catalogue } from "../../src/device/catalogue.ts";
import { Engine } from "../../src/device/engine.ts";
import { Store, type StoreOptions } from "../../src/device/store.ts";
import { Work } from "../../src/device/work.ts";
import { TenggatError } from "../../src/sync/errors.ts";
import type { Command, Hello } from "../../src/sync/messages.ts";
import { caseId, MINE, newId, record, refusal, ticking, uniqueName } from "./bench.ts";
import { CITY, COMPLETE } from "./city.ts";
import { FakeServer, versionOf } from "./server.ts";

/** A device that has looked at the catalogue once. */
class Device {
  readonly server = new FakeServer();
  readonly store: Store;
  readonly engine: Engine;
  readonly work: Work;
  readonly shown: string[] = [];

  private constructor(options: StoreOptions) {
    this.store = new Store({ name: uniqueName(), clock: ticking(), newId, ...options });
    const catalogue = new Catalogue(this.store, this.server);
    const told = () => this.shown.push(this.engine.progress?.what ?? "-");
    this.engine = new Engine(this.store, this.server, catalogue, new Alone("x", undefined), told, async () => 5e8);
    this.work = new Work(this.store, catalogue);
  }

  static async make(options: StoreOptions = {}): Promise<Device> {
    const device = new Device(options);
    await device.engine.sync();
    return device;
  }

  async draft(given: Values = {}): Promise<string> {
    const id = newId();
    await this.work.edit(id, { ...COMPLETE, ...given }, "izin");
    return id;
  }

  states(): Promise<string[]> {
    return this.store.read(async ({ outbox }) => (await outbox.rows()).map(row => row.state));
  }

  async versions(): Promise<[string, number][]> {
    return [...(await this.store.read(({ records }) => records.versions()))];
  }

  meta<K extends Parameters<Parameters<Parameters<Store["read"]>[0]>[0]["meta"]["get"]>[0]>(key: K) {
    return this.store.read(({ meta }) => meta.get(key));
  }

  hello(request: number): Hello {
    return this.server.requests.at(request)?.[0] as Hello;
  }

  commands(request: number): Command[] {
    return (this.server.requests.at(request) ?? []).filter(message => message.t === "command");
  }
}

test("somebody who only looks exchanges nothing, and gets the catalogue", async () => {
  const device = await Device.make();
  assert.deepEqual([device.server.requests, device.server.catalogues], [[], 1]);
  assert.equal(await device.meta("catalogue"), versionOf(device.server.catalogueBody));
  assert.equal(await device.meta("token"), null);
});

test("what a guest typed goes up, and its record comes back in the same answer", async () => {
  const device = await Device.make();
  const id = await device.draft();
  await device.work.submit(id);
  const report = await device.engine.sync();
  assert.deepEqual([report.exchanges, report.sent, report.received, report.refused], [1, 1, 1, []]);
  assert.deepEqual([await device.states(), await device.versions()], [["acknowledged"], [[id, 1]]]);
  const hello = device.hello(0);
  assert.deepEqual([hello.guest, hello.limit, hello.catalogue], [true, 1_000, versionOf(device.server.catalogueBody)]);
  assert.deepEqual(hello.health?.free, 500_000_000);
  assert.deepEqual(device.server.tokens, [await device.meta("token")]);
  assert.equal((await device.meta("person"))?.kind, "guest");
  assert.deepEqual([await device.meta("skew"), await device.meta("last_error")], [5, null]);
  assert.deepEqual(device.shown, ["sending", "receiving", "storing", "-"]);
  await device.engine.sync();
  assert.deepEqual([device.commands(-1), device.hello(-1).epoch], [[], "e1"]);
});

test("commands are frozen on the disk before a byte leaves", async () => {
  const device = await Device.make();
  await device.draft();
  let seen: string[] = [];
  device.server.meanwhile = async () => {
    seen = await device.states();
  };
  await device.engine.sync();
  assert.deepEqual(seen, ["sent"]);
});

test("what the server said of a refusal is kept with it", async () => {
  const device = await Device.make();
  await device.draft();
  const text = { id: "Banyak perangkat baru.", en: "Many new devices." };
  device.server.fate.push(new TenggatError("too_many", "wait", { text, retry_after: 9 }));
  await refusal(device.engine.sync());
  assert.deepEqual((await device.meta("last_error"))?.text, text);
});

test("a lost answer costs nothing: the same bytes go again and are answered from what is kept", async () => {
  const device = await Device.make();
  const id = await device.draft();
  device.server.fate.push("lost");
  assert.equal((await refusal(device.engine.sync())).code, "unreachable");
  assert.deepEqual([await device.states(), (await device.meta("last_error"))?.code], [["sent"], "unreachable"]);
  await device.work.edit(id, { rt_rw: "1/1" });
  await device.engine.sync();
  assert.deepEqual(device.commands(0), device.commands(1).slice(0, 1));
  assert.deepEqual([await device.versions(), await device.meta("last_error")], [[[id, 2]], null]);
});

test("of a cut answer the results are kept and the cursor stays", async () => {
  const device = await Device.make();
  await device.draft();
  device.server.fate.push({ cut: 2 });
  const error = await refusal(device.engine.sync());
  assert.deepEqual([error.code, /whole/.test(error.detail)], ["unreachable", true]);
  assert.deepEqual(
    [await device.states(), await device.versions(), await device.meta("cursor")],
    [["acknowledged"], [], null],
  );
  await device.engine.sync();
  assert.deepEqual([device.commands(1), (await device.versions()).length], [[], 1]);
});

test("of a damaged answer nothing is kept", async () => {
  const device = await Device.make();
  await device.draft();
  device.server.fate.push({ garbled: 300 });
  assert.equal((await refusal(device.engine.sync())).code, "unreachable");
  assert.deepEqual([await device.states(), await device.versions()], [["sent"], []]);
});

test("an answer without room for its records still tells what became of the commands", async () => {
  const device = await Device.make();
  await device.draft();
  const apply = device.store.apply.bind(device.store);
  let first = true;
  device.store.apply = (...given) => {
    if (!first) return apply(...given);
    first = false;
    return Promise.reject(new TenggatError("storage_full", "no room"));
  };
  assert.equal((await refusal(device.engine.sync())).code, "storage_full");
  assert.deepEqual([await device.states(), await device.versions()], [["acknowledged"], []]);
});

test("a token that the server does not know keeps everything and says so", async () => {
  const device = await Device.make();
  const id = await device.draft();
  device.server.fate.push(new TenggatError("not_signed_in", "who?"));
  assert.equal((await refusal(device.engine.sync())).code, "not_signed_in");
  assert.deepEqual([await device.meta("signed_out"), await device.states()], [true, ["sent"]]);
  await device.engine.sync();
  assert.deepEqual([await device.meta("signed_out"), await device.versions()], [null, [[id, 1]]]);
});

test("an instance of somebody else's is left, and nothing that waits is lost", async () => {
  const device = await Device.make();
  await device.draft();
  const taken = await device.store.read(async ({ outbox }) => (await outbox.instances())[0]?.id ?? "");
  device.server.taken.add(taken);
  const report = await device.engine.sync();
  assert.equal(report.exchanges, 2);
  assert.notEqual(device.hello(1).instance, taken);
  assert.deepEqual(await device.states(), ["acknowledged"]);
});

test("a copy of the database that went on elsewhere is told apart, and both texts arrive", async () => {
  const device = await Device.make();
  const one = await device.draft();
  const instance = await device.store.read(async ({ outbox }) => (await outbox.instances())[0]?.id ?? "");
  const result = { t: "result", seq: 1, status: "applied" } as const;
  device.server.answers.set(`${instance}/1`, { line: "the other copy's", result });
  await device.engine.sync();
  assert.deepEqual([await device.states(), await device.versions()], [["acknowledged"], [[one, 1]]]);
  assert.deepEqual(
    device.commands(1).map(command => command.seq),
    [1],
  );
});

test("a restored server gets back what it lost, in order, before what is new", async () => {
  const device = await Device.make();
  const id = await device.draft();
  await device.engine.sync();
  await device.work.submit(id);
  await device.engine.sync();
  device.server.feed.splice(0);
  device.server.answers.clear();
  device.server.epoch = "e2";
  const late = await device.draft({ name: "Warga Dua" });
  await device.engine.sync();
  assert.deepEqual(
    device.commands(-1).map(({ seq }) => seq),
    [1, 2, 3],
  );
  assert.deepEqual(
    (await device.versions()).sort(),
    [[id, 2] as [string, number], [late, 1] as [string, number]].sort(),
  );
});

test("what differs is found and mended, row by row", async () => {
  const device = await Device.make();
  const id = await device.draft();
  device.server.put(record({ id: caseId(2) }) as never);
  await device.engine.sync();
  await device.store.change("strict", async ({ records }) => records.drop([caseId(2)]));
  await device.store.change("strict", ({ transaction, meta }) => {
    meta.set("digest", null);
    const foreign = {
      ...record({ id: caseId(3) }),
      hash: "00",
      generation: 0,
      number: null,
      office: "",
      district: null,
    };
    const rest = { due: null, title: "", conflicts: 0, opened: false, touched: "" };
    return transaction.objectStore("record").put({ ...foreign, ...rest, scopes: [MINE] });
  });
  const report = await device.engine.sync();
  assert.deepEqual([report.mended, await device.meta("mended")], [2, 2]);
  assert.deepEqual((await device.versions()).map(([held]) => held).sort(), [id, caseId(2)].sort());
});

test("a long snapshot comes in pages, and only its end drops what is gone", async () => {
  const device = await Device.make();
  await device.draft();
  for (let n = 2; n < 12; n += 1) device.server.put(record({ id: caseId(n) }) as never);
  device.server.page = 3;
  const report = await device.engine.sync();
  assert.deepEqual([report.exchanges, report.received], [4, 11]);
  assert.deepEqual([(await device.versions()).length, await device.meta("snapshot")], [11, null]);
});

test("what was typed during an exchange goes up in the next of the same run", async () => {
  const device = await Device.make();
  await device.draft();
  device.server.meanwhile = async () => {
    device.server.meanwhile = async () => {};
    await device.draft({ name: "Warga Dua" });
  };
  assert.deepEqual([(await device.engine.sync()).sent, await device.states()], [2, ["acknowledged", "acknowledged"]]);
});

test("what was refused is told and stays", async () => {
  const device = await Device.make();
  await device.draft();
  device.server.verdict.set("case.edit", { status: "rejected", code: "case_full" });
  const report = await device.engine.sync();
  assert.deepEqual(
    report.refused.map(({ code }) => code),
    ["case_full"],
  );
  assert.deepEqual(await device.states(), ["refused"]);
});

test("a command that only gets `retry` waits for the timer", async () => {
  const device = await Device.make();
  await device.draft();
  device.server.verdict.set("case.edit", { status: "retry", code: "missing_earlier" });
  assert.deepEqual([(await device.engine.sync()).exchanges, await device.states()], [1, ["sent"]]);
});

test("a revoked device hands over, drops all and has nobody any more", async () => {
  const device = await Device.make();
  await device.draft();
  await device.engine.sync();
  device.server.wipe = true;
  device.server.verdict.set("case.edit", { status: "quarantined", code: "device_revoked" });
  await device.draft();
  await device.engine.sync();
  assert.deepEqual([await device.states(), await device.versions(), await device.meta("token")], [[], [], null]);
  assert.ok(await device.meta("wiped"));
});

test("an old app keeps what it holds and is told to be updated", async () => {
  const device = await Device.make({ protocol: 0 });
  const id = await device.draft();
  await device.engine.sync();
  device.server.upgrade = true;
  await device.work.edit(id, { rt_rw: "1/1" });
  await device.engine.sync();
  assert.deepEqual([await device.meta("upgrade"), await device.versions()], [true, [[id, 1]]]);
  assert.equal(device.hello(0).protocol, 0);
});

test("a new catalogue is fetched once, and a damaged one never kept", async () => {
  const device = await Device.make();
  await device.draft();
  const before = await device.meta("catalogue");
  const body = new TextEncoder().encode(`${new TextDecoder().decode(device.server.catalogueBody)} `);
  const whole = device.server.catalogue.bind(device.server);
  device.server.catalogueBody = body;
  for (const damaged of [body.slice(0, 50), new TextEncoder().encode("{}")]) {
    device.server.catalogue = async () => damaged;
    assert.equal((await refusal(device.engine.sync())).code, "unreachable");
    assert.equal(await device.meta("catalogue"), before);
  }
  device.server.catalogue = whole;
  await device.engine.sync();
  assert.equal(await device.meta("catalogue"), versionOf(body));
  const asked = device.server.catalogues;
  await device.engine.sync();
  assert.equal(device.server.catalogues, asked);
});

test("many who ask for the catalogue are one request", async () => {
  const device = await Device.make();
  const catalogue = new Catalogue(device.store, device.server);
  await Promise.all([catalogue.update(), catalogue.update(), catalogue.update()]);
  assert.equal(device.server.catalogues, 2);
});

test("a fault that nobody foresaw is one of ours in the end", async () => {
  const device = await Device.make();
  await device.draft();
  device.server.exchange = () => Promise.reject(new RangeError("oh"));
  const error = await refusal(device.engine.sync());
  assert.deepEqual([error.code, error.detail], ["internal", "RangeError: oh"]);
});

test("while nobody answers, what waits stays free to be taken back", async () => {
  const device = await Device.make();
  await device.draft();
  device.server.away = true;
  for (let tries = 0; tries < 3; tries += 1) await assert.rejects(device.engine.sync(), { code: "unreachable" });
  assert.deepEqual(await device.states(), ["queued"]);
  device.server.away = false;
  device.server.fate.push(new TenggatError("unreachable", "it broke in the middle"));
  await assert.rejects(device.engine.sync(), { code: "unreachable" });
  assert.deepEqual(await device.states(), ["sent"], "that one may have arrived");
  await device.engine.sync();
  assert.deepEqual(await device.states(), ["acknowledged"]);
});

test("nothing is asked before an exchange that carries nothing new", async () => {
  const device = await Device.make();
  await device.draft();
  await device.engine.sync();
  const asked = device.server.catalogues;
  await device.engine.sync();
  assert.equal(device.server.catalogues, asked);
});

test("after a failure the exchange goes on, though the server has a newer catalogue than it last told of", async () => {
  const device = await Device.make();
  await device.draft();
  await device.engine.sync();
  device.server.fate.push(new TenggatError("unreachable", "no network"));
  await assert.rejects(device.engine.sync(), { code: "unreachable" });
  device.server.catalogueBody = new TextEncoder().encode(JSON.stringify({ ...CITY, code: "newer" }));
  await device.engine.sync();
  assert.equal(await device.meta("catalogue"), versionOf(device.server.catalogueBody));
  assert.equal(await device.meta("last_error"), null);
});
