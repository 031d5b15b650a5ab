/** Keeping a file: what is taken, what is made of it, and what happens where there is no room. */

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import type { Kept } from "../../../src/desk.ts";
import { claimsOf } from "../../../src/device/files/claims.ts";
import { isWhole } from "../../../src/device/files/content.ts";
import { keepFile, type Studio } from "../../../src/device/files/keep.ts";
import { photosLeft, RESERVE } from "../../../src/device/files/space.ts";
import { Room } from "../../../src/device/room.ts";
import { kindOf } from "../../../src/schemas/content.ts";
import { Bench, newId, refusal } from "../bench.ts";
import { ARRIVED, bytesOf, cased, entry, fileRows, hasBytes, hashOf, kept, studioOf } from "./kept.ts";

const JPEG = [0xff, 0xd8, 0xff, 0xe0, 0, 4];
const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const text = (words: string) => [...words].map(letter => letter.charCodeAt(0));
const HEIC = [0, 0, 0, 24, ...text("ftypheic")];
const PDF = text("%PDF-1.7 ");

const undo: (() => void)[] = [];
afterEach(() => {
  for (const back of undo.splice(0).reverse()) back();
});

/** Bytes that end as a whole JPEG and a whole PDF do. */
function fileOf(head: number[], size = 100, name = "berkas.bin"): File {
  const bytes = new Uint8Array(size).fill(7);
  bytes.set(head);
  bytes.set([...text("%%EOF"), 0xff, 0xd9], size - 7);
  return new File([bytes], name, { type: "text/plain" });
}

/** A room with so many bytes free. */
function roomOf(free: number | null): Room {
  const room = new Room();
  room.measure = async () => ({ free, used: 0, persistent: null });
  return room;
}

const SHRUNK = bytesOf(60);

function keep(bench: Bench, file: File, free: number | null = null, studio = studioOf(SHRUNK)): Promise<Kept> {
  return keepFile(bench.store, roomOf(free), file, ["image", "pdf"], 1, studio);
}

/** A JPEG with a whole thumbnail in its first segment, and two scans. */
const PHOTO = [
  ...[0xff, 0xd8, 0xff, 0xe1, 0, 8, 0xff, 0xd8, 5, 5, 0xff, 0xd9],
  ...[0xff, 0xda, 0, 3, 1, 9, 0xff, 0, 9, 0xff, 0xd0, 9, 0xff, 0xff, 0xda, 0, 3, 1, 9, 0xff, 0xd9],
];
const DRAWING = [...PNG, 0, 0, 0, 2, ...text("IDAT"), 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, ...text("IEND"), 1, 2, 3, 4];
const WEBP = [...text("RIFF"), 10, 0, 0, 0, ...text("WEBPVP8 ab")];

test("a file that ends before its end is not whole, wherever it was cut", () => {
  const whole = (bytes: number[]) => {
    const content = kindOf(new Uint8Array(bytes));
    return content !== null && isWhole(content, new Uint8Array(bytes).buffer);
  };
  for (const bytes of [PHOTO, DRAWING, WEBP, [...PDF, ...text("%%EOF\n")]]) {
    assert.equal(whole(bytes), true);
    for (let cut = 3; cut < bytes.length - 4; cut += 1) assert.equal(whole(bytes.slice(0, cut)), false, `${cut}`);
  }
  assert.equal(whole(PHOTO.slice(0, -1)), false);
  // A phone adds a film after the end of the picture.
  assert.equal(whole([...PHOTO, ...text("ftypmp42")]), true);
});

test("how many photos still fit is told only where it is few", () => {
  assert.deepEqual([null, RESERVE + 1e9, RESERVE + 3_000_000, RESERVE, 0].map(photosLeft), [null, null, 11, 0, 0]);
});

test("a picture is kept as it was made small, with what its camera said", async () => {
  const bench = await Bench.make();
  const made = await keep(bench, fileOf(JPEG, 5_000, "IMG_1.jpg"));
  assert.deepEqual(made, {
    ...{ sha256: hashOf(SHRUNK), size: 60, type: "image/jpeg", name: "IMG_1.jpg" },
    ...{ taken: "2026-03-16T09:00:00+07:00", place: null, accuracy: null },
  });
  const [row] = await fileRows(bench.store);
  assert.deepEqual([row?.own, row?.here, row?.small, row?.arrived], [true, true, true, null]);
  const bytes = await bench.read(({ files }) => files.bytes(made.sha256));
  assert.deepEqual(new Uint8Array(bytes ?? new ArrayBuffer()), SHRUNK);
});

test("a document is kept byte for byte", async () => {
  const bench = await Bench.make();
  const file = fileOf(PDF, 1_000, "denah.pdf");
  const made = await keep(bench, file);
  assert.deepEqual([made.sha256, made.type], [hashOf(new Uint8Array(await file.arrayBuffer())), "application/pdf"]);
});

test("refused: of another type, too large, damaged, or HEIC that this browser cannot read", async () => {
  const bench = await Bench.make();
  const code = async (deed: Promise<unknown>) => (await refusal(deed)).code;
  const unable = studioOf(null);
  assert.equal(await code(keep(bench, fileOf(text("MZ")))), "wrong_type");
  assert.equal(await code(keepFile(bench.store, roomOf(null), fileOf(PDF), ["image"], 1)), "wrong_type");
  assert.equal(await code(keep(bench, fileOf(PDF, 2 ** 20 + 1))), "too_large");
  assert.equal(await code(keep(bench, fileOf(JPEG), null, unable)), "broken_file");
  assert.equal(await code(keep(bench, fileOf([0xff, 0xd8, 0xff, 0xe0, 1, 0]))), "broken_file");
  assert.equal(await code(keep(bench, new File([new Uint8Array(PDF)], "denah.pdf"))), "broken_file");
  assert.equal(await code(keep(bench, fileOf(HEIC), null, unable)), "heic");
  assert.equal((await keep(bench, fileOf(HEIC))).type, "image/jpeg");
  const lost = { ...(await studioOf(SHRUNK)()) } satisfies Studio;
  const gone = fileOf(JPEG);
  gone.slice = () => ({ arrayBuffer: () => Promise.reject(new DOMException("gone", "NotReadableError")) }) as Blob;
  assert.equal(await code(keep(bench, gone, null, async () => lost)), "broken_file");
});

test("where there is no room it says so before anything is written, and nothing is lost", async () => {
  const bench = await Bench.make();
  const unsent = await kept(bench.store);
  const draft = await bench.begin("berkas", {});
  await bench.work.attach(draft, "ktp", unsent);
  assert.equal((await refusal(keep(bench, fileOf(JPEG), 1_000))).code, "storage_full");
  assert.deepEqual(
    (await fileRows(bench.store)).map(row => [row.sha256, row.here]),
    [[unsent.sha256, true]],
  );
});

test("room is made by what the server has", async () => {
  const bench = await Bench.make();
  const arrived = await kept(bench.store);
  await bench.arrive([cased([entry(arrived, newId(), { arrived: ARRIVED })])]);
  const made = await keep(bench, fileOf(JPEG), RESERVE);
  assert.deepEqual(
    [await hasBytes(bench.store, arrived.sha256), await hasBytes(bench.store, made.sha256)],
    [false, true],
  );
});

test("a disk that turns out to be full keeps nothing half done", async () => {
  const bench = await Bench.make();
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (this: IDBObjectStore, ...given: [unknown, IDBValidKey?]) {
    if (this.name === "bytes") throw new DOMException("no room", "QuotaExceededError");
    return put.apply(this, given);
  };
  undo.push(() => {
    IDBObjectStore.prototype.put = put;
  });
  assert.equal((await refusal(keep(bench, fileOf(JPEG)))).code, "storage_full");
  assert.deepEqual(await fileRows(bench.store), []);
});

// How much of a file it lacks, the browser does not say: less than all of it may be enough.
for (const size of [100, 1]) {
  test(`and once more, with what the server has dropped for it: ${size} B`, async () => {
    const bench = await Bench.make();
    const arrived = await kept(bench.store, {}, bytesOf(size));
    await bench.arrive([cased([entry(arrived, newId(), { arrived: ARRIVED })])]);
    const put = IDBObjectStore.prototype.put;
    let full = true;
    IDBObjectStore.prototype.put = function (this: IDBObjectStore, ...given: [unknown, IDBValidKey?]) {
      if (this.name === "bytes" && full) {
        full = false;
        throw new DOMException("no room", "QuotaExceededError");
      }
      return put.apply(this, given);
    };
    undo.push(() => {
      IDBObjectStore.prototype.put = put;
    });
    const made = await keep(bench, fileOf(JPEG));
    const here = await Promise.all([arrived, made].map(file => hasBytes(bench.store, file.sha256)));
    assert.deepEqual(here, [false, true]);
  });
}

/** A JPEG with nothing but these EXIF values: a TIFF in its first segment. */
function withExif(taken: string, offset: string | null, place: [number, number] | null): ArrayBuffer {
  const tiff: number[] = [...text("MM"), 0, 42, 0, 0, 0, 8];
  const later: [number, number[]][] = [];
  const u16 = (value: number) => [value >> 8, value & 255];
  const u32 = (value: number) => [value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255];
  const rational = (degrees: number) => {
    const whole = Math.floor(Math.abs(degrees));
    return [whole, 1, 0, 1, Math.round((Math.abs(degrees) - whole) * 3600 * 10_000), 10_000].flatMap(u32);
  };
  const ascii = (words: string) => [...text(words), 0];
  // Where each value is longer than four bytes, its place is filled in below.
  const ifd = (tags: [number, number, number, number[]][]) => {
    tiff.push(...u16(tags.length));
    for (const [tag, type, count, value] of tags) {
      tiff.push(...u16(tag), ...u16(type), ...u32(count));
      if (value.length <= 4) tiff.push(...value, ...Array(4 - value.length).fill(0));
      else {
        later.push([tiff.length, value]);
        tiff.push(0, 0, 0, 0);
      }
    }
    tiff.push(0, 0, 0, 0);
  };
  const first = 8 + 2 + (place ? 24 : 12) + 4;
  const exifTags = 1 + (offset ? 1 : 0);
  const pointers: [number, number, number, number[]][] = [[0x8769, 4, 1, u32(first)]];
  if (place) pointers.push([0x8825, 4, 1, u32(first + 2 + exifTags * 12 + 4)]);
  ifd(pointers);
  const exif: [number, number, number, number[]][] = [[0x9003, 2, 20, ascii(taken)]];
  if (offset) exif.push([0x9011, 2, 7, ascii(offset)]);
  ifd(exif);
  if (place) {
    const [lat, lon] = place;
    ifd([
      [1, 2, 2, ascii(lat < 0 ? "S" : "N")],
      [2, 5, 3, rational(lat)],
      [3, 2, 2, ascii(lon < 0 ? "W" : "E")],
      [4, 5, 3, rational(lon)],
      [31, 5, 1, [...u32(45), ...u32(10)]],
    ]);
  }
  for (const [at, value] of later) {
    tiff.splice(at, 4, ...u32(tiff.length));
    tiff.push(...value);
  }
  const body = [...text("Exif"), 0, 0, ...tiff];
  const bytes = new Uint8Array([0xff, 0xd8, 0xff, 0xe1, ...u16(body.length + 2), ...body, 0xff, 0xd9]);
  return bytes.buffer;
}

test("a camera's time and place are read, and what cannot be is left out", async () => {
  assert.deepEqual(await claimsOf(withExif("2026:03:16 09:30:00", "+07:00", [-6.9823, 110.4203])), {
    taken: "2026-03-16T09:30:00+07:00",
    place: [-6.9823, 110.4203],
    accuracy: 4.5,
  });
  // The tests' zone is far from Indonesia; a camera that does not know its own means the device's.
  assert.equal((await claimsOf(withExif("2026:01:16 09:30:00", null, null))).taken, "2026-01-16T09:30:00-03:30");
  const nothing = { taken: null, place: null, accuracy: null };
  assert.deepEqual(await claimsOf(withExif("0000:00:00 00:00:00", "+07:00", [0, 0])), nothing);
  assert.deepEqual(await claimsOf(withExif("2026:02:31 09:30:00", "+07:00", null)), nothing);
  assert.deepEqual(await claimsOf(new Uint8Array([0xff, 0xd8, 0xff, 0xd9]).buffer), nothing);
  assert.deepEqual(await claimsOf(new ArrayBuffer(3)), nothing);
});
