/** A command of the outbox in one line: the action's name, or the questions that were answered. */

import type { Entry } from "../../desk.ts";
import { attachedBy, detachedBy } from "../../device/files/manifest.ts";
import { setOf } from "../../device/view.ts";
import { actionOf, documentOf, fieldOf, type Service } from "../../schemas/catalogue.ts";
import { say, tell } from "../words.ts";

/** Questions named before the rest is only counted. */
const NAMED = 3;

export function told(entry: Entry, service: Service | undefined): string {
  const { kind, data } = entry;
  if (kind === "case.act") {
    const action = service && actionOf(service, String(data.action));
    return action ? tell(action.label) : String(data.action ?? kind);
  }
  if (kind === "case.edit") {
    const names = Object.keys(setOf(data));
    if (!names.length) return filesTold(entry, service) ?? say("told_begun");
    const shown = names.slice(0, NAMED).map(name => labelOf(name, service));
    const more = names.length - shown.length;
    return say(more ? "told_edit_more" : "told_edit", { fields: shown.join(", "), n: more });
  }
  if (kind === "case.choose") return say("told_choose", { field: labelOf(String(data.field), service) });
  if (kind === "case.open") return say("told_open");
  return kind;
}

/** A command that carries files and no answers. */
function filesTold({ data }: Entry, service: Service | undefined): string | null {
  const [attached, detached] = [attachedBy(data), detachedBy(data)];
  const labels = [...new Set(attached.map(one => documentLabel(one.document, service)))].join(", ");
  if (attached.length) return say("told_attach", { n: attached.length, labels });
  return detached.length ? say("told_detach", { n: detached.length }) : null;
}

export function documentLabel(code: string, service: Service | undefined): string {
  const document = service && documentOf(service, code);
  return document ? tell(document.label) : code;
}

export function labelOf(name: string, service: Service | undefined): string {
  const field =
    service && (fieldOf(service, name) ?? service.forms.flatMap(form => form.fields).find(f => f.name === name));
  return field ? tell(field.label) : name;
}
