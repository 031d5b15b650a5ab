/** Photos, browsers and a real server: from the camera to an officer's screen, with a server that dies half way.
 * `tests/web/test_device.py` runs it; without a server there is nothing to run.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { FileState } from "../../../src/desk.ts";
import type { BrowserDesk, BrowserOptions } from "../../../src/device/browser_desk.ts";
import * as sending from "../../../src/device/files/sending.ts";
import { newId, refusal, uniqueName } from "../bench.ts";
import { begin, complain, open, PASSWORD, server, shown, tell, until } from "../real.ts";
import { hasBytes, hashOf, studioOf } from "./kept.ts";
import { noise } from "./noise.ts";

/** A browser whose pictures come out as these bytes; `given` may come between it and its uploads. */
function camera(bytes: Uint8Array<ArrayBuffer>, send = sending.send): BrowserOptions {
  const studio = async () => {
    const { shrunk, claimsOf } = await studioOf(bytes)();
    return {
      claimsOf,
      shrunk: async (file: Blob, sharp: boolean) => {
        const made = await shrunk(file, sharp);
        return made && { ...made, picture: { ...made.picture, type: "image/png" } };
      },
    };
  };
  // Node's tus-js-client takes Buffers where a browser's takes Blobs.
  const bodyOf = (body: ArrayBuffer) => Buffer.from(body) as unknown as Blob;
  return { chance: () => 0, files: { studio, bodyOf, sender: async () => ({ send }) } };
}

/** Keeps a photo and attaches it; the attachment's id. */
async function photograph(desk: BrowserDesk, id: string, bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const kept = await desk.keep_file(new File([bytes], "lampu.png"), ["image"], 10);
  assert.equal(kept.sha256, hashOf(bytes));
  return desk.attach(id, "photos", kept);
}

const stateOf = async (desk: BrowserDesk, id: string): Promise<FileState["state"] | undefined> =>
  (await desk.files(id))[0]?.state;

test("a photo follows its complaint, is seen by the officer, and goes from the phone only after that", {
  skip: !server,
}, async () => {
  const bytes = noise(300);
  const citizen = await open(uniqueName(), camera(bytes));
  const id = await begin(citizen);
  const attachment = await photograph(citizen, id, bytes);
  // In the outbox, and at the server's door only once the command was answered.
  assert.deepEqual([await stateOf(citizen, id), (await citizen.status()).files.waiting], ["waiting", 1]);
  await citizen.submit(id);
  await until(async () => (await stateOf(citizen, id)) === "arrived", "the photo arrived");
  const [file] = (await shown(citizen, id))?.files ?? [];
  assert.deepEqual([file?.id, file?.waiting, Boolean(file?.arrived), file?.role], [attachment, false, true, "owner"]);
  assert.equal(await hasBytes(citizen.store, file?.sha256 ?? ""), true);
  assert.deepEqual((await citizen.status()).files, { waiting: 0, bytes: 0, sent: 0 });

  const officer = await open(uniqueName(), camera(bytes));
  await officer.sign_in("aduan", PASSWORD);
  await until(() => shown(officer, id), "the officer sees the complaint");
  await until(async () => (await officer.files(id))[0]?.thumbnail, "something small came ahead");
  const original = await officer.file(id, attachment, "original");
  assert.equal(hashOf(new Uint8Array(await original.arrayBuffer())), hashOf(bytes));
  assert.ok((await officer.file(id, attachment, "thumbnail")).size < bytes.length);

  // Nothing of it stays with whoever sits there next.
  await officer.sign_out();
  assert.deepEqual(await officer.store.read(({ files }) => files.rows()), []);
});

test("an upload that a dying server cut goes on where it stood, after a restart of both", {
  skip: !server,
}, async () => {
  const bytes = noise(1_200);
  const name = uniqueName();
  let cut = false;
  const cutting: typeof sending.send = (row, given) =>
    sending.send(row, {
      ...given,
      sent(done, certain) {
        given.sent(done, certain);
        if (!certain || cut) return;
        cut = true;
        void tell("kill");
      },
    });
  const citizen = await open(name, camera(bytes, cutting));
  const id = await begin(citizen);
  await photograph(citizen, id, bytes);
  await citizen.submit(id);
  await until(async () => cut && (await citizen.files(id))[0]?.trouble, "the upload is cut");
  const [before] = await citizen.store.read(({ files }) => files.queue());
  assert.ok(before?.url && before.sent > 0 && before.sent < bytes.length, JSON.stringify(before));
  await citizen.stop();

  await tell("start");
  const offsets: number[] = [];
  const counting: typeof sending.send = (row, given) => {
    assert.equal(row.url, before.url);
    return sending.send(row, {
      ...given,
      sent(done, certain) {
        offsets.push(done);
        given.sent(done, certain);
      },
    });
  };
  const again = await open(name, camera(bytes, counting));
  await until(async () => (await stateOf(again, id)) === "arrived", "the photo arrived");
  assert.ok(Math.min(...offsets) >= before.sent, `${offsets[0]} of ${before.sent}`);
});

test("what is no picture is refused by the server, said, and another one taken in its place", {
  skip: !server,
}, async () => {
  const fake = new Uint8Array(2_000).fill(65);
  const citizen = await open(uniqueName(), camera(fake));
  const id = await begin(citizen);
  const kept = await citizen.keep_file(new File([noise(8)], "lampu.png"), ["image"], 10);
  assert.equal(kept.size, fake.length);
  const attachment = await citizen.attach(id, "photos", kept);
  await citizen.sync();
  await until(async () => (await stateOf(citizen, id)) === "refused", "the server refuses it");
  const [state] = await citizen.files(id);
  assert.equal(state?.trouble?.code, "wrong_type");
  assert.ok(state?.trouble?.text?.id && state.trouble.text.en);
  await citizen.detach(id, attachment);
  await citizen.submit(id);
  await until(async () => (await shown(citizen, id))?.number, "the complaint goes in without it");
  await until(async () => !(await citizen.waiting_files()).length, "and nothing of it waits");
});

test("bytes that the server has from this person are not sent twice", { skip: !server }, async () => {
  const bytes = noise(100);
  const sent: number[] = [];
  const counting: typeof sending.send = (row, given) =>
    sending.send(row, {
      ...given,
      sent(done, certain) {
        sent.push(done);
        given.sent(done, certain);
      },
    });
  const citizen = await open(uniqueName(), camera(bytes, counting));
  for (let turn = 0; turn < 2; turn += 1) {
    const id = await begin(citizen);
    await photograph(citizen, id, bytes);
    await citizen.submit(id);
    await until(async () => (await stateOf(citizen, id)) === "arrived", "the photo arrived");
    if (!turn) sent.length = 0;
  }
  assert.deepEqual(sent, []);
  assert.equal((await citizen.store.read(({ files }) => files.rows())).length, 1);
});

test("a photo of a guest is theirs alone", { skip: !server }, async () => {
  const bytes = noise(50);
  const [citizen, other] = [await open(uniqueName(), camera(bytes)), await open(uniqueName(), camera(bytes))];
  const id = await begin(citizen);
  const attachment = await photograph(citizen, id, bytes);
  await citizen.submit(id);
  await until(async () => (await stateOf(citizen, id)) === "arrived", "the photo arrived");
  const own = await complain(other);
  await until(async () => (await shown(other, own))?.number, "the other guest is known");
  const { sha256 = "", size = 0 } = (await shown(citizen, id))?.files[0] ?? {};
  const path = `/api/v1/cases/${id}/files/${attachment}`;
  const token = await other.store.read(({ meta }) => meta.get("token"));
  const answer = await fetch(`${server}${path}`, { headers: { Authorization: `Bearer ${token}` } });
  assert.equal(answer.status, 404);
  assert.ok(sha256 && size);
  assert.equal((await refusal(other.file(id, newId(), "original"))).code, "not_found");
});
