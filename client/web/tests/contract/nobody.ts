/** A device that nobody has used yet. */

import assert from "node:assert/strict";
import { serviceOf } from "../../src/schemas/catalogue.ts";
import { newId, refusal } from "../device/bench.ts";
import { answers, cityOf } from "../device/real.ts";
import { contract } from "./world.ts";

const STATUS = [
  ...["bytes", "conflicts", "files", "free", "full", "held", "last_error", "last_success", "last_success_here", "loss"],
  ...["mended", "newer", "next_try", "oldest", "persistent", "progress", "refused", "signed_out", "skew", "upgrade"],
  ...["used", "version", "waiting", "wiped"],
];

contract("a device that nobody has used yet", it => {
  it("has the catalogue without a token, and nothing else", async ({ open }) => {
    const { desk } = await open();
    const city = await cityOf(desk);
    assert.ok(serviceOf(city, "lapor") && serviceOf(city, "krk"));
    assert.equal(await desk.city(), city);
    assert.deepEqual([await desk.person(), await desk.list(), await desk.outbox()], [null, [], []]);
    assert.deepEqual(await desk.waiting_files(), []);
    assert.deepEqual([await desk.case(newId()), await desk.case("LPR-2026-000001")], [null, null]);
    assert.equal(await desk.typing(newId(), "verify"), null);
    const nothing = { exchanges: 0, sent: 0, received: 0, dropped: 0, mended: 0, refused: [] };
    assert.deepEqual(await desk.sync(), nothing);
  });

  it("says of each thing how it stands", async ({ open }) => {
    const { desk } = await open();
    await cityOf(desk);
    const status = await desk.status();
    assert.deepEqual(Object.keys(status).sort(), STATUS.sort());
    const { waiting, bytes, files, oldest, refused, conflicts, held, mended, next_try } = status;
    assert.deepEqual(
      { waiting, bytes, oldest, refused, conflicts, held, mended, next_try },
      {
        ...{ waiting: 0, bytes: 0, oldest: null, refused: 0, conflicts: 0, held: 0, mended: 0, next_try: null },
      },
    );
    assert.deepEqual(files, { waiting: 0, bytes: 0, sent: 0 });
    const { last_success, last_success_here, last_error, progress, loss, wiped, upgrade, signed_out, skew } = status;
    assert.deepEqual(
      [last_success, last_success_here, last_error, progress, loss, wiped, upgrade, signed_out, skew],
      [null, null, null, null, null, null, false, false, null],
    );
    assert.deepEqual([typeof status.version, typeof status.full], ["string", "boolean"]);
  });

  it("has no catalogue without a network, and gets it once there is one", async ({ open }) => {
    const { desk, network } = await open({ offline: true });
    assert.equal(await desk.city(), null);
    assert.equal((await refusal(desk.edit(newId(), {}, "lapor"))).code, "no_catalogue");
    network.mend();
    const city = await cityOf(desk);
    await desk.edit(newId(), answers(serviceOf(city, "lapor")?.fields ?? [], city), "lapor");
    assert.equal((await desk.list()).length, 1);
  });

  it("does not know a case that is not there", async ({ open }) => {
    const { desk } = await open();
    await cityOf(desk);
    const none = newId();
    const refused = [
      desk.edit(none, { title: "Lampu" }),
      desk.submit(none),
      desk.act(none, { action: "verify" }),
      desk.choose(none, "title", "ours"),
      desk.detach(none, newId()),
    ];
    const codes = await Promise.all(refused.map(async deed => (await refusal(deed)).code));
    assert.deepEqual(
      codes,
      codes.map(() => "no_such_case"),
    );
    assert.equal((await refusal(desk.edit(none, {}, "tidak-ada"))).code, "no_such_service");
    assert.equal((await refusal(desk.file(none, newId(), "original"))).code, "not_found");
    assert.equal((await refusal(desk.undo({ instance: 1, seq: 9 }))).code, "frozen");
    await desk.opened(none);
    assert.deepEqual(await desk.files(none), []);
  });

  it("knows of no account with a wrong password", async ({ open }) => {
    const { desk } = await open();
    assert.equal((await refusal(desk.sign_in("tidak-ada", "salah sekali"))).code, "wrong_credentials");
    assert.equal(await desk.person(), null);
  });

  it("says when it cannot be asked", async ({ open }) => {
    const { desk } = await open({ offline: true });
    assert.equal((await refusal(desk.sign_in("aduan", "salah sekali"))).code, "unreachable");
    assert.equal(typeof (await desk.persist()), "boolean");
  });
});
