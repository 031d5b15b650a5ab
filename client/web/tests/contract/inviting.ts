/** Coming in by an admin's link. */

import assert from "node:assert/strict";
import { explained } from "../../src/ui/errors.ts";
import "../../src/words/later.ts";
import { newId, refusal } from "../device/bench.ts";
import { begin } from "../device/real.ts";
import { contract, invite } from "./world.ts";

contract("an invitation", it => {
  it("is looked at, then taken, once", async world => {
    const { desk, network } = await world.open();
    const link = await invite("survei", network);
    const found = await desk.invitation(link);
    assert.deepEqual([found.login, found.person.kind, found.person.roles], ["survei", "staff", ["surveyor"]]);
    assert.ok(found.city.id && found.city.en && found.expires.endsWith("Z"));
    assert.equal(await desk.person(), null);
    const person = await desk.enrol(link);
    assert.deepEqual([person, await desk.person()], [found.person, found.person]);
    await desk.sync();
    const status = await desk.status();
    assert.deepEqual([status.signed_out, status.last_error], [false, null]);
    const again = await world.open();
    const theirs = link.replace(network.address, again.network.address);
    assert.equal((await refusal(again.desk.enrol(theirs))).code, "invitation_used");
    assert.equal(await again.desk.person(), null);
  });

  it("may be a code alone, since the server is known", async world => {
    const { desk, network } = await world.open();
    const code = (await invite("survei", network)).split("/").at(-1) ?? "";
    assert.equal((await desk.invitation(code)).login, "survei");
    assert.equal((await desk.enrol(code)).kind, "staff");
  });

  it("that opens nothing says so", async world => {
    const { desk, network } = await world.open();
    const link = await invite("survei", network);
    for (const [wrong, code] of [
      ["", "bad_link"],
      ["halo", "bad_link"],
      [link.slice(0, -1), "bad_link"],
      [`${link.slice(0, -43)}${"x".repeat(43)}`, "invitation_unknown"],
    ] as const) {
      assert.equal((await refusal(desk.invitation(wrong))).code, code);
      assert.equal((await refusal(desk.enrol(wrong))).code, code);
    }
    const open = await refusal(desk.enrol(link.replace(network.address, "http://10.0.0.7:8000")));
    assert.equal(open.code, "plain_link");
    assert.match(explained(open), /^Alamat di tautan ini tidak terenkripsi/);
    network.cut();
    assert.equal((await refusal(desk.enrol(link))).code, "unreachable");
    network.mend();
    assert.equal((await desk.enrol(link)).kind, "staff", "nothing of that used it up");
  });

  it("of somebody else is refused where work is held, and so is another city's", async world => {
    const { desk, network } = await world.open();
    await desk.enrol(await invite("survei", network));
    const other = await refusal(desk.enrol(await invite("loket", network)));
    assert.deepEqual([other.code, typeof other.extra.name], ["conflict", "string"]);
    assert.equal((await refusal(desk.enrol(await invite("survei", network)))).code, "already_in");
    const elsewhere = (await invite("survei", network)).replace(network.address, "https://kota-lain.example");
    const strange = await refusal(desk.invitation(elsewhere));
    assert.deepEqual(
      [strange.code, strange.extra.server, strange.extra.held],
      ["other_servers_link", "https://kota-lain.example", network.address],
    );
    const told = `(https://kota-lain.example), sedangkan di sini ${network.address}.`;
    assert.ok(explained(strange).includes(told), explained(strange));
  });

  it("for a citizen takes a guest's cases along; an officer's does not", async world => {
    const { desk, network } = await world.open();
    const login = `warga-${newId()}`;
    await (await world.other()).desk.sign_up(login, "kata sandi panjang", "Warga Satu");
    const id = await begin(desk);
    await desk.sync();
    assert.equal((await refusal(desk.enrol(await invite("survei", network)))).code, "conflict");
    const person = await desk.enrol(await invite(login, network));
    await desk.sync();
    assert.equal((await desk.case(id))?.record?.owner, person.id);
  });
});
