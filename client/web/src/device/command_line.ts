/** A command as the line that lies in the outbox, and back. */

import type { Entry, Values } from "../desk.ts";
import { lineOf } from "../sync/codec.ts";
import { tooLarge } from "../sync/errors.ts";
import { type Command, MAX_LINE } from "../sync/messages.ts";
import type { OutboxRow } from "./database.ts";

/** The row as it is shown. A line that cannot be read (a fault of the disk, or of an older version) still goes up: the
 * server keeps it whole, and nothing behind it is held up. */
export function entryOf(row: OutboxRow): Entry {
  const command = commandOf(row);
  const { instance, seq, state, case: about, kind, queued_at, sent_at, size, result } = row;
  const data = isObject(command?.data) ? command.data : {};
  const base = command?.base ?? 0;
  return {
    instance,
    seq,
    state,
    case: about,
    kind,
    queued_at,
    sent_at,
    base,
    after: command?.after ?? 0,
    data,
    size,
    result,
  };
}

/** What the line says; null where it is damaged. */
export function commandOf({ line }: { line: string }): Command | null {
  try {
    const said: unknown = JSON.parse(line);
    if (!isObject(said) || said.t !== "command" || !Number.isSafeInteger(said.seq)) return null;
    return { base: 0, after: 0, data: {}, ...said } as Command;
  } catch {
    return null;
  }
}

/** Columns of a command, its line among them. `too_large` for a line that no server takes. */
export function lined(command: Command): Pick<OutboxRow, "seq" | "kind" | "case" | "line" | "size"> {
  const line = lineOf(command);
  const size = sizeOf(line);
  if (size > MAX_LINE) {
    throw tooLarge(`this is longer than ${MAX_LINE / 1024} KiB and cannot be sent; shorten the text`);
  }
  return { seq: command.seq, kind: command.kind, case: command.case, line, size };
}

/** Bytes in UTF-8. */
export function sizeOf(line: string): number {
  return new TextEncoder().encode(line).length;
}

function isObject(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
