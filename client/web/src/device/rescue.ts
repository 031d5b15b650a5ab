/** What was not received, as a file to carry to another device: for the day on which this one finds no network any more,
 * or is to be thrown away.
 *
 * Writing the file freezes what goes into it, as if it had been sent: from then on a command may reach the server from
 * two places, and the same key must never carry two texts. A device that takes the file in sends the same lines under
 * the same keys, so whichever comes first, the other is only answered. It never mints under the file's instances.
 */

import type { Person } from "../desk.ts";
import { malformed, TenggatError, tooLarge } from "../sync/errors.ts";
import { MAX_BODY, MAX_LINE } from "../sync/messages.ts";
import { commandOf, sizeOf } from "./command_line.ts";
import type { OutboxRow } from "./database.ts";
import type { Here, Store } from "./store.ts";

const FORMAT = "tenggat-outbox";
const VERSION = 1;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

interface Carried {
  /** The instance's id. */
  instance: string;
  seq: number;
  queued_at: string;
  line: string;
}

interface Rescue {
  exported: string;
  person: Pick<Person, "id" | "name" | "kind"> | null;
  /** A guest's only: nothing else leads to a guest's cases. An account has its password. */
  token?: string;
  entries: Carried[];
}

/** All that has not been received. `server`: whom it is for, for people to read. */
export async function exportOutbox(store: Store, server: string): Promise<Blob> {
  const exported = store.stamp();
  const told = await store.change("strict", async ({ meta, outbox, files }) => {
    const rows = await outbox.freeze(exported);
    const ids = new Map((await outbox.instances()).map(row => [row.n, row.id]));
    const { person, token, guest } = await meta.some("person", "token", "guest");
    const entries = rows.map(({ instance, seq, state, queued_at, line, result }) => {
      return { instance: ids.get(instance), seq, state, queued_at, line, result };
    });
    return {
      person: person && { id: person.id, name: person.name, kind: person.kind },
      ...(guest && token && { token }),
      instances: [...ids.values()],
      // Their bytes stay on this device, and it must send them itself.
      files_left: (await files.waiting()).waiting,
      entries,
    };
  });
  const file = { format: FORMAT, version: VERSION, exported, server, ...told };
  return new Blob([`${JSON.stringify(file, null, 1)}\n`], { type: "application/json" });
}

/** Take in such a file; how many commands were new. `malformed` for any other file, `other_person` where this device
 * speaks for somebody else, `sign_in_first` where it speaks for nobody and the file is of an account. */
export async function importOutbox(store: Store, file: Blob): Promise<{ taken: number; known: number }> {
  const rescue = await readFile(file);
  return store.change("strict", async here => {
    await meet(here, rescue);
    const { outbox } = here;
    const minting = await outbox.instance();
    let lowest = (await outbox.instances())[0]?.n ?? minting.n;
    let taken = 0;
    for (const id of new Set(rescue.entries.map(entry => entry.instance))) {
      const entries = rescue.entries.filter(entry => entry.instance === id);
      const after = Math.max(...entries.map(entry => entry.seq)) + 1;
      const known = await outbox.known(id);
      if (known?.n === minting.n && known.next_seq < after) {
        // Our own id with numbers that were never given out here: this database is a copy, and may not mint under it.
        outbox.begin(minting.n + 1);
      }
      if (!known) lowest -= 1;
      const { n } = outbox.begin(known?.n ?? lowest, id, Math.max(known?.next_seq ?? 1, after));
      for (const entry of entries) if (await take(here, n, entry, rescue.exported)) taken += 1;
    }
    return { taken, known: rescue.entries.length - taken };
  });
}

/** Whether it was new. */
async function take({ outbox }: Here, instance: number, entry: Carried, exported: string): Promise<boolean> {
  const { seq, line, queued_at } = entry;
  const held = await outbox.row({ instance, seq });
  if (held && held.line !== line) {
    throw new TenggatError("conflict", `the file has another text for number ${seq} than this device`);
  }
  if (held) return false;
  const command = commandOf(entry);
  const row: OutboxRow = {
    instance,
    seq,
    state: "sent",
    case: command?.case ?? "",
    kind: command?.kind ?? "",
    queued_at,
    sent_at: exported,
    settled_at: null,
    line,
    size: sizeOf(line),
    result: null,
  };
  outbox.put(row);
  return true;
}

/** Only the same person's commands may go up from here; a device that has nobody becomes the file's guest. */
async function meet({ meta }: Here, { person, token }: Rescue): Promise<void> {
  const held = await meta.some("person", "token");
  if (held.person === null && held.token === null) {
    if (!token) throw new TenggatError("sign_in_first", "the file is of an account", { name: person?.name ?? "" });
    meta.set("token", token);
    meta.set("guest", true);
    if (person) meta.set("person", { ...person, roles: ["citizen"] });
    return;
  }
  if (person && person.id === held.person?.id) return;
  if (token && token === held.token) return;
  throw new TenggatError("other_person", "the file is of another person than this device", {
    name: person?.name ?? "",
  });
}

async function readFile(file: Blob): Promise<Rescue> {
  if (file.size > MAX_BODY) throw tooLarge(`the file is over ${MAX_BODY} bytes`);
  let found: Record<string, unknown>;
  try {
    // Damage must be heard of, rather than become another text under the same key.
    const text = new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer());
    found = Object(JSON.parse(text));
  } catch {
    throw malformed("this is not a file of Tenggat, or it is damaged");
  }
  const { format, version, exported, person, token, entries } = found;
  if (format !== FORMAT || version !== VERSION || !Array.isArray(entries)) {
    throw malformed("this is not a file of Tenggat, or of a newer version of it");
  }
  const { id, name, kind } = Object(person) as Record<string, unknown>;
  return {
    exported: typeof exported === "string" ? exported : "",
    person: typeof id === "string" ? { id, name: String(name ?? ""), kind: kind as Person["kind"] } : null,
    ...(typeof token === "string" && { token }),
    entries: entries.map(readEntry),
  };
}

function readEntry(found: unknown): Carried {
  const { instance, seq, queued_at, line } = Object(found) as Record<string, unknown>;
  if (typeof instance !== "string" || !UUID.test(instance) || !isNumber(seq) || typeof line !== "string") {
    throw malformed("an entry of the file has no key or no text");
  }
  // A line that was damaged where it lay still goes up as it is; one that says another number than its key is not ours.
  const said = commandOf({ line });
  if (!line || line.includes("\n") || sizeOf(line) > MAX_LINE || (said && said.seq !== seq)) {
    throw malformed(`the text of number ${seq} cannot be sent`);
  }
  return { instance, seq, line, queued_at: typeof queued_at === "string" ? queued_at : "" };
}

function isNumber(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0;
}
