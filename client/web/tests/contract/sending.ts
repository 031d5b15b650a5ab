/** From this device to the server and back: who it speaks for, what becomes of what was sent, and what a network costs. */

import assert from "node:assert/strict";
import type { Desk } from "../../src/desk.ts";
import { actions } from "../../src/device/rules.ts";
import { type City, formOf } from "../../src/schemas/catalogue.ts";
import { refusal } from "../device/bench.ts";
import { answers, begin, cityOf, complain, PASSWORD, shown, until } from "../device/real.ts";
import { contract, makeUp, type World } from "./world.ts";

let people = 0;
export const login = () => `warga-${process.pid}-${Date.now()}-${++people}`;
const WORDS = "kata sandi panjang";
const NEW = "angin di atas atap";

contract("what is sent", it => {
  it("waits for the timer as a draft, goes at once as a submit, and makes a guest of nobody", async ({ open }) => {
    const { desk } = await open();
    await cityOf(desk);
    const id = await begin(desk);
    await until(async () => (await desk.status()).next_try !== null, "somebody is there to exchange for");
    assert.ok(Date.parse((await desk.status()).next_try ?? "") > Date.now());
    assert.deepEqual(
      (await desk.outbox("queued")).map(entry => entry.case),
      [id],
    );
    await desk.submit(id);
    const number = await numbered(desk, id);
    assert.match(number, /^LPR-\d{4}-\d{6}$/);
    const parts = await desk.case(number.toLowerCase());
    assert.deepEqual([parts?.id, parts?.record?.number], [id, number]);
    assert.deepEqual(
      (parts?.entries ?? []).map(entry => [entry.state, entry.result?.status]),
      [["acknowledged", "applied"]],
    );
    assert.deepEqual(parts, await desk.case(id));
    const person = await desk.person();
    assert.deepEqual(Object.keys(person ?? {}).sort(), ["id", "kind", "name", "roles"]);
    assert.deepEqual([person?.kind, person?.roles], ["guest", ["citizen"]]);
    const [row] = await desk.list();
    assert.ok(row);
    assert.deepEqual(
      [row.id, row.number, row.stage, row.mine, row.waiting, row.refused],
      [id, number, "received", true, 0, 0],
    );
    assert.match(row.due ?? "", /^\d{4}-\d{2}-\d{2}$/);
    assert.ok(row.title && row.office);
    await until(async () => (await desk.status()).progress === null, "the exchange is over");
    const status = await desk.status();
    assert.deepEqual([status.waiting, status.held, status.last_error], [0, 1, null]);
    assert.ok(status.last_success && status.last_success_here && typeof status.skew === "number");
    assert.ok(await desk.promises());
    const frozen = await refusal(desk.undo(parts?.entries[0] ?? { instance: 0, seq: 0 }));
    assert.equal(frozen.code, "frozen");
    assert.equal((await refusal(desk.edit(id, { title: "Lain" }))).code, "forbidden");
    assert.equal((await refusal(desk.submit(id))).code, "forbidden");
  });

  it("is on the disk without a network, and arrives when there is one", async ({ open }) => {
    const { desk, network } = await open();
    const first = await complain(desk);
    await numbered(desk, first);
    network.cut();
    const second = await complain(desk);
    assert.equal((await refusal(desk.sync())).code, "unreachable");
    const offline = await desk.status();
    assert.deepEqual([offline.waiting, offline.last_error?.code, offline.held], [1, "unreachable", 1]);
    assert.deepEqual(
      Object.keys(offline.last_error ?? {})
        .sort()
        .slice(0, 3),
      ["at", "code", "detail"],
    );
    assert.deepEqual([(await shown(desk, second))?.moved, (await shown(desk, second))?.stage], [true, "received"]);
    const entry = (await desk.outbox("queued", "sent"))[0];
    assert.equal(entry?.case, second);
    network.mend();
    const report = await until(() => desk.sync().catch(() => null), "an exchange");
    assert.deepEqual(Object.keys(report).sort(), ["dropped", "exchanges", "mended", "received", "refused", "sent"]);
    await numbered(desk, second);
    const status = await desk.status();
    assert.deepEqual([status.waiting, status.last_error, status.held, status.mended], [0, null, 2, 0]);
  });

  it("stays the same person's after they sign up, and is gone after they sign out", async ({ open }) => {
    const { desk } = await open();
    const id = await complain(desk);
    await numbered(desk, id);
    const name = login();
    const person = await desk.sign_up(name, WORDS, "Warga Satu");
    assert.deepEqual([person.kind, person.name, await desk.person()], ["citizen", "Warga Satu", person]);
    await desk.sync();
    assert.deepEqual(
      (await desk.list()).map(row => [row.id, row.mine]),
      [[id, true]],
    );
    const draft = await begin(desk);
    const unsent = await refusal(desk.sign_out());
    assert.deepEqual(
      [unsent.code, unsent.extra.waiting, unsent.extra.refused, unsent.extra.files],
      ["unsent", 1, 0, 0],
    );
    const [entry] = await desk.outbox("queued");
    assert.equal(entry?.case, draft);
    await desk.sync();
    await desk.sign_out();
    assert.deepEqual([await desk.list(), await desk.outbox(), await desk.person()], [[], [], null]);
    assert.ok(await desk.city());
    const again = await desk.sign_in(` ${name.toUpperCase()} `, WORDS);
    assert.equal(again.id, person.id);
    await desk.sync();
    assert.deepEqual((await desk.list()).map(row => row.id).sort(), [id, draft].sort());
  });

  it("has an account whose password its owner changes, who may put other devices out", async ({ open, other }) => {
    const { desk } = await open();
    assert.equal((await refusal(desk.change_password(WORDS, NEW, false))).code, "not_signed_in");
    const name = login();
    await desk.sign_up(name, WORDS, "Warga Satu");
    const { desk: second } = await other();
    await second.sign_in(name, WORDS);
    assert.equal((await refusal(desk.change_password("bukan ini", NEW, false))).code, "wrong_credentials");
    const easy = await refusal(desk.change_password(WORDS, "password12", false));
    assert.deepEqual([easy.code, Object.keys(Object(easy.extra.problems))], ["invalid", ["password"]]);
    assert.equal(await desk.change_password(WORDS, NEW, false), 0);
    assert.equal(await desk.change_password(NEW, WORDS, true), 1);
    await desk.sync();
    assert.equal((await desk.person())?.name, "Warga Satu");
    await second.sync();
    assert.equal(await second.person(), null);
  });

  it("may have a password that was made up, and says so until its owner chose one", async ({ open, other }) => {
    const name = login();
    const { desk: before } = await other();
    await before.sign_up(name, WORDS, "Warga Satu");
    const given = await makeUp(name);
    const { desk } = await open();
    const person = await desk.sign_in(name, given);
    assert.ok(Date.parse(person.password_until ?? "") > Date.now());
    await desk.sync();
    assert.equal((await desk.person())?.password_until, person.password_until);
    await desk.change_password(given, NEW, false);
    assert.equal((await desk.person())?.password_until, undefined);
    await desk.sync();
    assert.deepEqual(Object.keys((await desk.person()) ?? {}).sort(), ["id", "kind", "name", "roles"]);
  });

  it("has an account whose owner sees its devices, and puts another one out", async ({ open, other }) => {
    const { desk, network } = await open();
    assert.equal((await refusal(desk.devices())).code, "not_signed_in");
    await desk.sign_up(login(), WORDS, "Warga Satu");
    await desk.sync();
    const name = login();
    const { desk: stranger } = await other();
    await stranger.sign_up(name, WORDS, "Warga Lain");
    const [theirs] = await stranger.devices();
    const alone = await desk.devices();
    assert.deepEqual(
      alone.map(one => [Object.keys(one).sort().join(" "), one.this, one.waits]),
      [["app created id kind seen this waits", true, 0]],
    );
    await desk.sign_out();
    await desk.sign_in(name, WORDS);
    await stranger.sync();
    const listed = await desk.devices();
    assert.deepEqual(
      listed.map(one => [one.this, one.id === theirs?.id]),
      [
        [true, false],
        [false, true],
      ],
    );
    const [own, another] = listed;
    assert.ok(own && another?.seen && another.app.startsWith("tenggat-web"));
    assert.ok(Date.parse(another.created) <= Date.parse(another.seen));
    network.cut();
    assert.equal((await refusal(desk.devices())).code, "unreachable");
    assert.equal((await refusal(desk.end_device(another.id, WORDS))).code, "unreachable");
    network.mend();
    assert.equal((await refusal(desk.end_device(another.id, "bukan ini"))).code, "wrong_credentials");
    assert.equal((await refusal(desk.end_device(own.id, WORDS))).code, "conflict");
    assert.equal((await refusal(desk.end_device("../../tidak ada", WORDS))).code, "not_found");
    await desk.end_device(another.id, WORDS);
    assert.deepEqual(
      (await desk.devices()).map(one => one.this),
      [true],
    );
    await stranger.sync();
    assert.equal(await stranger.person(), null);
  });

  it("is not given to another account, nor a login twice", async ({ open, other }) => {
    const taken = login();
    const { desk: before } = await other();
    await before.sign_up(taken, WORDS, "Warga Satu");
    const { desk } = await open();
    assert.equal((await refusal(desk.sign_up(taken, WORDS, "Warga Dua"))).code, "conflict");
    await desk.sign_up(login(), WORDS, "Warga Dua");
    await cityOf(desk);
    await begin(desk);
    const refused = await refusal(desk.sign_in(taken, WORDS));
    assert.deepEqual([refused.code, refused.extra.name], ["conflict", "Warga Dua"]);
    assert.equal((await desk.person())?.name, "Warga Dua");
    const short = await refusal(desk.sign_up(login(), "pendek", "Warga Tiga"));
    assert.deepEqual([short.code, Object.keys(Object(short.extra.problems))], ["invalid", ["password"]]);
  });

  it("comes to an officer, who opens it and acts on it, each of it once", async ({ open, other }) => {
    const { desk: citizen } = await other();
    const id = await complain(citizen);
    await numbered(citizen, id);
    const { desk } = await open();
    const officer = await desk.sign_in("aduan", PASSWORD);
    assert.deepEqual([officer.kind, officer.roles.includes("complaint_officer")], ["staff", true]);
    await until(() => shown(desk, id), "the officer sees it");
    const row = (await desk.list()).find(one => one.id === id);
    assert.deepEqual([row?.mine, row?.opened], [false, false]);
    await desk.opened(id);
    await desk.opened(id);
    assert.equal((await desk.outbox()).filter(entry => entry.kind === "case.open").length, 1);
    await desk.sync();
    await desk.opened(id);
    assert.equal((await desk.list()).find(one => one.id === id)?.opened, true);
    assert.equal((await refusal(desk.act(id, { action: "withdraw" }))).code, "forbidden");
    const { code, form } = await firstAction(desk, id);
    assert.equal((await refusal(desk.act(id, { action: code, form: { tidak_ada: 1 } }))).code, "invalid");
    await desk.keep_typing(id, code, { action: code, form });
    await desk.act(id, { action: code, form, note: "Sedang kami tangani" });
    assert.equal(await desk.typing(id, code), null);
    await until(async () => !(await desk.status()).waiting, "the deed is received");
    assert.deepEqual(await desk.outbox("refused"), []);
    await citizen.sync();
    const seen = (await citizen.case(id))?.record;
    assert.ok(seen?.opened);
    assert.deepEqual(
      seen.steps?.map(step => step.action),
      ["submit", code],
    );
    await desk.opened(id);
    assert.equal((await desk.outbox("queued", "sent")).length, 0);
  });

  it("is refused where another was first, stays with its reason, and is sent again or put away", async world => {
    const { desk, id, code } = await late(world);
    const [entry, ...more] = await desk.outbox("refused");
    assert.ok(entry);
    assert.deepEqual([more, entry.case, entry.data.action, entry.result?.status], [[], id, code, "rejected"]);
    assert.ok(entry.result?.code && entry.result.text);
    const row = (await desk.list()).find(one => one.id === id);
    assert.deepEqual([row?.refused, row?.waiting, (await desk.status()).refused], [1, 0, 1]);
    const parts = await desk.case(id);
    assert.ok(parts?.entries.some(one => one.seq === entry.seq && one.state === "refused"));
    await desk.retry(entry);
    assert.equal((await refusal(desk.retry(entry))).code, "frozen");
    const again = await until(async () => (await desk.outbox("refused"))[0], "it is refused once more");
    assert.deepEqual([again.data, again.seq > entry.seq], [entry.data, true]);
    const unsent = await refusal(desk.sign_out());
    assert.deepEqual([unsent.code, unsent.extra.refused], ["unsent", 1]);
    await desk.give_up(again);
    assert.equal((await refusal(desk.give_up(again))).code, "frozen");
    assert.deepEqual([(await desk.status()).refused, await desk.outbox("refused")], [0, []]);
    const away = (await desk.outbox("settled")).map(one => one.seq);
    assert.ok(away.includes(entry.seq) && away.includes(again.seq));
    await desk.sign_out();
  });
});

contract("what two people typed into one field", it => {
  for (const take of ["ours", "theirs"] as const) {
    it(`is kept twice, shown, and chosen: ${take}`, async world => {
      const { desk, id } = await conflicting(world);
      const record = (await desk.case(id))?.record;
      const [conflict, ...more] = record?.conflicts ?? [];
      assert.deepEqual([conflict?.field, more], ["title", []]);
      const row = (await desk.list()).find(one => one.id === id);
      assert.deepEqual([row?.conflicts, (await desk.status()).conflicts], [1, 1]);
      const refused = await refusal(desk.submit(id));
      assert.deepEqual([refused.code, refused.extra.fields], ["choose_first", ["title"]]);
      assert.equal((await refusal(desk.choose(id, "text", take))).code, "nothing_to_choose");
      const expected = take === "ours" ? record?.fields?.title : conflict?.theirs;
      await desk.choose(id, "title", take, ...(take === "theirs" ? [conflict?.theirs] : []));
      await until(async () => !(await desk.status()).waiting, "the choice is received");
      await desk.sync();
      const chosen = (await desk.case(id))?.record;
      assert.deepEqual([chosen?.fields?.title, chosen?.conflicts ?? []], [expected, []]);
      assert.equal((await refusal(desk.choose(id, "title", take))).code, "nothing_to_choose");
    });
  }
});

/** Two of one citizen's devices that typed two titles without hearing of each other. */
async function conflicting({ open, other }: World): Promise<{ desk: Desk; id: string }> {
  const name = login();
  const { desk: first } = await other();
  await first.sign_up(name, WORDS, "Warga Satu");
  const id = await begin(first);
  await first.sync();
  const { desk, network } = await open();
  await desk.sign_in(name, WORDS);
  await until(() => shown(desk, id), "the draft is on both");
  network.cut();
  await desk.edit(id, { title: "Lampu jalan mati di depan balai warga" });
  await first.edit(id, { title: "Lampu jalan mati di depan pasar" });
  await first.sync();
  network.mend();
  await until(async () => (await desk.sync().catch(() => null)) && (await desk.status()).conflicts === 1, "a conflict");
  return { desk, id };
}

/** An officer whose deed came when another officer had done it. */
async function late({ open, other }: World): Promise<{ desk: Desk; id: string; code: string }> {
  const { desk: citizen } = await other();
  const id = await complain(citizen);
  await numbered(citizen, id);
  const { desk, network } = await open();
  const { desk: colleague } = await other();
  for (const one of [desk, colleague]) {
    await one.sign_in("aduan", PASSWORD);
    await until(() => shown(one, id), "the officers see it");
  }
  network.cut();
  const { code, form } = await firstAction(desk, id);
  await desk.act(id, { action: code, form });
  assert.equal((await shown(desk, id))?.moved, true);
  await colleague.act(id, { action: code, form });
  await until(async () => !(await colleague.status()).waiting, "the colleague was first");
  network.mend();
  const report = await until(() => desk.sync().catch(() => null), "an exchange");
  assert.ok(report.refused.length <= 1);
  await until(async () => (await desk.status()).refused === 1, "it is refused");
  return { desk, id, code };
}

/** The first action that moves the case, with answers to its form. */
async function firstAction(desk: Desk, id: string) {
  const [local, city, who] = [await shown(desk, id), await cityOf(desk), await desk.person()];
  const action = local && actions(local, who).find(one => one.to !== null && one.to !== local.stage);
  assert.ok(local && action);
  return { code: action.code, form: formFor(city, local.service.code, action.form) };
}

function formFor(city: City, code: string, form: string | null) {
  const service = city.services.find(one => one.code === code);
  return form && service ? answers(formOf(service, form)?.fields ?? [], city) : {};
}

function numbered(desk: Desk, id: string): Promise<string> {
  return until(async () => (await shown(desk, id))?.number, "a number");
}
