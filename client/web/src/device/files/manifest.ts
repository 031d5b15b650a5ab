/** A kept file as an entry of a command's manifest, and what a case's manifest looks like from here. Pure, for the
 * screens as well.
 */

import type { Entry, Kept, Values } from "../../desk.ts";
import type { Attachment } from "../../schemas/record.ts";
import type { Attach } from "../../sync/messages.ts";

/** One file of a case as this device shows it. */
export interface LocalFile extends Attachment {
  /** Whether only this device knows of it: its command has not been answered, or was refused. */
  waiting: boolean;
}

/** The entry for a file that was kept; `id` is newly minted. */
export function attachOf(id: string, document: string, kept: Kept): Attach {
  const { sha256, size, type, name, taken, place, accuracy } = kept;
  const claims = { ...(taken && { taken }), ...(place && { place }), ...(accuracy !== null && { accuracy }) };
  return { id, document, sha256, size, type, ...(name && { name }), ...claims };
}

/** The files that a command attaches. */
export function attachedBy(data: Values): Attach[] {
  return Array.isArray(data.attach) ? (data.attach as Attach[]) : [];
}

/** The attachments that a command takes away. */
export function detachedBy(data: Values): string[] {
  return Array.isArray(data.detach) ? (data.detach as string[]) : [];
}

/** The manifest once these commands are applied, as far as a device can tell. `typed`: whether a command carries what is
 * the applicant's, rather than an officer's deed. */
export function layFiles(
  files: readonly LocalFile[],
  entries: readonly Entry[],
  typed: (entry: Entry) => boolean,
): LocalFile[] {
  const shown = new Map(files.map(file => [file.id, file]));
  for (const entry of entries) {
    const { data } = entry;
    for (const id of detachedBy(data)) shown.delete(id);
    const action = typed(entry) ? "" : String(data.action ?? "");
    for (const one of attachedBy(data)) {
      if (!shown.has(one.id)) shown.set(one.id, { ...one, action, arrived: null, waiting: true });
    }
  }
  return [...shown.values()];
}
