/** Photos and documents: kept before anything names them, attached, sent by themselves, and truthfully said where they are. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { Desk, FileState } from "../../src/desk.ts";
import { attachOf } from "../../src/device/files/manifest.ts";
import { newId, refusal } from "../device/bench.ts";
import { noise } from "../device/files/noise.ts";
import { begin, cityOf, PASSWORD, shown, until } from "../device/real.ts";
import { contract } from "./world.ts";

const KEPT = ["accuracy", "name", "place", "sha256", "size", "taken", "type"];
const STATE = ["attachment", "here", "sent", "sha256", "size", "state", "thumbnail", "trouble"];
const WAITING = [...STATE, "case", "document", "name", "queued_at", "type"].sort();

const photo = (name = "lampu.png") => new File([noise(40)], name, { type: "image/png" });
let papers = 0;

/** The least that is a PDF, and no two alike. */
function paper(name = "surat.pdf"): File {
  const body = `%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n`;
  return new File([`${body}%${++papers}\ntrailer<</Root 1 0 R/Size 3>>\n%%EOF\n`], name, { type: "application/pdf" });
}

const hashOf = async (blob: Blob) =>
  createHash("sha256")
    .update(new Uint8Array(await blob.arrayBuffer()))
    .digest("hex");
const stateOf = async (desk: Desk, id: string): Promise<FileState["state"] | undefined> =>
  (await desk.files(id))[0]?.state;

contract("a file", it => {
  it("is kept as it is said to be, and a picture is made small", async ({ open }) => {
    const { desk } = await open({ offline: true });
    const kept = await desk.keep_file(paper("surat & tanda.pdf"), ["image", "pdf"], 1);
    assert.deepEqual(Object.keys(kept).sort(), KEPT);
    assert.deepEqual(
      { ...kept, sha256: kept.sha256.length },
      {
        ...{ sha256: 64, size: kept.size, type: "application/pdf", name: "surat & tanda.pdf" },
        ...{ taken: null, place: null, accuracy: null },
      },
    );
    const picture = await desk.keep_file(photo("Foto malam.png"), ["image"], 5);
    assert.deepEqual([picture.type, picture.name.replace(/\.\w+$/, "")], ["image/jpeg", "Foto malam"]);
    assert.deepEqual(Object.keys(picture).sort(), KEPT);
  });

  it("that cannot be taken is refused before anything is lost", async ({ open }) => {
    const { desk } = await open({ offline: true });
    const big = new File([`%PDF-1.4\n${"x".repeat(1_100_000)}\n%%EOF\n`], "besar.pdf");
    const refused = [
      desk.keep_file(paper(), ["image"], 1),
      desk.keep_file(new File(["bukan gambar sama sekali"], "foto.jpg"), ["image", "pdf"], 1),
      desk.keep_file(big, ["pdf"], 1),
      desk.keep_file(new File([], "kosong.jpg"), ["image", "pdf"], 1),
    ];
    const codes = await Promise.all(refused.map(async deed => (await refusal(deed)).code));
    assert.deepEqual(codes, ["wrong_type", "wrong_type", "too_large", "broken_file"]);
  });

  it("begins a case, waits beside what was typed, and is taken away again", async ({ open }) => {
    const { desk, network } = await open();
    await cityOf(desk);
    network.cut();
    const id = newId();
    const kept = await desk.keep_file(photo(), ["image"], 5);
    const attachment = await desk.attach(id, "photos", kept, "lapor");
    await desk.edit(id, { title: "Lampu" });
    const [entry, ...more] = await desk.outbox();
    const [one] = (entry?.data.attach ?? []) as { id: string; sha256: string; document: string }[];
    assert.deepEqual([more, one?.id, one?.sha256, one?.document], [[], attachment, kept.sha256, "photos"]);
    const [state] = await desk.files(id);
    assert.ok(state);
    assert.deepEqual(Object.keys(state).sort(), STATE);
    assert.deepEqual(state, {
      ...{ attachment, sha256: kept.sha256, here: true, thumbnail: true, sent: 0, size: kept.size },
      ...{ state: "waiting", trouble: null },
    });
    const [waiting] = await desk.waiting_files();
    assert.ok(waiting);
    assert.deepEqual(Object.keys(waiting).sort(), WAITING);
    assert.deepEqual(
      [waiting.case, waiting.document, waiting.name, waiting.type],
      [id, "photos", kept.name, kept.type],
    );
    assert.deepEqual((await desk.status()).files, { waiting: 1, bytes: kept.size, sent: 0 });
    assert.equal((await refusal(desk.sign_out())).extra.files, 1);
    const original = await desk.file(id, attachment, "original");
    assert.deepEqual([original.type, await hashOf(original)], [kept.type, kept.sha256]);
    assert.ok((await desk.file(id, attachment, "thumbnail")).size > 0);
    await desk.detach(id, attachment);
    await desk.detach(id, newId());
    assert.deepEqual([await desk.files(id), await desk.waiting_files()], [[], []]);
    assert.deepEqual(
      (await desk.outbox()).map(left => left.data.attach),
      [undefined],
    );
    assert.equal((await refusal(desk.file(id, attachment, "original"))).code, "not_found");
  });

  it("has its place: another document, one too many, or one that is not here is refused", async ({ open }) => {
    const { desk, network } = await open();
    await cityOf(desk);
    network.cut();
    const id = newId();
    const kept = await desk.keep_file(paper(), ["pdf"], 1);
    await desk.edit(id, { title: "Lampu" }, "lapor");
    assert.equal((await refusal(desk.attach(id, "tidak_ada", kept))).code, "unknown_document");
    assert.equal((await refusal(desk.attach(id, "after_photos", kept))).code, "unknown_document");
    const wrong = await refusal(desk.attach(id, "photos", kept));
    assert.deepEqual([wrong.code, Object.keys(Object(wrong.extra.problems)).length], ["invalid_file", 1]);
    const strange = { ...kept, sha256: "0".repeat(64), type: "image/jpeg" };
    assert.equal((await refusal(desk.attach(id, "photos", strange))).code, "no_such_file");
    assert.equal((await refusal(desk.attach(newId(), "photos", kept))).code, "no_such_case");
    assert.deepEqual(await desk.files(id), []);
  });

  it("of a PDF has nothing small to show", async ({ open }) => {
    const { desk, network } = await open();
    await cityOf(desk);
    network.cut();
    const id = newId();
    const kept = await desk.keep_file(paper(), ["pdf"], 1);
    const attachment = await desk.attach(id, "ktp", kept, "krk");
    assert.deepEqual(
      (await desk.files(id)).map(state => [state.here, state.thumbnail]),
      [[true, false]],
    );
    assert.equal((await refusal(desk.file(id, attachment, "thumbnail"))).code, "no_thumbnail");
    assert.equal((await desk.file(id, attachment, "original")).type, "application/pdf");
  });

  it("follows its complaint to the officer, and everybody is told", async ({ open, other }) => {
    const { desk } = await open();
    const id = await begin(desk);
    const kept = await desk.keep_file(photo(), ["image"], 5);
    const attachment = await desk.attach(id, "photos", kept);
    await desk.submit(id);
    await until(async () => (await stateOf(desk, id)) === "arrived", "the photo arrived");
    const [state] = await desk.files(id);
    assert.deepEqual([state?.sent, state?.here, state?.trouble], [kept.size, true, null]);
    assert.deepEqual(
      [(await desk.status()).files, await desk.waiting_files()],
      [{ waiting: 0, bytes: 0, sent: 0 }, []],
    );
    const { desk: officer } = await other();
    await officer.sign_in("aduan", PASSWORD);
    await until(() => shown(officer, id), "the officer sees the complaint");
    assert.equal(await hashOf(await officer.file(id, attachment, "original")), kept.sha256);
  });

  it("of another device is said to be there, and is fetched once it arrived", async ({ open, other }) => {
    const { desk: citizen } = await other();
    const id = await begin(citizen);
    const kept = await citizen.keep_file(photo(), ["image"], 5);
    const attachment = await citizen.attach(id, "photos", kept);
    await citizen.submit(id);
    await until(async () => (await stateOf(citizen, id)) === "arrived", "the photo arrived");
    const { desk, network } = await open();
    await desk.sign_in("aduan", PASSWORD);
    await until(async () => (await stateOf(desk, id)) === "arrived", "the officer hears of it");
    const small = await desk.file(id, attachment, "thumbnail");
    assert.ok(small.size > 0 && small.type === "image/jpeg");
    const original = await desk.file(id, attachment, "original");
    assert.deepEqual([original.type, await hashOf(original)], ["image/jpeg", kept.sha256]);
    network.cut();
    assert.equal(await hashOf(await desk.file(id, attachment, "original")), kept.sha256);
    assert.deepEqual(
      (await desk.files(id)).map(({ here, thumbnail }) => [here, thumbnail]),
      [[true, true]],
    );
  });

  it("of a form that is half typed is there to be seen, and goes with the deed", async ({ open, other }) => {
    const { desk: citizen } = await other();
    const id = await begin(citizen);
    await citizen.submit(id);
    await until(async () => (await shown(citizen, id))?.number, "a number");
    const { desk } = await open();
    await desk.sign_in("aduan", PASSWORD);
    await until(() => shown(desk, id), "the officer sees it");
    const attach = [attachOf(newId(), "after_photos", await desk.keep_file(photo(), ["image"], 5))];
    await desk.keep_typing(id, "resolve", { action: "resolve", attach });
    assert.deepEqual(
      (await desk.files(id)).map(file => [file.attachment, file.state]),
      [[attach[0]?.id, "waiting"]],
    );
    assert.deepEqual(await desk.waiting_files(), []);
    assert.equal((await refusal(desk.sign_out())).extra.files, 1);
    await desk.keep_typing(id, "resolve", null);
    assert.deepEqual(await desk.files(id), []);
    await desk.sign_out();
  });
});
