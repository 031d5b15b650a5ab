/** What this device knows of the bytes of a case's files, by attachment. */

import type { FileState } from "../../desk.ts";
import { useLive } from "../use_desk.ts";

const NONE: ReadonlyMap<string, FileState> = new Map();

export function useFiles(id: string): ReadonlyMap<string, FileState> {
  const { value } = useLive(async desk => new Map((await desk.files(id)).map(one => [one.attachment, one])), [id]);
  return value ?? NONE;
}
