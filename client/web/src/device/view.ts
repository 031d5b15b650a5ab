/** A case as this device shows it: the server's record, with what was done here laid over it, each told apart.
 *
 * Pure: the store gives the record and the commands, and gets nothing back but this picture of them.
 */

import type { Entry, Values } from "../desk.ts";
import { actionOf, type City, DRAFT, type Service, serviceOf } from "../schemas/catalogue.ts";
import type { CaseRecord } from "../schemas/record.ts";
import { same, valueAt } from "../sync/merge.ts";
import { WAITING } from "../sync/outbox.ts";
import { type LocalFile, layFiles } from "./files/manifest.ts";

/** `fields` is what to show: what the server has, then what waits here, then what was refused and not yet dealt with,
 * since it is still what somebody typed. `expected` leaves the refused out: what the server will have once it has
 * heard all that waits. What the server has received counts as its own, also while the record that says so is still
 * missing here, because the answer broke off before it. */
export interface LocalCase {
  id: string;
  service: Service;
  record: CaseRecord | null;
  stage: string;
  fields: Values;
  expected: Values;
  /** The case's files in the order they came, laid over in the same way; those that are to be taken away are left out. */
  files: LocalFile[];
  waiting: Entry[];
  refused: Entry[];
  /** Fields whose shown value the server does not have yet. */
  unsent: ReadonlySet<string>;
  number: string | null;
  version: number;
  /** The latest command about this case that the server has not answered. */
  last: Entry | null;
  /** Whether the stage shown is only this device's expectation. */
  moved: boolean;
}

/** The picture of one case. Null where nothing of it is here, or its service is not in the catalogue held. */
export function localCase(
  id: string,
  city: City,
  record: CaseRecord | null,
  entries: readonly Entry[],
): LocalCase | null {
  const waiting = entries.filter(entry => WAITING.includes(entry.state));
  const refused = entries.filter(entry => entry.state === "refused");
  const received = entries.filter(entry => versionAfter(entry) > (record?.v ?? 0));
  const code = record?.service ?? entries.map(serviceNamed).find(Boolean);
  const service = serviceOf(city, code ?? "");
  if (!service || (record === null && !waiting.length && !refused.length && !received.length)) return null;
  const { fields: known, stage: before } = layOver(record?.fields ?? {}, record?.stage ?? DRAFT, received, service);
  const { fields: expected, stage } = layOver(known, before, waiting, service);
  // What waits was typed after what was refused, so it lies on top.
  const kept = layOver(known, before, refused, service).fields;
  const { fields } = layOver(kept, before, waiting, service);
  const typed = (entry: Entry) => isTyped(entry, service);
  const files = (record?.attachments ?? []).map(file => ({ ...file, waiting: false }));
  const names = [...Object.keys(fields), ...Object.keys(known)];
  return {
    id,
    service,
    record,
    stage,
    fields,
    expected,
    files: layFiles(files, [...received, ...refused.filter(typed), ...waiting], typed),
    waiting,
    refused,
    unsent: new Set(names.filter(name => !same(valueAt(fields, name), valueAt(known, name)))),
    number: record?.number ?? received.map(entry => entry.result?.number).find(Boolean) ?? null,
    version: record?.v ?? 0,
    last: waiting[waiting.length - 1] ?? null,
    moved: stage !== before,
  };
}

/** Fields and stage once these commands are applied, as far as a device can tell. */
export function layOver(
  fields: Values,
  stage: string,
  entries: readonly Entry[],
  service: Service,
): { fields: Values; stage: string } {
  const shown = new Map(Object.entries(fields));
  let place = stage;
  for (const { kind, data } of entries) {
    for (const [name, value] of Object.entries(setOf(data))) {
      if (value === null) shown.delete(name);
      else shown.set(name, value);
    }
    // Which value a choice takes, the record's conflict says; the server's answer will bring it.
    const action = kind === "case.act" ? actionOf(service, String(data.action)) : undefined;
    if (action?.from.includes(place)) place = action.to ?? place;
  }
  return { fields: Object.fromEntries(shown), stage: place };
}

/** Whether a command carries what the applicant typed and attached, rather than an officer's deed. */
export function isTyped({ kind, data }: Entry, service: Service): boolean {
  const effect = actionOf(service, String(data.action))?.effect;
  return kind === "case.edit" || effect === "submit" || effect === "resubmit";
}

/** The version that the case has since the server received this command; 0 where it did not change. */
function versionAfter({ state, result }: Entry): number {
  return state === "acknowledged" ? (result?.version ?? 0) : 0;
}

/** The fields that a command carries. */
export function setOf(data: Values): Values {
  return typeof data.set === "object" && data.set !== null ? (data.set as Values) : {};
}

/** The service that a command names: the first about a case must. */
export function serviceNamed({ data }: Entry): string | undefined {
  return typeof data.service === "string" ? data.service : undefined;
}
