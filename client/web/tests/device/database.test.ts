/** What a browser may do to a database, and what must not come of it. */

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { openDB } from "idb";
import { Database } from "../../src/device/database.ts";
import { Bench, refusal, uniqueName } from "./bench.ts";

const undo: (() => void)[] = [];

afterEach(() => {
  for (const back of undo.splice(0).reverse()) back();
});

/** Something of the browser's is another thing for one test. */
function instead<T extends object, K extends keyof T>(holder: T, name: K, other: T[K]): T[K] {
  const before = holder[name];
  holder[name] = other;
  undo.push(() => {
    holder[name] = before;
  });
  return before;
}

test("a database of a newer version is refused and left alone", async () => {
  const name = uniqueName();
  const newer = await openDB(name, 99, {
    upgrade(database) {
      database.createObjectStore("kept");
    },
  });
  newer.close();
  const refused = await refusal(new Database(name).open());
  assert.equal(refused.code, "store_broken");
  assert.match(refused.detail, /newer/);
  const again = await openDB(name);
  assert.deepEqual([again.version, [...again.objectStoreNames]], [99, ["kept"]]);
  again.close();
});

test("a browser without a database says so", async () => {
  instead(globalThis, "indexedDB", undefined as never);
  assert.equal((await refusal(new Database(uniqueName()).open())).code, "store_broken");
});

test("a failed opening is tried again at the next use", async () => {
  const database = new Database(uniqueName());
  const factory = instead(globalThis, "indexedDB", undefined as never);
  await refusal(database.open());
  instead(globalThis, "indexedDB", factory);
  await database.open();
});

for (const when of ["at once", "at the commit"]) {
  test(`a full disk, told ${when}, harms nothing that is stored`, async () => {
    const bench = await Bench.make();
    const id = await bench.begin("lapor", { title: "Lampu" });
    const full = () => new DOMException("no room", "QuotaExceededError");
    const put = IDBObjectStore.prototype.put;
    instead(IDBObjectStore.prototype, "put", function (this: IDBObjectStore, ...given) {
      if (this.name !== "outbox") return put.apply(this, given);
      if (when === "at once") throw full();
      const request = put.apply(this, given);
      // As a browser does: the transaction aborts with the reason, its requests hear only of an abort.
      Object.defineProperty(this.transaction, "error", { get: full });
      request.addEventListener("success", () => this.transaction.abort());
      return request;
    });
    const refused = await refusal(bench.work.edit(id, { title: "Lampu mati", text: "di sini" }));
    assert.equal(refused.code, "storage_full");
    for (const back of undo.splice(0)) back();
    assert.deepEqual((await bench.local(id))?.fields, { title: "Lampu" });
    await bench.work.edit(id, { title: "Lampu mati" });
    assert.deepEqual((await bench.only()).data.set, { title: "Lampu mati" });
  });
}

test("a full disk at the opening is told as such", async () => {
  instead(IDBFactory.prototype, "open", () => {
    throw new DOMException("no room", "QuotaExceededError");
  });
  assert.equal((await refusal(new Database(uniqueName()).open())).code, "storage_full");
});

test("a connection that the browser closed is opened again", async () => {
  const bench = await Bench.make();
  const id = await bench.begin("lapor", { title: "Lampu" });
  (await bench.store.database.open()).close();
  await bench.work.edit(id, { title: "Lampu mati" });
  assert.deepEqual((await bench.local(id))?.fields, { title: "Lampu mati" });
});

test("a connection that cannot be used again is an error and no endless loop", async () => {
  const bench = await Bench.make();
  let tries = 0;
  instead(IDBDatabase.prototype, "transaction", () => {
    tries += 1;
    throw new DOMException("closed", "InvalidStateError");
  });
  assert.equal((await refusal(bench.entries())).code, "store_broken");
  assert.equal(tries, 2);
});

test("another window can bring a newer version, and this one lets go", { timeout: 5_000 }, async () => {
  const bench = await Bench.make();
  await bench.begin("lapor", { title: "Lampu" });
  const newer = await openDB(bench.store.database.name, 9);
  newer.close();
  const refused = await refusal(bench.entries());
  assert.deepEqual([refused.code, /newer/.test(refused.detail)], ["store_broken", true]);
});

test("two windows write one after the other", async () => {
  const bench = await Bench.make();
  const other = new Database(bench.store.database.name);
  const count = async (database: Database) => {
    await database.transact("readwrite", "relaxed", async transaction => {
      const meta = transaction.objectStore("meta");
      await meta.put((((await meta.get("count")) as number | undefined) ?? 0) + 1, "count");
    });
  };
  await Promise.all(Array.from({ length: 20 }, (_, n) => count(n % 2 ? other : bench.store.database)));
  const found = await other.transact("readonly", "default", transaction =>
    transaction.objectStore("meta").get("count"),
  );
  assert.equal(found, 20);
});

test("a fault of ours is not taken for one of the browser's", async () => {
  const database = new Database(uniqueName());
  const failing = database.transact("readwrite", "relaxed", async () => {
    throw new RangeError("ours");
  });
  await assert.rejects(failing, RangeError);
});
