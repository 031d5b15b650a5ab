/** The city's texts for officers' answers. */

import assert from "node:assert/strict";
import { PASSWORD, until } from "../device/real.ts";
import { contract, keepText } from "./world.ts";

let texts = 0;

contract("the texts that officers answer with", it => {
  it("come with a sync, stay without a network, and are chosen by service and action", async ({ open }) => {
    const title = `Sudah diteruskan ${++texts} ${process.pid}`;
    await keepText(title, "Laporan Anda sudah kami teruskan.", "--service", "lapor", "--action", "answer");
    const { desk, network } = await open();
    await desk.sign_in("aduan", PASSWORD);
    await desk.sync();
    // Nothing waits for them, the exchange neither.
    const here = async () => (await desk.templates("lapor", "answer")).find(one => one.title === title);
    await until(async () => (await here()) !== undefined, "they came");
    network.cut();
    const found = await here();
    assert.deepEqual(Object.keys(found ?? {}).sort(), ["id", "text", "title"]);
    assert.equal(found?.text, "Laporan Anda sudah kami teruskan.");
    for (const [service, action] of [
      ["lapor", "resolve"],
      ["krk", "answer"],
      ["no_such", "thing"],
    ] as const) {
      const others = await desk.templates(service, action);
      assert.deepEqual(
        others.filter(one => one.title === title),
        [],
      );
    }
  });

  it("are nothing to whoever is no officer", async ({ open }) => {
    await keepText(`Untuk petugas ${++texts} ${process.pid}`, "Teks.");
    const { desk } = await open();
    assert.deepEqual(await desk.templates("lapor", "answer"), []);
    await desk.sync();
    assert.deepEqual(await desk.templates("lapor", "answer"), []);
  });
});
