/** Files as the screens know them, where an upload is to go as it is told; what every desk promises of files is held in
 * `tests/contract/`. */

import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { FileState } from "../../../src/desk.ts";
import { BrowserDesk, type BrowserOptions } from "../../../src/device/browser_desk.ts";
import { attachOf } from "../../../src/device/files/manifest.ts";
import type * as sending from "../../../src/device/files/sending.ts";
import { TenggatError } from "../../../src/sync/errors.ts";
import { caseId, ME, newId, refusal, uniqueName } from "../bench.ts";
import { COMPLETE } from "../city.ts";
import { FakeServer } from "../server.ts";
import { bytesOf, studioOf } from "./kept.ts";

type Send = typeof sending.send;

const desks: BrowserDesk[] = [];
after(async () => {
  for (const desk of desks) await desk.stop();
});

/** A device, its server, and uploads that go as they are told. */
async function open(send: Send = async () => {}, given: BrowserOptions = {}) {
  const server = new FakeServer();
  const desk = new BrowserDesk({
    ...{ name: uniqueName(), marking: null, locks: undefined, transport: server },
    files: { studio: studioOf(bytesOf(60)), sender: async () => ({ send }) },
    ...given,
  });
  desks.push(desk);
  await desk.start();
  await desk.city();
  return { desk, server };
}

const photo = () => new File([new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 0, 2, 0xff, 0xd9])], "ktp.jpg");

async function until(look: () => Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 400; turn += 1) {
    if (await look()) return;
    await new Promise(resolve => setTimeout(resolve, 5));
  }
  throw new Error("it never came to be");
}

/** A case with one photo, as the person leaves it; its id and the attachment's. */
async function filed(desk: BrowserDesk): Promise<[string, string]> {
  const id = newId();
  await desk.edit(id, COMPLETE, "berkas");
  const kept = await desk.keep_file(photo(), ["image", "pdf"], 1);
  const attachment = await desk.attach(id, "ktp", kept);
  return [id, attachment];
}

const shown = (states: FileState[]) => states.map(({ here, sent, state }) => [here, sent, state]);

test("an exchange does not wait for a file that is on its way", async () => {
  let end = () => {};
  const { desk, server } = await open(
    (_, { sent }) =>
      new Promise(resolve => {
        sent(20, false);
        end = resolve;
      }),
  );
  const [id] = await filed(desk);
  await desk.submit(id);
  await until(async () => (await desk.files(id))[0]?.state === "uploading");
  assert.deepEqual([shown(await desk.files(id)), (await desk.status()).files.sent], [[[true, 20, "uploading"]], 20]);
  const before = server.requests.length;
  const other = newId();
  await desk.edit(other, COMPLETE, "izin");
  await desk.submit(other);
  await until(async () => (await desk.case(other))?.record?.stage === "completeness");
  assert.ok(server.requests.length > before);
  assert.equal((await desk.files(id))[0]?.state, "uploading");
  end();
});

test("a file that the server refused is shown with its reason, and another takes its place", async () => {
  const { desk } = await open(async () => {
    throw new TenggatError("broken_file", "cannot be read", { text: { id: "Rusak.", en: "Damaged." } });
  });
  const id = newId();
  await desk.edit(id, COMPLETE, "berkas");
  const kept = await desk.keep_file(photo(), ["image"], 1);
  const attachment = await desk.attach(id, "ktp", kept);
  await desk.sync();
  await until(async () => (await desk.files(id))[0]?.state === "refused");
  const [state] = await desk.files(id);
  assert.deepEqual([state?.trouble?.code, state?.trouble?.text?.en], ["broken_file", "Damaged."]);
  assert.equal((await desk.status()).files.waiting, 0);
  assert.deepEqual(
    (await desk.waiting_files()).map(row => row.state),
    ["refused"],
  );
  await desk.detach(id, attachment);
  const next = await desk.attach(id, "ktp", kept);
  assert.deepEqual(
    (await desk.waiting_files()).map(row => [row.attachment, row.state]).sort(),
    [
      [attachment, "refused"],
      [next, "waiting"],
    ].sort(),
  );
});

test("photos of a form that is half typed are there to be seen, and go with the action", async () => {
  const { desk, server } = await open();
  server.person = { id: ME, name: "Petugas", kind: "staff", roles: ["surveyor"] };
  server.put({
    ...{ t: "case", id: caseId(1), v: 1, scopes: server.scopes, service: "berkas", rule: 1, stage: "survey" },
    ...{ created: "2026-03-16T01:00:00Z", owner: "somebody", attachments: [] },
  });
  await desk.store.change("relaxed", async ({ meta }) => meta.set("token", "t".repeat(43)));
  await desk.sync();
  const kept = await desk.keep_file(photo(), ["image"], 1);
  const attach = [attachOf(newId(), "site", kept)];
  const act = { action: "report_survey", form: { road_width: 6 }, attach };
  await desk.keep_typing(caseId(1), act.action, act);
  assert.deepEqual(shown(await desk.files(caseId(1))), [[true, 0, "waiting"]]);
  assert.equal((await desk.file(caseId(1), attach[0]?.id ?? "", "thumbnail")).size, 5);
  assert.deepEqual(await desk.waiting_files(), []);
  assert.equal((await refusal(desk.sign_out())).extra.files, 1);
  await desk.act(caseId(1), act);
  assert.deepEqual(
    (await desk.waiting_files()).map(row => row.attachment),
    [attach[0]?.id],
  );
  // All of it went up, and this server never says that it arrived.
  await until(async () => (await desk.files(caseId(1)))[0]?.state === "sent");
});

test("what is only on another device is said to be there", async () => {
  const { desk, server } = await open();
  const attachment = { id: newId(), document: "ktp", sha256: "0".repeat(64), size: 9, type: "image/jpeg" };
  server.put({
    ...{ t: "case", id: caseId(1), v: 1, scopes: server.scopes, service: "berkas", rule: 1, stage: "draft" },
    ...{ created: "2026-03-16T01:00:00Z", owner: ME, attachments: [attachment] },
  });
  await desk.store.change("relaxed", async ({ meta }) => meta.set("token", "t".repeat(43)));
  await desk.sync();
  assert.deepEqual(shown(await desk.files(caseId(1))), [[false, 0, "elsewhere"]]);
  assert.equal((await refusal(desk.file(caseId(1), attachment.id, "original"))).code, "not_arrived");
  assert.equal((await refusal(desk.file(caseId(1), newId(), "original"))).code, "not_found");
});

test("a service worker exchanges and carries no files", async () => {
  let sent = 0;
  const { desk } = await open(
    async () => {
      sent += 1;
    },
    { carries: false },
  );
  const [id] = await filed(desk);
  await desk.submit(id);
  await until(async () => (await desk.case(id))?.record?.stage === "completeness");
  await new Promise(resolve => setTimeout(resolve, 50));
  assert.deepEqual([sent, shown(await desk.files(id))], [0, [[true, 0, "waiting"]]]);
});
