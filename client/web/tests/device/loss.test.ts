/** A database that the browser cleared is noticed, said once, and never taken up where it ended. */

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { deleteDB } from "idb";
import { BrowserDesk } from "../../src/device/browser_desk.ts";
import type { Marking } from "../../src/device/loss.ts";
import { furnish, newId, offline, ticking, uniqueName } from "./bench.ts";

/** What a browser keeps beside the database. */
class Shelf implements Marking {
  readonly kept = new Map<string, string>();
  writes = 0;

  getItem(key: string): string | null {
    return this.kept.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    this.writes += 1;
    this.kept.set(key, value);
  }
}

const desks: BrowserDesk[] = [];

afterEach(async () => {
  for (const desk of desks.splice(0)) await desk.stop();
});

async function open(name: string, marking: Marking | null): Promise<BrowserDesk> {
  const desk = new BrowserDesk({ name, marking, clock: ticking(), newId, transport: offline, locks: undefined });
  desks.push(desk);
  await desk.start();
  await furnish(desk.store, {});
  return desk;
}

const instancesOf = (desk: BrowserDesk) => desk.store.read(({ outbox }) => outbox.instances());

test("a cleared database is noticed, with what was in it", async () => {
  const [name, shelf] = [uniqueName(), new Shelf()];
  const desk = await open(name, shelf);
  assert.equal((await desk.status()).loss, null);
  await desk.edit(newId(), { title: "Lampu" }, "lapor");
  await desk.edit(newId(), { title: "Jalan" }, "lapor");
  const [before] = await instancesOf(desk);
  await desk.stop();
  await deleteDB(name);

  const again = await open(name, shelf);
  const { loss, waiting } = await again.status();
  assert.deepEqual([loss?.waiting, waiting], [2, 0]);
  assert.ok(loss?.noticed && loss.last_seen);
  const [after] = await instancesOf(again);
  assert.ok(after && after.id !== before?.id);
  await again.edit(newId(), { title: "Lampu" }, "lapor");
  await again.stop();

  // Until it was read, and not again after that.
  const third = await open(name, shelf);
  assert.equal((await third.status()).loss?.waiting, 2);
  await third.acknowledge_loss();
  assert.equal((await third.status()).loss, null);
  await third.stop();
  const last = await open(name, shelf);
  assert.deepEqual([(await last.status()).loss, (await last.status()).waiting], [null, 1]);
  await last.stop();
});

test("a database that is cleared while the page is open is noticed at the next use", async () => {
  const [name, shelf] = [uniqueName(), new Shelf()];
  const desk = await open(name, shelf);
  await desk.edit(newId(), { title: "Lampu" }, "lapor");
  desk.store.database.close();
  await deleteDB(name);
  await desk.list();
  for (let turn = 0; turn < 50 && !(await desk.status()).loss; turn += 1) await new Promise(setImmediate);
  assert.equal((await desk.status()).loss?.waiting, 1);
  await desk.stop();
});

test("a new instance of the same database is no loss", async () => {
  const [name, shelf] = [uniqueName(), new Shelf()];
  const desk = await open(name, shelf);
  await desk.edit(newId(), { title: "Lampu" }, "lapor");
  const kept = new Map(shelf.kept);
  await desk.store.change("strict", ({ outbox }) => outbox.fork());
  await desk.stop();
  // The page died between the two writes: the marker still has the instance before.
  for (const [key, value] of kept) shelf.kept.set(key, value);
  const again = await open(name, shelf);
  assert.equal((await again.status()).loss, null);
  await again.stop();
});

test("the marker follows the outbox, not every letter", async () => {
  const [name, shelf] = [uniqueName(), new Shelf()];
  const desk = await open(name, shelf);
  const id = newId();
  await desk.edit(id, { title: "L" }, "lapor");
  const marker = () => JSON.parse(shelf.kept.get(`${name}.marker`) ?? "null");
  assert.equal(marker().waiting, 1);
  const writes = shelf.writes;
  for (const title of ["La", "Lam", "Lamp"]) await desk.edit(id, { title });
  assert.equal(shelf.writes, writes);
  const [entry] = await desk.outbox();
  assert.ok(entry);
  await desk.undo(entry);
  assert.equal(marker().waiting, 0);
  await desk.stop();
});

test("a marker that cannot be read or written harms nothing", async () => {
  const broken: Marking = {
    getItem: () => "{",
    setItem: () => {
      throw new DOMException("no room", "QuotaExceededError");
    },
  };
  for (const marking of [broken, null]) {
    const desk = await open(uniqueName(), marking);
    await desk.edit(newId(), { title: "Lampu" }, "lapor");
    assert.deepEqual([(await desk.status()).loss, (await desk.status()).waiting], [null, 1]);
    await desk.stop();
  }
});
