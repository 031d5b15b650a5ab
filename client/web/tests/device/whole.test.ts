/** Browsers and a real server: what is promised to people, once through. `tests/web/test_device.py` runs it with a
 * server that can be killed and started; without one there is nothing to run.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { actions } from "../../src/device/rules.ts";
import { formOf } from "../../src/schemas/catalogue.ts";
import { refusal, uniqueName } from "./bench.ts";
import { answers, cityOf, complain, open, PASSWORD, server, shown, tell, until } from "./real.ts";

test("a guest files, the server dies and comes back, an officer acts, and the citizen sees it", {
  skip: !server,
}, async () => {
  const citizen = await open();
  assert.equal(await citizen.person(), null);
  const first = await complain(citizen);
  const received = await until(async () => (await shown(citizen, first))?.number, "the first complaint's number");
  assert.match(received, /^LPR-\d{4}-\d{6}$/);
  assert.equal((await citizen.person())?.kind, "guest");

  await tell("kill");
  const second = await complain(citizen);
  assert.equal((await refusal(citizen.sync())).code, "unreachable");
  const offline = await citizen.status();
  assert.deepEqual([offline.waiting, offline.last_error?.code], [1, "unreachable"]);
  assert.deepEqual((await shown(citizen, second))?.moved, true);
  await tell("start");
  await until(async () => (await citizen.sync().catch(() => null)) !== null, "an exchange after the restart");
  const status = await citizen.status();
  assert.deepEqual([status.waiting, status.refused, status.last_error, status.mended], [0, 0, null, 0]);
  const rows = await citizen.list();
  assert.deepEqual(rows.map(row => row.id).sort(), [first, second].sort());
  assert.ok(rows.every(row => row.mine && row.number && row.due && row.title));

  const login = `warga-${Date.now()}`;
  const person = await citizen.sign_up(login, "kata sandi panjang", "Warga Satu");
  assert.deepEqual([person.name, person.kind], ["Warga Satu", "citizen"]);
  await citizen.sync();
  assert.deepEqual((await citizen.list()).map(row => row.id).sort(), [first, second].sort());

  const officer = await open();
  assert.equal((await refusal(officer.sign_in("aduan", "salah sekali"))).code, "wrong_credentials");
  await officer.sign_in("aduan", PASSWORD);
  const city = await cityOf(officer);
  const local = await until(() => shown(officer, first), "the officer sees the complaint");
  assert.equal((await officer.list()).find(row => row.id === first)?.mine, false);
  await officer.opened(first);
  const who = await officer.person();
  const action = actions(local, who)[0];
  assert.ok(action);
  const form = action.form ? answers(formOf(local.service, action.form)?.fields ?? [], city) : {};
  await officer.act(first, { action: action.code, form, note: "Sedang kami tangani" });
  await until(async () => !(await officer.status()).waiting, "the officer's action is received");
  assert.deepEqual(await officer.outbox("refused"), []);

  await citizen.sync();
  const seen = (await citizen.case(received))?.record;
  assert.ok(seen?.opened);
  assert.deepEqual(
    seen.steps?.map(step => step.action),
    ["submit", action.code],
  );

  // Somebody else at the same desk: nothing of the officer's stays.
  await officer.sign_out();
  assert.deepEqual([await officer.list(), await officer.outbox(), await officer.person()], [[], [], null]);
});

test("what found no network is carried to another device and arrives once", { skip: !server }, async () => {
  const name = uniqueName();
  const stranded = await open(name);
  await complain(stranded);
  await until(async () => !(await stranded.status()).waiting, "the guest is known");
  await tell("kill");
  const id = await complain(stranded);
  const file = await stranded.export();
  assert.equal((await stranded.outbox("sent")).length, 1);
  const helper = await open();
  assert.deepEqual(await helper.import(file), { taken: 1, known: 0 });
  assert.deepEqual(await helper.import(file), { taken: 0, known: 1 });
  await tell("start");
  await until(async () => (await helper.sync().catch(() => null)) !== null, "an exchange of the helper");
  const number = (await shown(helper, id))?.number;
  assert.ok(number);
  await stranded.sync();
  assert.equal((await shown(stranded, id))?.number, number);
  assert.deepEqual([(await helper.list()).length, (await stranded.list()).length], [2, 2]);
  assert.deepEqual((await stranded.case(id))?.record?.steps?.length, 1);
  const own = await complain(helper);
  await until(async () => (await shown(helper, own))?.number, "the helper goes on under an instance of its own");
});
