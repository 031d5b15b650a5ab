/** Files for tests, kept as `keep_file` leaves them. */

import { createHash } from "node:crypto";
import type { Kept } from "../../../src/desk.ts";
import type { FileRow, UploadRow } from "../../../src/device/database.ts";
import { NOTHING } from "../../../src/device/files/claims.ts";
import type { Studio } from "../../../src/device/files/keep.ts";
import type { Store } from "../../../src/device/store.ts";
import type { Attachment, CaseRecord } from "../../../src/schemas/record.ts";
import { NOW, record } from "../bench.ts";

export const ARRIVED = "2026-03-16T01:00:00Z";

let files = 0;

export function bytesOf(size: number): Uint8Array<ArrayBuffer> {
  files += 1;
  return new Uint8Array(size).fill(files % 256);
}

export const hashOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** A file on this device, ready to be attached. */
export async function kept(store: Store, given: Partial<Kept> = {}, bytes = bytesOf(given.size ?? 100)): Promise<Kept> {
  const made = { sha256: hashOf(bytes), size: bytes.length, type: "image/jpeg", name: "foto.jpg" };
  const file: Kept = { ...made, taken: null, place: null, accuracy: null, ...given };
  const { sha256, size, type } = file;
  const at = store.clock().getTime();
  const coming = { sha256, type, bytes: bytes.buffer, small: { type: "image/jpeg", bytes: new ArrayBuffer(5) } };
  await store.change("strict", here => here.files.keep(coming, size, true, at));
  return file;
}

/** The same as an entry of a record. */
export function entry(file: Kept, id: string, given: Partial<Attachment> = {}): Attachment {
  const { sha256, size, type } = file;
  return { id, document: "ktp", sha256, size, type, added: NOW, arrived: null, ...given };
}

export function cased(attachments: Attachment[], given: Partial<CaseRecord> = {}): CaseRecord {
  return record({ service: "berkas", attachments, ...given });
}

export const fileRows = (store: Store): Promise<FileRow[]> => store.read(here => here.files.rows());
export const queue = (store: Store): Promise<UploadRow[]> => store.read(here => here.files.queue());
export const hasBytes = async (store: Store, sha256: string): Promise<boolean> =>
  (await store.read(here => here.files.bytes(sha256))) !== undefined;

/** A browser that shrinks every picture to these bytes. */
export function studioOf(bytes: Uint8Array<ArrayBuffer> | null): () => Promise<Studio> {
  const picture = bytes && { type: "image/jpeg", bytes: bytes.buffer };
  const small = { type: "image/jpeg", bytes: new ArrayBuffer(5) };
  return async () => ({
    shrunk: async () => picture && { picture, small },
    claimsOf: async () => ({ ...NOTHING, taken: "2026-03-16T09:00:00+07:00" }),
  });
}
