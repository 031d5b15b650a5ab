/** What found no network, carried as a file: from each kind of device to each, once and only for whom it is. */

import assert from "node:assert/strict";
import { refusal } from "../device/bench.ts";
import { begin, cityOf, complain, PASSWORD, shown, until } from "../device/real.ts";
import { login } from "./sending.ts";
import { contract, KINDS } from "./world.ts";

contract("a carried file", it => {
  for (const to of KINDS) {
    it(`is taken in once on a ${to.name}, and arrives from there`, async ({ kind, open, on }) => {
      const { desk: stranded, network } = await open();
      await complain(stranded);
      await until(async () => !(await stranded.status()).waiting, "the guest is known");
      network.cut();
      const id = await complain(stranded);
      const file = await stranded.export();
      assert.deepEqual(
        (await stranded.outbox("sent")).map(entry => entry.case),
        [id],
      );
      const { desk: helper, network: theirs } = await on(to);
      await cityOf(helper);
      theirs.cut();
      assert.deepEqual(await helper.import(file), { taken: 1, known: 0 });
      assert.deepEqual(await helper.import(file), { taken: 0, known: 1 });
      assert.equal((await helper.list())[0]?.id, id);
      theirs.mend();
      await until(async () => (await helper.sync().catch(() => null)) !== null, "an exchange of the helper");
      const number = await until(async () => (await shown(helper, id))?.number, "it arrived");
      network.mend();
      await until(async () => (await stranded.sync().catch(() => null)) !== null, "an exchange of the stranded one");
      assert.equal((await shown(stranded, id))?.number, number);
      assert.equal((await stranded.case(id))?.record?.steps?.length, 1);
      const own = await complain(helper);
      await until(async () => (await shown(helper, own))?.number, `the ${kind.name}'s helper goes on by itself`);
    });
  }

  it("is locked for the server where the device can do that, and its answer comes back", async ({ kind, open }) => {
    const { desk: stranded, network, fetch: asked } = await open();
    assert.equal(stranded.bundle !== undefined, kind.name === "desktop");
    if (!stranded.bundle) return;
    await complain(stranded);
    await until(async () => !(await stranded.status()).waiting, "the guest is known");
    network.cut();
    const id = await complain(stranded);
    const made = await stranded.bundle();
    assert.deepEqual([made.commands, made.files, made.left], [1, 0, 0]);
    const file = await (await asked(made.address)).blob();
    assert.equal(file.size, made.bytes);
    assert.equal((await refusal(stranded.import(file))).code, "unreachable", "it would be carried from here");
    network.mend();
    const answer = await fetch(`${network.address}/api/v1/bundles`, { method: "POST", body: file });
    assert.equal(answer.status, 200);
    const heard = await answer.blob();
    network.cut();
    assert.equal((await stranded.import(heard)).taken, 1);
    assert.equal((await stranded.import(heard)).taken, 0);
    assert.deepEqual(
      (await stranded.outbox()).map(entry => [entry.case === id, entry.state]),
      [
        [false, "acknowledged"],
        [true, "acknowledged"],
      ],
    );
  });

  it("is for whose it is, and anything else is refused", async ({ open, other }) => {
    const { desk: citizen, network } = await other();
    await citizen.sign_up(login(), "kata sandi panjang", "Warga Satu");
    await cityOf(citizen);
    network.cut();
    await begin(citizen);
    const file = await citizen.export();
    const { desk } = await open();
    const first = await refusal(desk.import(file));
    assert.deepEqual([first.code, first.extra.name], ["sign_in_first", "Warga Satu"]);
    await desk.sign_in("aduan", PASSWORD);
    assert.equal((await refusal(desk.import(file))).code, "other_person");
    for (const text of ["", "bukan", "{}", '{"format":"tenggat-outbox","version":99,"entries":[]}']) {
      assert.equal((await refusal(desk.import(new Blob([text])))).code, "malformed", text);
    }
    assert.deepEqual(await desk.outbox(), []);
  });
});
