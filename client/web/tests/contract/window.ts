/** What only the window has: a gate, as the local server of the Python client keeps it. */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { refusalFaults } from "../../src/desktop/gate/faults.ts";
import { Gate } from "../../src/desktop/gate.ts";
import "../../src/desktop/said.ts";
import { explained } from "../../src/ui/errors.ts";
import { newId, refusal } from "../device/bench.ts";
import { Bridge, SECRET } from "./devices.ts";

describe("desktop: the gate", () => {
  const bridges: Bridge[] = [];
  after(() => Promise.all(bridges.map(bridge => bridge.end())));

  async function open(): Promise<{ bridge: Bridge; gate: Gate; events: string[] }> {
    const bridge = await Bridge.start();
    bridges.push(bridge);
    const events: string[] = [];
    const gate = new Gate(
      bridge.local(),
      async () => {},
      () => events.push("another"),
    );
    await gate.look();
    return { bridge, gate, events };
  }

  test("two people of one computer never see each other's work, and each opens their own", async () => {
    const { bridge, gate, events } = await open();
    assert.deepEqual(
      [gate.standing?.open, gate.standing?.profiles, gate.standing?.kind, gate.standing?.preferences],
      [null, [], "passphrase", {}],
    );
    const desk = bridge.desk();
    assert.equal((await refusal(desk.list())).code, "locked");
    await gate.make("Petugas Satu", SECRET, { server: "http://127.0.0.1:9" });
    assert.equal(gate.standing?.open?.title, "Petugas Satu");
    assert.equal(gate.standing?.open?.server, "http://127.0.0.1:9");
    const first = gate.code?.code ?? "";
    gate.noted();
    const typed = { action: "verify", note: "Punya satu" };
    const id = newId();
    await desk.keep_typing(id, "verify", typed);
    await gate.lock("asked");
    assert.equal((await refusal(desk.typing(id, "verify"))).code, "locked");
    await gate.make("Petugas Dua", `${SECRET} lagi`, null);
    assert.deepEqual([events, gate.code !== null], [[], true]);
    gate.noted();
    assert.deepEqual(events, ["another"]);
    assert.equal(await desk.typing(id, "verify"), null);
    await gate.lock("asked");
    const titles = gate.standing?.profiles.map(profile => profile.title).sort();
    assert.deepEqual(titles, ["Petugas Dua", "Petugas Satu"]);
    const one = gate.standing?.profiles.find(profile => profile.title === "Petugas Satu");
    assert.deepEqual([one?.kind, one?.wait, one?.wiped], ["passphrase", 0, null]);
    assert.ok(one);
    assert.equal((await refusal(gate.open(one, `${SECRET} lagi`))).code, "wrong_secret");
    await gate.open(one, SECRET);
    assert.deepEqual(await desk.typing(id, "verify"), typed);
    await gate.lock("asked");
    assert.equal((await refusal(gate.recover(one, "A".repeat(32), SECRET))).code, "wrong_code");
    await gate.recover(one, first.toLowerCase(), "empat pohon randu");
    assert.notEqual(gate.code?.code, first);
    gate.noted();
    await gate.change("empat pohon randu", SECRET);
    assert.equal((await refusal(gate.change("empat pohon randu", SECRET))).code, "wrong_secret");
    assert.deepEqual(await desk.typing(id, "verify"), typed);
  });

  test("what cannot be taken says where it is wrong", async () => {
    const { gate } = await open();
    const problems = async (deed: Promise<unknown>) => {
      const { code, extra } = await refusal(deed);
      return [code, Object.keys(Object(extra.problems))];
    };
    assert.deepEqual(await problems(gate.make("", SECRET, null)), ["invalid", ["title"]]);
    assert.deepEqual(await problems(gate.make("Petugas", "pendek", null)), ["invalid", ["secret"]]);
    assert.deepEqual(await problems(gate.make("Petugas", SECRET, { server: "bukan alamat" })), ["invalid", ["server"]]);
    const plain = await refusal(gate.make("Petugas", SECRET, { server: "http://10.0.0.7:8000" }));
    assert.match(refusalFaults(plain, "passphrase", "secret").server ?? "", /kosongkan dulu, siapkan/);
    assert.deepEqual(gate.standing?.profiles, []);
  });

  test("what sends a password where others can read it says which command of this profile says yes", async () => {
    const { gate } = await open();
    await gate.make("Petugas", SECRET, null);
    const plain = await refusal(gate.serve({ server: "http://10.0.0.7:8000" }));
    const told = explained(plain);
    assert.match(
      told,
      /^Alamat http:\/\/10\.0\.0\.7:8000 tidak terenkripsi.*“tenggat --profile petugas plain-http http:/,
    );
    assert.deepEqual(refusalFaults(plain, "passphrase", "secret"), { server: told });
    const link = await refusal(gate.serve({ link: `http://10.0.0.7:8000/#/gabung/${"c".repeat(43)}` }));
    assert.match(explained(link), /^Alamat di tautan ini tidak terenkripsi/);
  });

  test("wrong tries wait longer and longer, and it is said how long", async () => {
    const { gate } = await open();
    await gate.make("Petugas", SECRET, null);
    gate.noted();
    await gate.lock("asked");
    const [profile] = gate.standing?.profiles ?? [];
    assert.ok(profile);
    let refused = await refusal(gate.open(profile, "salah sama sekali"));
    while (!refused.extra.retry_after) refused = await refusal(gate.open(profile, "salah sama sekali"));
    assert.equal(refused.code, "wrong_secret");
    assert.ok((gate.standing?.profiles[0]?.wait ?? 0) > 0);
    const early = await refusal(gate.open(profile, SECRET));
    assert.deepEqual([early.code, Number(early.extra.retry_after) > 0], ["too_soon", true]);
  });

  test("how the screen is liked is kept for whoever comes", async () => {
    const { gate } = await open();
    await gate.prefer({ language: "en", theme: "dark" });
    await gate.look();
    assert.deepEqual(gate.standing?.preferences, { language: "en", theme: "dark" });
  });
});
