/** Sending bytes: which, in which order, on from where it was cut off, and what comes of each answer. */

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import type { Kept } from "../../../src/desk.ts";
import { Alone } from "../../../src/device/alone.ts";
import type * as sending from "../../../src/device/files/sending.ts";
import { type UploadOptions, Uploads } from "../../../src/device/files/uploads.ts";
import { Bench, caseId, newId, uniqueName } from "../bench.ts";
import { ARRIVED, cased, entry, fileRows, kept, queue } from "./kept.ts";
import { TusServer } from "./tus_server.ts";

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Port {
  bench: Bench;
  tus: TusServer;
  uploads: Uploads;
  counts: { told: number; finished: number };
  again(options?: Partial<UploadOptions>): Uploads;
}

async function port(given: Parameters<typeof Bench.make>[0] = {}): Promise<Port> {
  const bench = await Bench.make(given);
  const tus = new TusServer();
  const server = await tus.listen();
  closing.push(() => tus.close());
  const counts = { told: 0, finished: 0 };
  const name = uniqueName();
  const again = (options: Partial<UploadOptions> = {}) => {
    const uploads = new Uploads(
      bench.store,
      new Alone(name, undefined),
      () => {
        counts.told += 1;
      },
      () => {
        counts.finished += 1;
      },
      // Node's tus-js-client takes Buffers where a browser's takes Blobs.
      { server, bodyOf: bytes => Buffer.from(bytes) as unknown as Blob, chance: () => 0.5, ...options },
    );
    closing.push(() => uploads.stop());
    return uploads;
  };
  return { bench, tus, uploads: again(), counts, again };
}

/** A file on a case that the server knows; the attachment's id. */
async function attached(bench: Bench, file: Kept, about = caseId(1)): Promise<string> {
  const id = newId();
  await bench.arrive([cased([entry(file, id)], { id: about })]);
  return id;
}

const sizes = (tus: TusServer) => [...tus.uploads.values()].map(held => held.bytes.length);

test("what the server knows of is sent, smallest first, and the next exchange is asked for once", async () => {
  const { bench, tus, uploads, counts } = await port();
  const large = await attached(bench, await kept(bench.store, { size: 3_000 }));
  const small = await attached(bench, await kept(bench.store, { size: 30 }), caseId(2));
  await uploads.run();
  assert.deepEqual(sizes(tus), [30, 3_000]);
  assert.deepEqual(
    [...tus.uploads.values()].map(held => held.metadata),
    [
      { case: caseId(2), attachment: small },
      { case: caseId(1), attachment: large },
    ],
  );
  assert.deepEqual([...tus.tokens], [`Bearer ${"t".repeat(43)}`]);
  assert.deepEqual(
    (await queue(bench.store)).map(row => [row.state, row.sent]).sort(),
    [
      ["whole", 30],
      ["whole", 3_000],
    ].sort(),
  );
  assert.equal(counts.finished, 1);
  // Nothing more to do until the server's word comes.
  await uploads.run();
  assert.equal(tus.uploads.size, 2);
  assert.deepEqual(
    (await fileRows(bench.store)).map(row => row.arrived),
    [null, null],
  );
});

test("the server's word is asked for while more is still to be sent", async () => {
  let now = 0;
  const { bench, counts, again } = await port({ clock: () => new Date(now) });
  for (let n = 1; n <= 6; n += 1) await attached(bench, await kept(bench.store, { size: n * 10 }), caseId(n));
  const asked: number[] = [];
  const sender: UploadOptions["sender"] = async () => ({
    send: async () => {
      asked.push(counts.finished);
      now += 3_000;
    },
  });
  await again({ sender }).run();
  assert.deepEqual([asked, counts.finished], [[0, 0, 1, 1, 2, 2], 3]);
});

test("a file never goes before its command, nor when that was refused or taken back", async () => {
  const { bench, tus, uploads } = await port();
  const id = await bench.begin("berkas", {});
  const attachment = await bench.work.attach(id, "ktp", await kept(bench.store));
  await uploads.run();
  await bench.store.take();
  await uploads.run();
  assert.equal(tus.requests.length, 0);
  await bench.send(["rejected"], "invalid_file");
  await uploads.run();
  assert.equal(tus.requests.length, 0);
  const known = await attached(bench, await kept(bench.store), caseId(7));
  await bench.work.detach(caseId(7), known);
  await uploads.run();
  assert.equal(tus.requests.length, 0);
  assert.deepEqual((await queue(bench.store)).map(row => row.id).sort(), [attachment, known].sort());
});

test("photos of an officer whose case has left go all the same, and the server's word is asked for", async () => {
  const { bench, tus, uploads } = await port();
  await bench.as({ roles: ["surveyor"] });
  await bench.arrive([cased([], { stage: "survey", owner: "somebody" })]);
  const file = await kept(bench.store);
  const { sha256, size, type } = file;
  const attach = [{ id: newId(), document: "site", sha256, size, type }];
  await bench.work.act(caseId(1), { action: "report_survey", form: { road_width: 6 }, attach });
  const device = await bench.send(["applied"]);
  await bench.hear(device, [{ kind: "gone", ids: [caseId(1)] }]);
  await uploads.run();
  assert.deepEqual(sizes(tus), [100]);
  assert.equal((await fileRows(bench.store))[0]?.arrived, null);
  tus.fate.push({ method: "POST", status: 409, body: { code: "already_arrived" } });
  await uploads.run();
  assert.deepEqual(await queue(bench.store), []);
  assert.ok((await fileRows(bench.store))[0]?.arrived);
});

test("an upload that was cut goes on where it stood, also after a restart", async () => {
  const { bench, tus, uploads, again } = await port();
  await attached(bench, await kept(bench.store, { size: 900_000 }));
  tus.fate.push({ method: "PATCH", cut: 10_000 });
  await uploads.run();
  assert.deepEqual(sizes(tus), [10_000]);
  const [row] = await queue(bench.store);
  assert.deepEqual([row?.url, row?.state, row?.trouble?.code], ["/api/v1/uploads/1", "waiting", "unreachable"]);
  await uploads.stop();
  tus.requests.length = 0;
  await again().run();
  assert.deepEqual(sizes(tus), [900_000]);
  assert.deepEqual(tus.requests, ["HEAD /uploads/1", "PATCH /uploads/1", "PATCH /uploads/1"]);
});

for (const status of [404, 410]) {
  test(`an upload that the server answers with ${status} is begun anew`, async () => {
    const { bench, tus, again } = await port();
    await attached(bench, await kept(bench.store, { size: 900 }));
    tus.fate.push({ method: "PATCH", cut: 100 });
    await again().run();
    tus.fate.push({ method: "HEAD", status });
    await again().run();
    assert.deepEqual(sizes(tus), [100, 900]);
    assert.deepEqual(
      (await queue(bench.store)).map(row => row.state),
      ["whole"],
    );
  });
}

test("a server that stumbles costs nothing of what was sent, and holds up no other file", async () => {
  const { bench, tus, again } = await port();
  await attached(bench, await kept(bench.store, { size: 900 }));
  tus.fate.push({ method: "PATCH", cut: 100 });
  await again().run();
  await attached(bench, await kept(bench.store, { size: 2_000 }), caseId(2));
  tus.fate.push({ method: "HEAD", status: 503 });
  await again().run();
  assert.deepEqual(sizes(tus), [100, 2_000]);
  await again().run();
  assert.deepEqual(sizes(tus), [900, 2_000]);
});

test("bytes that the server has had before are not sent", async () => {
  const { bench, tus, uploads } = await port();
  tus.known.add(100);
  await attached(bench, await kept(bench.store));
  await uploads.run();
  assert.deepEqual(tus.requests, ["POST /uploads"]);
  assert.deepEqual(
    (await queue(bench.store)).map(row => row.state),
    ["whole"],
  );
});

test("what another device has sent meanwhile is not sent again", async () => {
  const { bench, tus, uploads, counts } = await port();
  await attached(bench, await kept(bench.store));
  tus.fate.push({ method: "POST", status: 409, body: { code: "already_arrived", detail: "here" } });
  await uploads.run();
  assert.deepEqual([(await queue(bench.store))[0]?.state, counts.finished], ["whole", 1]);
});

test("a file that the server refuses is shown with its reason, tried no more, and holds nothing up", async () => {
  const { bench, tus, uploads } = await port();
  await attached(bench, await kept(bench.store, { size: 10 }));
  await attached(bench, await kept(bench.store, { size: 20 }), caseId(2));
  const text = { id: "Berkas rusak.", en: "The file is damaged." };
  tus.fate.push({ method: "PATCH", status: 422, body: { code: "broken_file", detail: "cannot be read", text } });
  await uploads.run();
  const [first, second] = (await queue(bench.store)).sort((a, b) => a.size - b.size);
  assert.deepEqual([first?.state, first?.trouble?.code, first?.trouble?.text], ["refused", "broken_file", text]);
  assert.equal(second?.state, "whole");
  tus.requests.length = 0;
  await uploads.run();
  assert.deepEqual(tus.requests, []);
  assert.equal((await bench.read(({ files }) => files.waiting())).waiting, 1);
});

test("what the server does not find though its case is here is asked again, and holds nothing up", async () => {
  const { bench, tus, uploads, again } = await port();
  await attached(bench, await kept(bench.store, { size: 10 }));
  await attached(bench, await kept(bench.store, { size: 20 }), caseId(2));
  tus.fate.push({ method: "POST", status: 404, body: { code: "not_found", detail: "no such case" } });
  await uploads.run();
  assert.deepEqual(sizes(tus), [20]);
  assert.deepEqual((await bench.store.take()).health?.files, 2);
  await again().run();
  assert.deepEqual(sizes(tus), [20, 10]);
});

test("a server with no room is asked again later, and nothing is lost", async () => {
  const { bench, tus, uploads, again } = await port();
  await attached(bench, await kept(bench.store, { size: 10 }));
  await attached(bench, await kept(bench.store, { size: 20 }), caseId(2));
  tus.fate.push({ method: "POST", status: 507, body: { code: "storage_full", detail: "full" } });
  await uploads.run();
  assert.deepEqual(tus.requests, ["POST /uploads"]);
  assert.deepEqual(
    (await queue(bench.store)).map(row => row.state),
    ["waiting", "waiting"],
  );
  // Not before its time, however often it is asked.
  await uploads.run();
  assert.equal(tus.requests.length, 1);
  await again().run();
  assert.deepEqual(sizes(tus), [10, 20]);
});

test("bytes that are not those of their hash any more are refused here", async () => {
  const { bench, tus, uploads } = await port();
  const file = await kept(bench.store);
  await attached(bench, file);
  await bench.store.change("strict", async ({ transaction }) => {
    await transaction.objectStore("bytes").put(new ArrayBuffer(100), file.sha256);
  });
  tus.fate.push({ method: "PATCH", status: 460, body: { code: "hash_mismatch", detail: "other bytes" } });
  await uploads.run();
  assert.deepEqual(
    (await queue(bench.store)).map(row => [row.state, row.trouble?.code]),
    [["refused", "hash_mismatch"]],
  );
});

test("bytes damaged on the way are sent anew", async () => {
  const { bench, tus, uploads, again } = await port();
  await attached(bench, await kept(bench.store));
  tus.fate.push({ method: "PATCH", status: 460, body: { code: "hash_mismatch", detail: "other bytes" } });
  await uploads.run();
  assert.deepEqual(
    (await queue(bench.store)).map(row => [row.state, row.url]),
    [["waiting", null]],
  );
  await again().run();
  assert.deepEqual(
    (await queue(bench.store)).map(row => row.state),
    ["whole"],
  );
});

test("a second window leaves it to the first", async () => {
  const { bench, tus } = await port();
  await attached(bench, await kept(bench.store));
  const alone = new Alone(uniqueName(), undefined);
  let going = () => {};
  const held = alone.next(() => new Promise<void>(resolve => (going = resolve)));
  const none = () => {};
  const second = new Uploads(bench.store, alone, none, none, { server: "http://127.0.0.1:1" });
  await second.run();
  going();
  await held;
  assert.deepEqual([tus.requests, (await queue(bench.store))[0]?.trouble], [[], null]);
});

test("how far a file has come is told four times a second at most, and stopping leaves the rest for later", async () => {
  const { bench, uploads, counts, again } = await port();
  await attached(bench, await kept(bench.store));
  const steps: typeof sending.send = async (_row, given) => {
    for (let done = 0; done < 100; done += 1) given.sent(done, false);
    await new Promise<void>((_, reject) => given.signal.addEventListener("abort", () => reject(new Error("stopped"))));
  };
  await uploads.stop();
  const slow = again({ sender: async () => ({ send: steps }) });
  const run = slow.run();
  await new Promise(resolve => setTimeout(resolve, 50));
  assert.equal(slow.current?.sent, 99);
  assert.ok(counts.told <= 2, String(counts.told));
  await slow.stop();
  await run;
  assert.deepEqual(
    (await queue(bench.store)).map(row => [row.state, row.trouble]),
    [["waiting", null]],
  );
});

test("what the browser lost is not waited for, and whoever took it hears of it", async () => {
  const { bench, tus, uploads } = await port();
  const file = await kept(bench.store);
  await attached(bench, file);
  await bench.store.change("strict", async ({ transaction }) => {
    await transaction.objectStore("bytes").delete(file.sha256);
  });
  await uploads.run();
  assert.deepEqual(tus.requests, []);
  assert.deepEqual(
    (await queue(bench.store)).map(row => [row.state, row.trouble?.code]),
    [["refused", "no_such_file"]],
  );
  assert.equal((await fileRows(bench.store))[0]?.here, false);
  // The next record does not make it wait again for bytes that are not there.
  await bench.arrive([cased([entry(file, (await queue(bench.store))[0]?.id ?? "")], { v: 2 })]);
  assert.equal((await bench.read(({ files }) => files.waiting())).waiting, 0);
});

test("the record that says it arrived ends it", async () => {
  const { bench, uploads } = await port();
  const file = await kept(bench.store);
  const id = await attached(bench, file);
  await uploads.run();
  await bench.arrive([cased([entry(file, id, { arrived: ARRIVED })], { v: 2 })]);
  assert.deepEqual(await queue(bench.store), []);
  assert.equal((await fileRows(bench.store))[0]?.arrived, ARRIVED);
});
