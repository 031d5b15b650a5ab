/** What may be done with a case here and now, as far as a device can tell; the server decides. Pure, for the screens
 * and for the checks before a command is made.
 */

import type { Act, Entry, Person, Values } from "../desk.ts";
import {
  type Action,
  actionOf,
  actionsFrom,
  type City,
  type Document,
  DRAFT,
  fieldOf,
  formOf,
  OWNER,
  type Service,
} from "../schemas/catalogue.ts";
import * as documents from "../schemas/documents.ts";
import { UNKNOWN_FIELD } from "../schemas/form_problems.ts";
import { checkForm, type Problem } from "../schemas/forms.ts";
import { TenggatError } from "../sync/errors.ts";
import { refuseFile } from "./files/attaching.ts";
import type { LocalCase } from "./view.ts";

const NO_FORM: Problem = {
  code: "no_form",
  text: { id: "Tindakan ini tidak meminta isian.", en: "This action asks for nothing." },
};

/** Who looks; null before the first exchange of a guest. */
export type Who = Pick<Person, "id" | "roles"> | null;

/** The actions of this stage that this person's role may do. */
export function actions(local: LocalCase, who: Who): Action[] {
  const roles = rolesOf(who);
  const owner = local.record?.owner;
  const unowned = local.record !== null && !owner;
  const mine = local.record === null || (unowned ? roles.includes("front_desk") : owner === who?.id);
  return actionsFrom(local.service, local.stage).filter(
    action =>
      (action.roles.includes(OWNER) && mine) ||
      (action.roles.some(role => roles.includes(role)) && (action.effect === "submit" || !mine || unowned)),
  );
}

/** The action that sends this draft or correction in, where there is one. */
export function submitting(local: LocalCase, who: Who): Action | null {
  return actions(local, who).find(sendsIn) ?? null;
}

/** Whether fields can be typed: in a draft, in a correction, or while the submit still waits on this device. */
export function mayEdit(local: LocalCase, who: Who): boolean {
  if (local.stage === DRAFT || submitting(local, who) !== null) return true;
  return local.last?.state === "queued" && isSubmit(local.last, local.service);
}

/** The fields that a correction allows to change; null where all of them can be. */
export function marked({ record }: LocalCase): Set<string> | null {
  if (record === null || record.stage === DRAFT || !record.correction) return null;
  return new Set(record.correction.items.flatMap(item => item.field || []));
}

/** The documents that a correction asks to mend; null where all of them can be. */
export function markedDocuments({ record }: LocalCase): Set<string> | null {
  if (record === null || record.stage === DRAFT || !record.correction) return null;
  return new Set(record.correction.items.flatMap(item => item.document || []));
}

/** The documents that are asked of the applicant, as the answers are now. */
export function askedDocuments(local: LocalCase, city: City): Document[] {
  const { clean } = checkForm(city, local.service, local.service.fields, local.fields, false);
  return documents.wanted(local.service, clean);
}

/** Codes of required documents without any file. */
export function missingDocuments(local: LocalCase, city: City): string[] {
  return documents.missing(askedDocuments(local, city), local.files);
}

/** The documents that come with an action's form, as its answers are. */
export function documentsOfForm(local: LocalCase, action: Action, form: Values, city: City): Document[] {
  const fields = action.form === null ? [] : (formOf(local.service, action.form)?.fields ?? []);
  const { clean } = checkForm(city, local.service, fields, form, false);
  return documents.ofForm(local.service, action.form, clean);
}

/** Codes of the required documents whose bytes an action must wait for. */
export function documentsAwaited(local: LocalCase, action: Action, city: City): string[] {
  if (!action.waits_for_documents) return [];
  return documents.unarrived(askedDocuments(local, city), local.files);
}

/** Fields in conflict for which no choice waits on this device. */
export function unchosen({ record, waiting }: LocalCase): string[] {
  const chosen = waiting.filter(entry => entry.kind === "case.choose").map(entry => entry.data.field);
  const fields = new Set((record?.conflicts ?? []).map(conflict => conflict.field));
  return [...fields].filter(field => !chosen.includes(field));
}

/** What is missing or wrong before the case can be sent in, by field. */
export function problems(local: LocalCase, city: City): Record<string, Problem> {
  return checkForm(city, local.service, local.service.fields, local.fields, false).problems;
}

/** What is missing or wrong in the answers to an action's own form. */
export function formProblems(local: LocalCase, action: Action, form: Values, city: City): Record<string, Problem> {
  const asked = action.form === null ? undefined : formOf(local.service, action.form);
  if (!asked) return Object.fromEntries(Object.keys(form).map(name => [name, NO_FORM]));
  return checkForm(city, local.service, asked.fields, form, false).problems;
}

/** Whether a command sends in what was typed, rather than only keeping it. */
export function isSubmit({ data }: Entry, service: Service): boolean {
  const action = actionOf(service, String(data.action));
  return action !== undefined && sendsIn(action);
}

export function sendsIn({ effect }: Action): boolean {
  return effect === "submit" || effect === "resubmit";
}

// The refusals: each returns, or throws why not.

export function refuseNames(service: Service, changes: Values): void {
  const unknown = Object.keys(changes).filter(name => !fieldOf(service, name));
  if (!unknown.length) return;
  throw new TenggatError("invalid", `${service.code} has no field ${unknown.join(", ")}`, {
    problems: Object.fromEntries(unknown.map(name => [name, UNKNOWN_FIELD])),
  });
}

export function refuseEdit(local: LocalCase, who: Who, changes: Values): void {
  refuseNames(local.service, changes);
  if (!mayEdit(local, who)) {
    throw new TenggatError("forbidden", "the case is being worked on, so its fields cannot be changed now");
  }
  const allowed = marked(local);
  const beyond = allowed ? Object.keys(changes).filter(name => !allowed.has(name)) : [];
  if (!beyond.length) return;
  const names = beyond.join(", ");
  throw new TenggatError("not_marked", `only what was marked can be corrected, not ${names}`, { fields: beyond });
}

/** The action that sends it in. */
export function refuseSubmit(local: LocalCase, who: Who, city: City): Action {
  const action = submitting(local, who);
  if (action === null) throw new TenggatError("forbidden", "this case was submitted already");
  const fields = unchosen(local);
  if (fields.length) {
    throw new TenggatError("choose_first", `two values were given for ${fields.join(", ")}; choose one of each first`, {
      fields,
    });
  }
  refuseProblems(problems(local, city));
  refuseMissing(missingDocuments(local, city));
  return action;
}

/** The action, with what it carries. */
export function refuseAct(local: LocalCase, who: Who, city: City, act: Act): Action {
  const possible = actions(local, who);
  const action = possible.find(({ code }) => code === act.action);
  if (!action) {
    const known = possible.map(({ code }) => code).join(", ") || "none";
    throw new TenggatError("forbidden", `“${act.action}” cannot be done here now; possible: ${known}`);
  }
  if (sendsIn(action)) return refuseSubmit(local, who, city);
  refuseProblems(formProblems(local, action, act.form ?? {}, city));
  const attached = act.attach ?? [];
  for (const one of attached) {
    refuseFile(local.service, action.form, one, attached.filter(({ document }) => document === one.document).length);
  }
  refuseMissing(documents.missing(documentsOfForm(local, action, act.form ?? {}, city), attached));
  const awaited = documentsAwaited(local, action, city);
  if (awaited.length) {
    throw new TenggatError("documents_waiting", "files of the applicant are still on their way", {
      documents: awaited,
    });
  }
  if (action.note === "required" && !act.note?.trim()) throw new TenggatError("note_required", "a reason is needed");
  const items = act.items ?? [];
  if (action.effect === "correction" && !(items.length && items.every(item => item.reason.trim()))) {
    throw new TenggatError("items_required", "list all that is to be corrected, each with a reason");
  }
  return action;
}

function refuseProblems(found: Record<string, Problem>): void {
  if (!Object.keys(found).length) return;
  throw new TenggatError("invalid", "some answers need to be corrected", { problems: found });
}

function refuseMissing(codes: string[]): void {
  if (!codes.length) return;
  throw new TenggatError("documents_missing", `no file for ${codes.join(", ")}`, { documents: codes });
}

function rolesOf(who: Who): readonly string[] {
  return who?.roles ?? ["citizen"];
}
