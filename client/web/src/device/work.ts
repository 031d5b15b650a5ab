/** What a person does on a device, as commands in the outbox. Works with no network; nothing here waits for one.
 *
 * Each deed is one transaction: when its promise resolves, what was typed is on the disk.
 */

import type { Act, Entry, EntryKey, Kept, Person, Values } from "../desk.ts";
import { type City, DRAFT, type Service, serviceOf } from "../schemas/catalogue.ts";
import type { CaseRecord } from "../schemas/record.ts";
import { TenggatError } from "../sync/errors.ts";
import { valueAt } from "../sync/merge.ts";
import { type Attach, MAX_ATTACH } from "../sync/messages.ts";
import { frozen } from "../sync/outbox.ts";
import type { Catalogue } from "./catalogue.ts";
import { entryOf } from "./command_line.ts";
import { refuseAttach, refuseDetach, refuseFile } from "./files/attaching.ts";
import { attachedBy, attachOf, detachedBy } from "./files/manifest.ts";
import { beginAsGuest } from "./guest.ts";
import { actions, isSubmit, refuseAct, refuseEdit, refuseNames, refuseSubmit } from "./rules.ts";
import type { Here, Store } from "./store.ts";
import { isTyped, type LocalCase, layOver, localCase, setOf } from "./view.ts";

// What a person typed into a case, or attached to it.
interface Typed {
  set?: Values;
  attach?: Attach[];
  detach?: string[];
}

// A case as it lies here, and who looks at it.
interface Scene {
  city: City;
  person: Person | null;
  local: LocalCase;
}

/** What the person at this device does. */
export class Work {
  constructor(
    private readonly store: Store,
    private readonly catalogue: Catalogue,
  ) {}

  /** Change fields (null empties one) of a draft or of an open correction, as typed, right or wrong. A case that is not
   * there yet begins as a draft of `service`. */
  edit(id: string, changes: Values, service?: string): Promise<void> {
    // The disk may take its time with a keystroke: what a power cut can cost is the last word, not the form.
    return this.store.change("relaxed", async here => {
      const scene = await this.find(here, id);
      if (scene) {
        refuseEdit(scene.local, scene.person, changes);
        return this.type(here, scene.local, "case.edit", { set: changes }, {});
      }
      const found = await this.beginning(here, id, service);
      refuseNames(found, changes);
      await beginAsGuest(here);
      await here.outbox.add("case.edit", id, { service: found.code, set: changes }, this.store.stamp(), 0);
    });
  }

  /** Attach a file that was kept to one of the applicant's documents; the attachment's id. */
  attach(id: string, document: string, kept: Kept, service?: string): Promise<string> {
    const one = attachOf(this.store.newId(), document, kept);
    return this.store.change("strict", async here => {
      const scene = await this.find(here, id);
      if (!(await here.files.row(one.sha256))?.here) throw gone();
      if (scene) {
        refuseAttach(scene.local, scene.person, one);
        await this.type(here, scene.local, "case.edit", { attach: [one] }, {});
      } else {
        const found = await this.beginning(here, id, service);
        refuseFile(found, null, one, 1);
        await beginAsGuest(here);
        const data = { service: found.code, attach: [one] };
        await here.outbox.add("case.edit", id, data, this.store.stamp(), 0);
      }
      await here.files.attach(id, [one], this.store.stamp());
      return one.id;
    });
  }

  /** Take an attachment away again. Does nothing where there is none. */
  detach(id: string, attachment: string): Promise<void> {
    return this.store.change("strict", async here => {
      const { person, local } = await this.scene(here, id);
      const file = local.files.find(one => one.id === attachment);
      if (!file) return;
      refuseDetach(local, person, file);
      await this.type(here, local, "case.edit", { detach: [attachment] }, {});
    });
  }

  /** Send a draft, or a correction, in. */
  submit(id: string): Promise<void> {
    return this.store.change("strict", async here => {
      const { city, person, local } = await this.scene(here, id);
      const action = refuseSubmit(local, person, city);
      await this.type(here, local, "case.act", {}, { action: action.code });
    });
  }

  /** Do a named action, as far as a device can tell that it is allowed; the server decides. */
  act(id: string, act: Act): Promise<void> {
    return this.store.change("strict", async here => {
      const { city, person, local } = await this.scene(here, id);
      const action = refuseAct(local, person, city, act);
      await here.transaction.objectStore("typing").delete([id, act.action]);
      if (action.effect === "submit" || action.effect === "resubmit") {
        return this.type(here, local, "case.act", {}, { action: action.code });
      }
      const { form = {}, note, items = [], attach = [] } = act;
      const data = {
        action: action.code,
        ...(Object.keys(form).length && { form }),
        ...(note && { note }),
        ...(items.length && { items }),
        ...(attach.length && { attach }),
      };
      for (const { sha256 } of attach) if (!(await here.files.row(sha256))?.here) throw gone();
      await here.outbox.add("case.act", id, data, this.store.stamp(), local.version);
      await here.files.attach(id, attach, this.store.stamp());
    });
  }

  /** Of two values of a field, which one stands: `ours` (on the case) or `theirs` (kept beside it). */
  choose(id: string, field: string, take: "ours" | "theirs", value?: unknown): Promise<void> {
    return this.store.change("strict", async here => {
      const { local } = await this.scene(here, id);
      const kept = (local.record?.conflicts ?? []).filter(conflict => conflict.field === field);
      const newest = kept[kept.length - 1];
      if (!newest) throw new TenggatError("nothing_to_choose", `there is nothing to choose in “${field}”`);
      // The value that was shown, because another may have come to the server meanwhile.
      const shown = take === "theirs" ? { value: value === undefined ? newest.theirs : value } : {};
      await here.outbox.add("case.choose", id, { field, take, ...shown }, this.store.stamp(), local.version);
    });
  }

  /** An officer looked at the case: the applicant will be told, once. */
  async opened(id: string): Promise<void> {
    const tells = async (here: Here) => {
      const { person, local } = (await this.find(here, id)) ?? {};
      const record = local?.record;
      if (!record || record.opened || record.stage === DRAFT || record.owner === person?.id) return null;
      // Who only may see it is not who was asked to work on it.
      const officer = person !== null && person !== undefined && actions(local, person).length > 0;
      return officer && !local.waiting.some(entry => entry.kind === "case.open") ? local : null;
    };
    // Most looks tell nobody anything: those only read.
    if (!(await this.store.read(tells))) return;
    await this.store.change("relaxed", async here => {
      const local = await tells(here);
      if (local) await here.outbox.add("case.open", id, {}, this.store.stamp(), local.version);
    });
  }

  /** Take back a command that has not left the device, the latest of its case. `frozen` where it has. */
  undo(key: EntryKey): Promise<void> {
    return this.store.change("strict", async here => {
      const row = await here.outbox.row(key);
      const about = row ? await here.outbox.about(row.case) : [];
      const later = about.filter(other => other.instance === key.instance && other.seq > key.seq);
      if (later.some(other => other.state === "queued")) throw frozen("undo the later changes of this case first");
      if (row?.state !== "queued") throw frozen("it has left this device");
      const entry = entryOf(row);
      const scene = await this.find(here, row.case);
      const { action: _, ...typed } = entry.data;
      if (!scene || !isSubmit(entry, scene.local.service) || isEmpty(typed)) return this.settle(here, entry);
      // Sending it in is what is taken back, not what was typed: the same command is an edit again.
      await here.outbox.amend(entry, "case.edit", typed, this.store.stamp());
    });
  }

  /** Send what a refused command carried once more, as a new command. */
  retry(key: EntryKey): Promise<void> {
    return this.store.change("strict", async here => {
      const entry = await this.refused(here, key);
      await here.outbox.settle(key);
      await here.outbox.add(entry.kind, entry.case, entry.data, this.store.stamp(), entry.base);
    });
  }

  /** Put a refused command away; its text stays readable for 30 days. */
  giveUp(key: EntryKey): Promise<void> {
    return this.store.change("strict", async here => {
      await this.settle(here, await this.refused(here, key));
    });
  }

  /** Nothing comes of a command any more, nor of its files, unless the case has them. */
  private async settle(here: Here, entry: Entry): Promise<void> {
    await here.outbox.settle(entry);
    const line = await here.records.line(entry.case);
    const { attachments = [] } = line ? (JSON.parse(line) as CaseRecord) : {};
    for (const { id } of attachedBy(entry.data)) if (!attachments.some(one => one.id === id)) here.files.forget(id);
  }

  /** The service that a case is begun in. */
  private async beginning(here: Here, id: string, service: string | undefined): Promise<Service> {
    if (service === undefined || (await here.records.line(id))) throw noSuchCase();
    const found = serviceOf(await this.catalogue.needed(here), service);
    if (found) return found;
    throw new TenggatError("no_such_service", `there is no service “${service}”`);
  }

  private async refused(here: Here, key: EntryKey) {
    const row = await here.outbox.row(key);
    if (row?.state !== "refused") throw frozen("only what was refused can be sent again or put away");
    return entryOf(row);
  }

  private async scene(here: Here, id: string): Promise<Scene> {
    const scene = await this.find(here, id);
    if (scene) return scene;
    throw noSuchCase();
  }

  private async find(here: Here, id: string): Promise<Scene | null> {
    // At the same time, because it is done at each letter that is typed.
    const [city, line, rows, person] = await Promise.all([
      this.catalogue.needed(here),
      here.records.line(id),
      here.outbox.about(id),
      here.meta.get("person"),
    ]);
    const local = localCase(id, city, line ? (JSON.parse(line) as CaseRecord) : null, rows.map(entryOf));
    return local && { city, person, local };
  }

  /** Put what was typed and attached into the outbox: into the last command where it has not left, else into a new one.
   *
   * What was refused before is carried along, so that mending one field does not lose the others; where it was typed
   * again since, the newer words stand. */
  private async type(here: Here, local: LocalCase, kind: string, typed: Typed, extra: Values): Promise<void> {
    const { service, record, last, waiting } = local;
    const mended = local.refused.filter(entry => isTyped(entry, service));
    const newer = new Set(waiting.flatMap(entry => Object.keys(setOf(entry.data))));
    const carried = mended.flatMap(entry => Object.entries(setOf(entry.data))).filter(([name]) => !newer.has(name));
    const changes = { ...Object.fromEntries(carried), ...typed.set };
    // A command has room for so many files; there is never that many fields.
    const room = MAX_ATTACH - (typed.attach?.length ?? 0);
    const amends = last?.state === "queued" && isTyped(last, service) && attachedBy(last.data).length <= room;
    const files = filesOf(local, amends ? [...mended, last] : mended, typed);
    for (const id of files.dropped) here.files.forget(id);
    if (amends) {
      const before = layOver(record?.fields ?? {}, local.stage, waiting.slice(0, -1), service).fields;
      const set = { ...setOf(last.data), ...changes };
      const { attach: _, detach: __, ...held } = last.data;
      const data: Values = { ...held, ...extra, set, was: wasOf(set, before), ...files.data };
      // Attached and taken away again before it left: nothing to say.
      if (!data.action && isEmpty(data) && (record || waiting.length > 1)) await here.outbox.settle(last);
      else await here.outbox.amend(last, data.action ? "case.act" : kind, data, this.store.stamp());
    } else {
      const data = { set: changes, was: wasOf(changes, local.expected), ...files.data, ...extra };
      const about = record ? {} : { service: service.code };
      await here.outbox.add(kind, local.id, { ...data, ...about }, this.store.stamp(), local.version);
    }
    for (const entry of mended) await here.outbox.settle(entry);
  }
}

/** What a command says of files that holds what these entries did, and this as well. `dropped`: attachments that never
 * left, and now never will. */
function filesOf(
  { record, waiting }: LocalCase,
  entries: readonly Entry[],
  typed: Typed,
): { data: Values; dropped: string[] } {
  const elsewhere = waiting.filter(entry => !entries.includes(entry)).flatMap(entry => attachedBy(entry.data));
  // Known without this command: only by saying so is it taken away.
  const known = new Set([...(record?.attachments ?? []), ...elsewhere].map(one => one.id));
  const away = new Set([...entries.flatMap(entry => detachedBy(entry.data)), ...(typed.detach ?? [])]);
  const all = [...entries.flatMap(entry => attachedBy(entry.data)), ...(typed.attach ?? [])];
  const attach = all.filter(one => !away.has(one.id));
  const detach = [...away].filter(id => known.has(id));
  return {
    data: { ...(attach.length && { attach }), ...(detach.length && { detach }) },
    dropped: all.filter(one => away.has(one.id) && !known.has(one.id)).map(one => one.id),
  };
}

function isEmpty(data: Values): boolean {
  return !Object.keys(setOf(data)).length && !attachedBy(data).length && !detachedBy(data).length;
}

/** The browser cleared it meanwhile, or another window did. */
function gone(): TenggatError {
  return new TenggatError("no_such_file", "the file is not on this device any more; choose it again");
}

function noSuchCase(): TenggatError {
  return new TenggatError("no_such_case", "there is no such case on this device");
}

function wasOf(changes: Values, before: Values): Values {
  const values = Object.keys(changes).map((name): [string, unknown] => [name, valueAt(before, name)]);
  return Object.fromEntries(values.filter(([, value]) => value !== null));
}
