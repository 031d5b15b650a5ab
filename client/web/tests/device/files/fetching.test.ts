/** What is brought from the server: when somebody looks, and before that where it will be wanted. */

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { fileOf, nextWorkingDay, prefetch } from "../../../src/device/files/fetching.ts";
import { Room } from "../../../src/device/room.ts";
import type { City, Limit } from "../../../src/schemas/catalogue.ts";
import type { PromiseTable } from "../../../src/schemas/promise.ts";
import type { Attachment } from "../../../src/schemas/record.ts";
import { Bench, caseId, newId, refusal } from "../bench.ts";
import { CITY } from "../city.ts";
import { FakeServer } from "../server.ts";
import { ARRIVED, bytesOf, cased, entry, fileRows, hasBytes, hashOf, kept } from "./kept.ts";

const undo: (() => void)[] = [];
afterEach(() => {
  for (const back of undo.splice(0)) back();
});

function roomOf(free: number | null): Room {
  const room = new Room();
  room.look = async () => ({ free, used: 0, persistent: null });
  return room;
}

/** A file that the server has; its entry in a record. */
function atServer(server: FakeServer, about: string, size = 50, type = "image/jpeg"): Attachment {
  const bytes = bytesOf(size);
  const id = newId();
  const path = `/api/v1/cases/${about}/files/${id}`;
  server.files.set(path, { type, bytes });
  server.files.set(`${path}/thumbnail`, { type: "image/jpeg", bytes: bytesOf(5) });
  return { id, document: "ktp", sha256: hashOf(bytes), size, type, arrived: ARRIVED };
}

const tails = (server: FakeServer) =>
  server.asked.map(path => path.split("/").slice(4).join("/").replace("files/", ""));

test("a file is brought once, and shown from here after that", async () => {
  const [bench, server] = [await Bench.make(), new FakeServer()];
  const file = atServer(server, caseId(1));
  await bench.arrive([cased([file])]);
  const wanted = { case: caseId(1), file };
  for (const size of ["thumbnail", "original", "thumbnail", "original"] as const) {
    const blob = await fileOf(bench.store, server, wanted, size);
    assert.deepEqual([blob.size, blob.type], [size === "original" ? 50 : 5, "image/jpeg"]);
  }
  assert.equal(server.asked.length, 2);
  const [row] = await fileRows(bench.store);
  assert.deepEqual(
    [row?.own, row?.here, row?.small, row?.arrived, row?.cases],
    [false, true, true, ARRIVED, [caseId(1)]],
  );
});

test("one's own is shown without a network, small where nothing smaller is there, and a PDF has nothing small", async () => {
  const [bench, server] = [await Bench.make(), new FakeServer()];
  const file = await kept(bench.store);
  const wanted = { case: caseId(1), file: entry(file, newId()) };
  assert.equal((await fileOf(bench.store, server, wanted, "thumbnail")).size, 5);
  assert.equal((await fileOf(bench.store, server, wanted, "original")).size, 100);
  const pdf = { ...wanted, file: { ...wanted.file, type: "application/pdf" } };
  assert.equal((await refusal(fileOf(bench.store, server, pdf, "thumbnail"))).code, "no_thumbnail");
  const elsewhere = { ...wanted, file: { ...wanted.file, sha256: "0".repeat(64) } };
  assert.equal((await refusal(fileOf(bench.store, server, elsewhere, "original"))).code, "not_arrived");
  assert.deepEqual(server.asked, []);
});

test("bytes that are not those of the manifest are not kept", async () => {
  const [bench, server] = [await Bench.make(), new FakeServer()];
  const file = { ...atServer(server, caseId(1)), sha256: "0".repeat(64) };
  await bench.arrive([cased([file])]);
  const refused = await refusal(fileOf(bench.store, server, { case: caseId(1), file }, "original"));
  assert.equal(refused.code, "unreachable");
  assert.deepEqual(await fileRows(bench.store), []);
});

test("what comes for a case that left meanwhile is shown and not kept", async () => {
  const [bench, server] = [await Bench.make(), new FakeServer()];
  const file = atServer(server, caseId(1));
  assert.equal((await fileOf(bench.store, server, { case: caseId(1), file }, "original")).size, 50);
  assert.deepEqual(await fileRows(bench.store), []);
});

test("small ones come ahead, of what is due first; originals not to citizens", async () => {
  const [bench, server] = [await Bench.make(), new FakeServer()];
  const [late, soon, pdf, coming] = [1, 2, 2, 2].map((place, at) =>
    atServer(server, caseId(place), 50, at === 2 ? "application/pdf" : "image/jpeg"),
  );
  assert.ok(late && soon && pdf && coming);
  await bench.arrive([
    cased([late], { id: caseId(1), due: "2026-03-30" }),
    cased([soon, pdf, { ...coming, arrived: null }], { id: caseId(2), due: "2026-03-16" }),
    cased([], { id: caseId(3), due: "2026-03-01" }),
  ]);
  assert.equal(await prefetch(bench.store, server, roomOf(null), CITY), false);
  assert.deepEqual(tails(server), [`${caseId(2)}/${soon.id}/thumbnail`, `${caseId(1)}/${late.id}/thumbnail`]);
  server.asked.length = 0;
  assert.equal(await prefetch(bench.store, server, roomOf(null), CITY), false);
  assert.deepEqual(server.asked, []);
});

/** A surveyor with a case for today, one for next month, and one that is somebody else's to do. */
async function officer(server: FakeServer) {
  const bench = await Bench.make();
  await bench.as({ roles: ["surveyor"] });
  const [today, later, others] = [1, 2, 3].map(place => atServer(server, caseId(place)));
  assert.ok(today && later && others);
  const facts = { owner: "somebody" };
  await bench.arrive([
    cased([today], { ...facts, id: caseId(1), stage: "survey", due: "2026-03-17" }),
    cased([later], { ...facts, id: caseId(2), stage: "survey", due: "2026-04-17" }),
    cased([others], { ...facts, id: caseId(3), stage: "completeness", due: "2026-03-16" }),
  ]);
  const originals = () => server.asked.filter(path => !path.endsWith("/thumbnail")).length;
  return { bench, today, later, others, originals };
}

test("an officer leaves with the originals of what is theirs to do and due", async () => {
  const server = new FakeServer();
  const { bench, today, later, others } = await officer(server);
  await prefetch(bench.store, server, roomOf(null), CITY);
  const here = await Promise.all([today, later, others].map(file => hasBytes(bench.store, file.sha256)));
  assert.deepEqual(here, [true, false, false]);
});

test("not where the person asked the browser to save, nor where there is no room", async () => {
  const server = new FakeServer();
  const { bench, originals } = await officer(server);
  const before = Object.getOwnPropertyDescriptor(globalThis, "navigator");
  Object.defineProperty(globalThis, "navigator", { value: { connection: { saveData: true } }, configurable: true });
  undo.push(() => {
    if (before) Object.defineProperty(globalThis, "navigator", before);
    else Reflect.deleteProperty(globalThis, "navigator");
  });
  await prefetch(bench.store, server, roomOf(null), CITY);
  assert.equal(originals(), 0);
  for (const back of undo.splice(0)) back();
  await prefetch(bench.store, server, roomOf(100), CITY);
  assert.equal(originals(), 0);
  await prefetch(bench.store, server, roomOf(100_000), CITY);
  assert.equal(originals(), 1);
});

test("one that is too large does not keep those that fit away", async () => {
  const [bench, server] = [await Bench.make(), new FakeServer()];
  await bench.as({ roles: ["surveyor"] });
  const files = [600, 100, 600, 90].map(size => atServer(server, caseId(1), size));
  await bench.arrive([cased(files, { owner: "somebody", stage: "survey", due: "2026-03-17" })]);
  // A fifth of a thousand: two hundred.
  assert.equal(await prefetch(bench.store, server, roomOf(1_000), CITY), false);
  const here = () => Promise.all(files.map(file => hasBytes(bench.store, file.sha256)));
  assert.deepEqual(await here(), [false, true, false, true]);
  server.asked.length = 0;
  await prefetch(bench.store, server, roomOf(1_000), CITY);
  assert.deepEqual(server.asked, []);
  await prefetch(bench.store, server, roomOf(null), CITY);
  assert.deepEqual(await here(), [true, true, true, true]);
});

test("two hundred that do not fit cost no more writes than one", async () => {
  const [bench, server] = [await Bench.make(), new FakeServer()];
  await bench.as({ roles: ["surveyor"] });
  const files = Array.from({ length: 200 }, (_, n) => atServer(server, caseId(1), 600 + n));
  await bench.arrive([cased(files, { owner: "somebody", stage: "survey", due: "2026-03-17" })]);
  // What is small comes first, in several runs.
  while (await prefetch(bench.store, server, roomOf(1_000), CITY));
  let writes = 0;
  const change = bench.store.change.bind(bench.store);
  bench.store.change = ((...given: Parameters<typeof change>) => {
    writes += 1;
    return change(...given);
  }) as typeof bench.store.change;
  await prefetch(bench.store, server, roomOf(1_000), CITY);
  assert.equal(writes, 1);
});

test("no more than so many in one run; the rest after the next exchange", async () => {
  const [bench, server] = [await Bench.make(), new FakeServer()];
  const files = Array.from({ length: 70 }, () => atServer(server, caseId(1)));
  await bench.arrive([cased(files)]);
  assert.equal(await prefetch(bench.store, server, roomOf(null), CITY), true);
  assert.equal(server.asked.length, 60);
  assert.equal(await prefetch(bench.store, server, roomOf(null), CITY), false);
  assert.equal(server.asked.length, 70);
});

test("a file that the server cannot show does not keep the others away", async () => {
  const [bench, server] = [await Bench.make(), new FakeServer()];
  const [one, two] = [atServer(server, caseId(1)), atServer(server, caseId(1))];
  server.files.delete(`/api/v1/cases/${caseId(1)}/files/${one.id}/thumbnail`);
  await bench.arrive([cased([one, two])]);
  await prefetch(bench.store, server, roomOf(null), CITY);
  assert.deepEqual(
    (await fileRows(bench.store)).map(row => row.sha256),
    [two.sha256],
  );
});

test("the next working day is what the promise table says, else the next day that is no weekend", () => {
  const day = (from: string, table: PromiseTable | null = null, city: City = CITY) =>
    nextWorkingDay(city, table, new Date(`${from}T02:00:00Z`));
  assert.equal(day("2026-03-16"), "2026-03-17");
  assert.equal(day("2026-03-20"), "2026-03-23");
  // Late in the evening at home it is the next day in the city.
  assert.equal(nextWorkingDay(CITY, null, new Date("2026-03-16T18:00:00Z")), "2026-03-18");
  const rule = { days: 1, unit: "working", starts: [], ends: [], rolls: "next", law: null, open: false } as const;
  const limit: Limit = { ...rule, code: "look", label: { id: "", en: "" }, starts: [], ends: [] };
  const services = CITY.services.map(service => ({ ...service, limits: [limit] }));
  // The twentieth is a Friday, and the two days after the weekend are holidays.
  const table = { version: "c1", first: "2026-03-20", rows: { lapor: { look: [5] } } };
  assert.equal(day("2026-03-20", table, { ...CITY, services }), "2026-03-25");
});
