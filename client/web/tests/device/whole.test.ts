/** Browsers and a real server: what is promised to people, once through. `tests/web/test_device.py` runs it with a
 * server that can be killed and started; without one there is nothing to run.
 */

import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { Values } from "../../src/desk.ts";
import { BrowserDesk } from "../../src/device/browser_desk.ts";
import { actions } from "../../src/device/rules.ts";
import { localCase } from "../../src/device/view.ts";
import type { City, Field } from "../../src/schemas/catalogue.ts";
import { asked, formOf, serviceOf } from "../../src/schemas/catalogue.ts";
import { newId, refusal, uniqueName } from "./bench.ts";

const server = process.env.TENGGAT_SERVER ?? "";
const control = process.env.TENGGAT_CONTROL ?? "";
const PASSWORD = "coba-tenggat";
const desks: BrowserDesk[] = [];

after(async () => {
  for (const desk of desks) await desk.stop();
});

async function open(name = uniqueName()): Promise<BrowserDesk> {
  const desk = new BrowserDesk({ name, server, version: "e2e", marking: null });
  desks.push(desk);
  await desk.start();
  return desk;
}

/** `kill` or `start`. */
async function tell(word: string): Promise<void> {
  assert.equal((await fetch(`${control}/${word}`, { method: "POST" })).status, 200);
}

function value(field: Field, city: City): unknown {
  switch (field.type) {
    case "choice":
    case "multi":
      return field.type === "multi" ? [field.options[0]?.code] : field.options[0]?.code;
    case "area":
      return city.areas.find(area => area.kind === "kelurahan")?.code;
    case "office":
      return city.offices[0]?.code;
    case "number":
    case "integer":
      return field.min ?? 1;
    case "digits":
      return "1".repeat(field.length ?? 5);
    case "date":
      return "2026-03-16";
    case "phone":
      return "081234567890";
    case "yesno":
      return "yes";
    case "point":
      return { lat: -6.98, lon: 110.42 };
    default:
      return "Lampu jalan mati di depan balai warga sejak kemarin";
  }
}

/** The least that a form can be sent in with. */
function answers(fields: readonly Field[], city: City): Values {
  const made: Values = {};
  for (const field of fields) if (field.required && asked(field, made)) made[field.name] = value(field, city);
  return made;
}

async function cityOf(desk: BrowserDesk): Promise<City> {
  const city = await desk.city();
  assert.ok(city);
  return city;
}

/** Begins and submits a complaint, letter by letter; its id. */
async function complain(desk: BrowserDesk): Promise<string> {
  const city = await cityOf(desk);
  const id = newId();
  const typed = answers(serviceOf(city, "lapor")?.fields ?? [], city);
  await Promise.all(Object.entries(typed).map(([name, given]) => desk.edit(id, { [name]: given }, "lapor")));
  await desk.submit(id);
  return id;
}

async function shown(desk: BrowserDesk, id: string) {
  const parts = await desk.case(id);
  return parts && localCase(parts.id, await cityOf(desk), parts.record, parts.entries);
}

async function until<T>(look: () => Promise<T | null | undefined | false>, what: string): Promise<T> {
  for (let tries = 0; tries < 600; tries += 1) {
    const found = await look();
    if (found) return found;
    await new Promise(resolve => setTimeout(resolve, 50));
  }
  throw new Error(`never: ${what}`);
}

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
