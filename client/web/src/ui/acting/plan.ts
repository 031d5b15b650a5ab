/** An action's form as it stands: what is asked, what is wrong with it, what would be sent. Pure. */

import type { Act } from "../../desk.ts";
import { documentsOfForm, formProblems } from "../../device/rules.ts";
import type { LocalCase } from "../../device/view.ts";
import { type Action, type City, type Document, type Field, formOf } from "../../schemas/catalogue.ts";
import { missing } from "../../schemas/documents.ts";
import type { Problem } from "../../schemas/form_problems.ts";
import { askedFields, checkForm } from "../../schemas/forms.ts";
import { say, tell } from "../words.ts";
import { keyOf, type Section } from "./marks.tsx";
import { NOTE } from "./note.tsx";
import type { Wrong } from "./summary.tsx";

/** The questions put to whoever typed this so far. */
export function askedNow(picture: LocalCase, action: Action, act: Act, city: City): Field[] {
  const form = action.form === null ? undefined : formOf(picture.service, action.form);
  if (!form) return [];
  const { clean } = checkForm(city, picture.service, form.fields, act.form ?? {}, true);
  return askedFields(form.fields, clean);
}

/** The documents that come with the action, given what is typed. */
export function documentsNow(picture: LocalCase, action: Action, act: Act, city: City): Document[] {
  return documentsOfForm(picture, action, act.form ?? {}, city);
}

/** What travels: answers and files to what was asked, and nothing that is empty. */
export function carried(
  fields: readonly Field[],
  documents: readonly Document[],
  action: Action,
  { form = {}, note, items = [], attach = [] }: Act,
): Act {
  const files = attach.filter(one => documents.some(document => document.code === one.document));
  const answers = fields
    .map((field): [string, unknown] => [field.name, form[field.name]])
    .filter(([, value]) => value !== undefined && value !== null && value !== "");
  return {
    action: action.code,
    ...(answers.length && { form: Object.fromEntries(answers) }),
    ...(note?.trim() && { note: note.trim() }),
    ...(files.length && { attach: files }),
    ...(items.length && { items: items.map(item => ({ ...item, reason: item.reason.trim() })) }),
  };
}

export interface Faults {
  fields: Record<string, Problem>;
  note: boolean;
  marks: boolean;
  /** Codes of documents without a file. */
  files: string[];
  all: Wrong[];
}

export function faultsOf(
  picture: LocalCase,
  action: Action,
  act: Act,
  city: City,
  asked: readonly Field[],
  documents: readonly Document[],
  sections: readonly Section[],
): Faults {
  const fields = action.form === null ? {} : formProblems(picture, action, act.form ?? {}, city);
  const note = action.note === "required" && !act.note?.trim();
  const files = missing(documents, act.attach ?? []);
  const items = act.items ?? [];
  const unreasoned = items.filter(item => !item.reason.trim());
  const marks = action.effect === "correction" && (items.length === 0 || unreasoned.length > 0);
  const labels = new Map(sections.flatMap(({ all }) => all.map(one => [one.key, one.label] as const)));
  const all: Wrong[] = [
    ...asked.flatMap(({ name, label }) => {
      const problem = fields[name];
      return problem ? [{ at: `field-${name}`, words: joined(tell(label), tell(problem.text)) }] : [];
    }),
    ...documents
      .filter(({ code }) => files.includes(code))
      .map(({ code, label }) => ({ at: `file-${code}`, words: joined(tell(label), say("file_missing")) })),
    ...(marks && items.length === 0 ? [{ at: "marks", words: say("act_mark_one") }] : []),
    ...unreasoned.map(item => ({
      at: `mark-${keyOf(item)}`,
      words: joined(labels.get(keyOf(item)) ?? keyOf(item), say("act_reason_missing")),
    })),
    ...(note ? [{ at: NOTE, words: say("act_note_missing") }] : []),
  ];
  return { fields, note, marks, files, all };
}

/** A label that asks needs no colon behind it. */
function joined(label: string, words: string): string {
  return label.endsWith("?") ? `${label} ${words}` : `${label}: ${words}`;
}
