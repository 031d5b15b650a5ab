/** What a person does on a device, as commands in the outbox. Works with no network; nothing here waits for one.
 *
 * Each deed is one transaction: when its promise resolves, what was typed is on the disk.
 */

import type { Act, EntryKey, Person, Values } from "../desk.ts";
import { type City, DRAFT, serviceOf } from "../schemas/catalogue.ts";
import type { CaseRecord } from "../schemas/record.ts";
import { TenggatError } from "../sync/errors.ts";
import { valueAt } from "../sync/merge.ts";
import { frozen } from "../sync/outbox.ts";
import type { Catalogue } from "./catalogue.ts";
import { entryOf } from "./command_line.ts";
import { beginAsGuest } from "./guest.ts";
import { actions, isSubmit, refuseAct, refuseEdit, refuseNames, refuseSubmit } from "./rules.ts";
import type { Here, Store } from "./store.ts";
import { type LocalCase, layOver, localCase, setOf } from "./view.ts";

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
        return this.type(here, scene.local, "case.edit", changes, {});
      }
      if (service === undefined || (await here.records.line(id))) throw noSuchCase();
      const found = serviceOf(await this.catalogue.needed(here), service);
      if (!found) throw new TenggatError("no_such_service", `there is no service “${service}”`);
      refuseNames(found, changes);
      await beginAsGuest(here);
      await here.outbox.add("case.edit", id, { service: found.code, set: changes }, this.store.stamp(), 0);
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
      const { form = {}, note, items = [] } = act;
      const data = {
        action: action.code,
        ...(Object.keys(form).length && { form }),
        ...(note && { note }),
        ...(items.length && { items }),
      };
      await here.outbox.add("case.act", id, data, this.store.stamp(), local.version);
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
      const { service, set, was } = entry.data;
      if (!scene || !isSubmit(entry, scene.local.service) || !Object.keys(setOf(entry.data)).length) {
        return here.outbox.settle(key);
      }
      // Sending it in is what is taken back, not what was typed: the same command is an edit again.
      const typed = { ...(service !== undefined && { service }), set, was: was ?? {} };
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
      await this.refused(here, key);
      await here.outbox.settle(key);
    });
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

  /** Put typed fields into the outbox: into the last command where it has not left, else into a new one.
   *
   * What was refused before is carried along, so that mending one field does not lose the others; where it was typed
   * again since, the newer words stand. */
  private async type(here: Here, local: LocalCase, kind: string, typed: Values, extra: Values): Promise<void> {
    const { service, record, last, waiting } = local;
    const types = (entry: (typeof waiting)[number]) => entry.kind === "case.edit" || isSubmit(entry, service);
    const mended = local.refused.filter(types);
    const newer = new Set(waiting.flatMap(entry => Object.keys(setOf(entry.data))));
    const carried = mended.flatMap(entry => Object.entries(setOf(entry.data))).filter(([name]) => !newer.has(name));
    const changes = { ...Object.fromEntries(carried), ...typed };
    if (last?.state === "queued" && types(last)) {
      const before = layOver(record?.fields ?? {}, local.stage, waiting.slice(0, -1), service).fields;
      const set = { ...setOf(last.data), ...changes };
      const data: Values = { ...last.data, ...extra, set, was: wasOf(set, before) };
      await here.outbox.amend(last, data.action ? "case.act" : kind, data, this.store.stamp());
    } else {
      const data = { set: changes, was: wasOf(changes, local.expected), ...extra };
      const about = record ? {} : { service: service.code };
      await here.outbox.add(kind, local.id, { ...data, ...about }, this.store.stamp(), local.version);
    }
    for (const entry of mended) await here.outbox.settle(entry);
  }
}

function noSuchCase(): TenggatError {
  return new TenggatError("no_such_case", "there is no such case on this device");
}

function wasOf(changes: Values, before: Values): Values {
  const values = Object.keys(changes).map((name): [string, unknown] => [name, valueAt(before, name)]);
  return Object.fromEntries(values.filter(([, value]) => value !== null));
}
