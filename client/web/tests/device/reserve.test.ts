/** The reserve for words: when it is made, who may have it, and that the device says when room has run short. */

import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { BrowserDesk, type BrowserOptions } from "../../src/device/browser_desk.ts";
import { keepFile } from "../../src/device/files/keep.ts";
import { BLOCK, BLOCKS } from "../../src/device/reserve.ts";
import { Reserving } from "../../src/device/reserving.ts";
import { Room } from "../../src/device/room.ts";
import { Bench, furnish, newId, offline, refusal, ticking, uniqueName } from "./bench.ts";
import { Disk } from "./disk.ts";
import { bytesOf, fileRows, studioOf } from "./files/kept.ts";

const WHOLE = BLOCK * BLOCKS;

let disk: Disk;
const undo: (() => void | Promise<void>)[] = [];
beforeEach(() => {
  disk = new Disk();
});
afterEach(async () => {
  for (const back of undo.splice(0).reverse()) await back();
  disk.remove();
});

function roomOf(free: number | null): Room {
  const room = new Room();
  room.measure = async () => ({ free, used: 0, persistent: null });
  return room;
}

/** A device with a draft and the whole reserve. */
async function reserved(): Promise<{ bench: Bench; id: string }> {
  const bench = await Bench.make();
  const id = await bench.begin("lapor", { title: "Lampu" });
  assert.equal(await bench.store.reserve.make(), true);
  return { bench, id };
}

function keep(bench: Bench, size = 200_000) {
  const photo = new File([new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 0, 2, 0xff, 0xd9])], "foto.jpg");
  return keepFile(bench.store, roomOf(null), photo, ["image"], 1, studioOf(bytesOf(size)));
}

const stands = async ({ store: { reserve } }: Bench) => [await reserve.held(), await reserve.isShort()];

test("words that find no room are given the reserve, and the device knows that room has run short", async () => {
  const { bench, id } = await reserved();
  assert.deepEqual([disk.used, await stands(bench)], [WHOLE, [BLOCKS, false]]);
  disk.fill();
  await bench.work.edit(id, { title: "Lampu mati" });
  assert.deepEqual((await bench.only()).data.set, { title: "Lampu mati" });
  assert.deepEqual(await stands(bench), [0, true]);
});

test("so are an exchange and a half-typed form, and two writes at the same time", async () => {
  const { bench, id } = await reserved();
  disk.fill();
  const typed = bench.store.change("relaxed", async ({ transaction }) => {
    await transaction.objectStore("typing").put({ action: "resolve", note: "Sudah" }, [id, "resolve"]);
  });
  const [device] = await Promise.all([bench.store.take(), typed]);
  assert.equal(device.seqs?.length, 1);
  assert.equal((await bench.read(({ transaction }) => transaction.objectStore("typing").getAll())).length, 1);
});

test("where nothing is in reserve they are refused, and what was stored stays", async () => {
  const bench = await Bench.make();
  const id = await bench.begin("lapor", { title: "Lampu" });
  disk.capacity = 0;
  assert.equal((await refusal(bench.work.edit(id, { title: "Lampu mati" }))).code, "storage_full");
  assert.deepEqual([(await bench.only()).data.set, await stands(bench)], [{ title: "Lampu" }, [0, true]]);
});

test("a file is refused and leaves the reserve for words", async () => {
  const { bench, id } = await reserved();
  await keep(bench);
  disk.fill();
  assert.equal((await refusal(keep(bench))).code, "storage_full");
  assert.deepEqual([(await fileRows(bench.store)).length, await stands(bench)], [1, [BLOCKS, true]]);
  await bench.work.edit(id, { title: "Lampu mati" });
  assert.deepEqual((await bench.only()).data.set, { title: "Lampu mati" });
});

test("room that words were given is not taken by files", async () => {
  const { bench, id } = await reserved();
  disk.fill();
  await bench.work.edit(id, { title: "Lampu mati" });
  // All but what the words took is kept for them again, and photos get what is left beside it.
  disk.capacity = WHOLE - 1;
  await keep(bench);
  assert.equal((await refusal(keep(bench, 900_000))).code, "storage_full");
  assert.deepEqual([(await fileRows(bench.store)).length, await stands(bench)], [1, [BLOCKS - 1, true]]);
  // Where that is nothing, so is what photos get.
  await bench.store.reserve.letGo();
  disk.capacity = disk.used + BLOCK - 1;
  assert.equal((await refusal(keep(bench))).code, "storage_full");
  assert.equal((await fileRows(bench.store)).length, 1);
  disk.capacity = 2 * WHOLE;
  await keep(bench);
  assert.deepEqual(await stands(bench), [BLOCKS, false]);
});

test("it is made as far as there is room, and tells when there is room again", async () => {
  const bench = await Bench.make();
  disk.capacity = 5.5 * BLOCK;
  assert.deepEqual([await bench.store.reserve.make(), await stands(bench)], [true, [5, true]]);
  disk.capacity = WHOLE;
  assert.deepEqual([await bench.store.reserve.make(), await stands(bench)], [true, [BLOCKS, false]]);
  await bench.store.reserve.noRoom();
  assert.deepEqual([await bench.store.reserve.make(), await stands(bench)], [true, [BLOCKS, true]]);
  disk.capacity += BLOCK;
  assert.deepEqual([await bench.store.reserve.make(), await stands(bench)], [true, [BLOCKS, false]]);
});

test("its bytes are no two blocks alike, so that nothing makes them smaller", async () => {
  const { bench } = await reserved();
  const blocks = (await (await bench.store.database.open()).getAll("reserve")) as ArrayBuffer[];
  const [first, second] = blocks.map(block => new Uint8Array(block));
  assert.deepEqual([blocks.length, first?.length, new Set(first).size], [BLOCKS, BLOCK, 256]);
  assert.notDeepEqual(first?.slice(0, 64), second?.slice(0, 64));
  assert.notDeepEqual(first?.slice(0, 64), first?.slice(65_536, 65_600));
});

test("whoever only looks around is asked for no room", async () => {
  const bench = await Bench.make();
  const reserving = new Reserving(bench.store, roomOf(null));
  await reserving.look();
  assert.deepEqual(await stands(bench), [0, false]);
  await bench.begin("lapor", { title: "Lampu" });
  await reserving.look();
  assert.deepEqual(await stands(bench), [BLOCKS, false]);
});

test("it is not made where a browser says that little is free, or was asked to save data", async () => {
  const bench = await Bench.make();
  await bench.begin("lapor", { title: "Lampu" });
  await new Reserving(bench.store, roomOf(3 * WHOLE)).look();
  assert.equal(await bench.store.reserve.held(), 0);
  const before = Object.getOwnPropertyDescriptor(globalThis, "navigator");
  Object.defineProperty(globalThis, "navigator", { value: { connection: { saveData: true } }, configurable: true });
  undo.push(() => {
    if (before) Object.defineProperty(globalThis, "navigator", before);
    else Reflect.deleteProperty(globalThis, "navigator");
  });
  await new Reserving(bench.store, roomOf(9 * WHOLE)).look();
  assert.equal(await bench.store.reserve.held(), 0);
});

async function open(options: BrowserOptions = {}): Promise<BrowserDesk> {
  const desk = new BrowserDesk({
    ...{ name: uniqueName(), clock: ticking(), newId, transport: offline, locks: undefined, marking: null },
    ...{ reserving: { settled: 0 }, ...options },
  });
  undo.push(() => desk.stop());
  await desk.start();
  await furnish(desk.store, {});
  return desk;
}

async function until(look: () => Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 400; turn += 1) {
    if (await look()) return;
    await new Promise(resolve => setTimeout(resolve, 5));
  }
  throw new Error("it never came to be");
}

test("a desk makes it after the first words, says that it is gone, and makes it anew when files were let go of", async () => {
  const desk = await open();
  const { reserve } = desk.store;
  const id = newId();
  await desk.edit(id, { title: "Lampu" }, "lapor");
  await until(async () => (await reserve.held()) === BLOCKS);
  assert.equal((await desk.status()).full, false);
  disk.fill();
  const told: boolean[] = [];
  desk.watch(() => void desk.status().then(({ full }) => told.push(full)));
  await desk.edit(id, { title: "Lampu mati" });
  await until(async () => told.includes(true));
  // The disk has no room for the whole of it, and it is not tried again and again.
  disk.capacity = 0;
  await desk.edit(id, { title: "" }).catch(() => {});
  assert.deepEqual([await reserve.held(), (await desk.status()).full], [0, true]);
  disk.capacity = 2 * WHOLE;
  await desk.store.change("strict", async ({ files }) => files.clear());
  await until(async () => (await reserve.held()) === BLOCKS && !(await desk.status()).full);
});

test("a service worker makes none", async () => {
  const [worker, page] = [await open({ carries: false }), await open()];
  for (const desk of [worker, page]) {
    await desk.edit(newId(), { title: "Lampu" }, "lapor");
    await desk.store.change("strict", async ({ files }) => files.clear());
  }
  await until(async () => (await page.store.reserve.held()) === BLOCKS);
  assert.equal(await worker.store.reserve.held(), 0);
});
