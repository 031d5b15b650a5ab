/** Keeps a file that a person chose or took: made small, known by its hash, and on the disk before anything else. */

import type { Kept } from "../../desk.ts";
import { type Content, HEAD, kindOf } from "../../schemas/content.ts";
import { MB } from "../../schemas/documents.ts";
import { TenggatError, tooLarge } from "../../sync/errors.ts";
import { isFull } from "../database.ts";
import { hashOf } from "../hash.ts";
import type { Room } from "../room.ts";
import type { Here, Store } from "../store.ts";
import type { Claims } from "./claims.ts";
import { isWhole } from "./content.ts";
import type { Picture } from "./pictures.ts";
import { RESERVE } from "./space.ts";
import { namedBy } from "./table.ts";

/** Bytes of a picture as it comes that a cheap phone can still open. */
const MOST = 64 * MB;

/** Of what is no picture, no camera says anything. */
const NOTHING: Claims = { taken: null, place: null, accuracy: null };

/** What a browser does to pictures; tests in Node have their own. */
export interface Studio {
  shrunk(file: Blob, sharp: boolean): Promise<{ picture: Picture; small: Picture } | null>;
  claimsOf(bytes: ArrayBuffer): Promise<Claims>;
}

export async function studio(): Promise<Studio> {
  const [{ shrunk }, { claimsOf }] = await Promise.all([import("./pictures.ts"), import("./claims.ts")]);
  return { shrunk, claimsOf };
}

/** See `Desk.keep_file`. */
export async function keepFile(
  store: Store,
  room: Room,
  file: File,
  types: readonly string[],
  max_mb: number,
  open: () => Promise<Studio> = studio,
): Promise<Kept> {
  const made = await madeOf(file, types, max_mb, open);
  const { type, bytes, small, claims } = made;
  const size = bytes.byteLength;
  if (size > max_mb * MB) throw tooLarge(`the file is over ${max_mb} MB`);
  const sha256 = await hashOf(new Uint8Array(bytes));
  const space = size + (small?.bytes.byteLength ?? 0);
  const { free } = await room.measure();
  // Where a browser cannot say how much is free, writing will tell.
  if (free !== null) await spaceFor(store, space + RESERVE - free);
  const at = store.clock().getTime();
  const keep = ({ files }: Here) => files.keep({ sha256, type, bytes, small }, size, true, at);
  const write = async () => {
    await store.reserve.beforeFile();
    await store.change("strict", keep, "file");
  };
  try {
    await write();
  } catch (error) {
    if (!isFull(error)) throw error;
    // The browser had promised more than it has. Nothing of the file is here; once more, with what can be dropped gone.
    // How much of the file it lacks, it does not say: less than all of it may do.
    try {
      await spaceFor(store, space, true);
      await write();
    } catch (again) {
      if (isFull(again)) await store.reserve.noRoom();
      throw again;
    }
  }
  return { sha256, size, type, name: file.name.slice(0, 200), ...claims };
}

interface Made {
  type: string;
  bytes: ArrayBuffer;
  small: Picture | null;
  claims: Claims;
}

async function madeOf(
  file: File,
  types: readonly string[],
  max_mb: number,
  open: () => Promise<Studio>,
): Promise<Made> {
  if (file.size === 0) throw new TenggatError("broken_file", "the file is empty");
  const content = kindOf(new Uint8Array(await read(file.slice(0, HEAD))));
  const kind = content?.startsWith("image/") ? "image" : "pdf";
  if (!content || !types.includes(kind)) throw new TenggatError("wrong_type", `the file is no ${types.join(" or ")}`);
  if (file.size > (kind === "pdf" ? max_mb * MB : MOST)) throw tooLarge(`the file is over ${max_mb} MB`);
  if (kind === "pdf") return { type: content, bytes: await wholeOf(file, content), small: null, claims: NOTHING };
  const { shrunk, claimsOf } = await open();
  // The claims first: a large picture should not lie in the memory twice.
  const claims = await claimsOf(await wholeOf(file, content));
  // A picture that this phone has no memory for is one that it cannot read.
  const found = await shrunk(file, content === "image/png").catch(() => null);
  if (!found && content === "image/heic") throw new TenggatError("heic", "this browser cannot read HEIC pictures");
  if (!found) throw new TenggatError("broken_file", "the picture cannot be read");
  return { ...found.picture, small: found.small, claims };
}

async function wholeOf(file: Blob, content: Content): Promise<ArrayBuffer> {
  const bytes = await read(file);
  if (!isWhole(content, bytes)) throw new TenggatError("broken_file", "the file ends before its end");
  return bytes;
}

/** A file may be gone, or its card pulled out, since it was chosen. */
async function read(file: Blob): Promise<ArrayBuffer> {
  try {
    return await file.arrayBuffer();
  } catch {
    throw new TenggatError("broken_file", "the file cannot be read");
  }
}

/** See that so many bytes more are free, by dropping what the server has. `storage_full` where that is not enough; `less`:
 * where nothing may go, and else as far as it goes. */
async function spaceFor(store: Store, short: number, less = false): Promise<void> {
  if (short <= 0) return;
  const now = store.clock().getTime();
  const drop = async (here: Here) => here.files.makeRoom(short, await namedBy(here), now, { urgent: true, less });
  const made = await store.change("strict", drop, "file");
  if (made === 0 || (made < short && !less))
    throw new TenggatError("storage_full", "there is no room left on this device for the file");
}
