/** The texts that officers answer with: asked for once an hour, kept when they are what they should be, chosen here. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Store } from "../../src/device/store.ts";
import { fitting, refresh } from "../../src/device/templates.ts";
import { TenggatError } from "../../src/sync/errors.ts";
import { furnish, uniqueName } from "./bench.ts";
import { FakeServer } from "./server.ts";

const text = (id: string, services: string[] = [], actions: string[] = []) => ({
  ...{ id, title: id, text: `teks ${id}` },
  ...{ services, actions },
});

class City extends FakeServer {
  body: unknown = { version: "v1", templates: [text("a", ["izin"]), text("b", [], ["terima"]), text("c")] };
  trouble: TenggatError | null = null;

  override async call(...given: unknown[]): Promise<unknown> {
    this.calls.push(given);
    if (this.trouble) throw this.trouble;
    return this.body;
  }
}

class Device {
  readonly server = new City();
  readonly store: Store;

  constructor(public now = Date.parse("2026-03-16T02:00:00Z")) {
    this.store = new Store({ name: uniqueName(), clock: () => new Date(this.now) });
  }

  static async officer(): Promise<Device> {
    const device = new Device();
    await furnish(device.store, { kind: "staff", roles: ["front_desk"] });
    await device.ask();
    return device;
  }

  ask = () => refresh(this.store, this.server);

  titles = (service: string, action: string) =>
    this.store.read(async here => (await fitting(here, service, action)).map(({ title }) => title));
}

test("they are chosen by service and action", async () => {
  const device = await Device.officer();
  assert.deepEqual(await device.titles("izin", "terima"), ["a", "b", "c"]);
  assert.deepEqual(await device.titles("lapor", "terima"), ["b", "c"]);
  assert.deepEqual(await device.titles("lapor", "tolak"), ["c"]);
});

test("they are asked for once an hour, and by what is held", async () => {
  const device = await Device.officer();
  const asked = () => device.server.calls.map(given => given[4]);
  await device.ask();
  device.now += 59 * 60_000;
  await device.ask();
  assert.deepEqual(asked(), [undefined]);
  device.now += 60_000;
  device.server.body = null;
  await device.ask();
  assert.deepEqual(asked(), [undefined, "v1"]);
  assert.deepEqual(await device.titles("izin", "terima"), ["a", "b", "c"]);
  device.now -= 30 * 86_400_000;
  await device.ask();
  assert.equal(asked().length, 3);
});

test("nobody but an officer asks", async () => {
  const device = new Device();
  await furnish(device.store, {});
  await device.ask();
  assert.deepEqual(device.server.calls, []);
});

test("what is no list of texts is not kept", async () => {
  const device = await Device.officer();
  const bad = [
    { version: "v2" },
    { version: 2, templates: [] },
    { version: "v2", templates: [{ id: "x" }] },
    "halo",
    [],
  ];
  for (const body of bad) {
    device.server.body = body;
    device.now += 3_600_000;
    await device.ask();
    assert.deepEqual(await device.titles("izin", "terima"), ["a", "b", "c"]);
  }
  device.server.trouble = new TenggatError("unreachable", "no network");
  device.now += 3_600_000;
  await assert.rejects(device.ask());
  const calls = device.server.calls.length;
  await assert.rejects(device.ask());
  assert.equal(device.server.calls.length, calls + 1, "asked again with the next exchange");
  device.server.trouble = new TenggatError("not_found", "an older server");
  await device.ask();
  await device.ask();
  assert.equal(device.server.calls.length, calls + 2, "a server without them is asked in an hour");
});

test("whoever comes next has none of them", async () => {
  const device = await Device.officer();
  await device.store.change("strict", here => device.store.forget(here));
  assert.deepEqual(await device.titles("izin", "terima"), []);
});
