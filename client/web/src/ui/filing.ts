/** What is asked in a form, how far it is filled in, and what comes next: read by the task list, the questions, the
 * documents and the check alike. */

import type { Entry } from "../desk.ts";
import { attachedBy, detachedBy, type LocalFile } from "../device/files/manifest.ts";
import { marked, markedDocuments } from "../device/rules.ts";
import { type LocalCase, setOf } from "../device/view.ts";
import type { City, Document, Field, Group } from "../schemas/catalogue.ts";
import { missing, wanted } from "../schemas/documents.ts";
import type { Problem } from "../schemas/form_problems.ts";
import { askedFields, checkForm } from "../schemas/forms.ts";

export type TaskState = "done" | "begun" | "empty" | "optional" | "marked";

export interface Task {
  group: Group;
  fields: Field[];
  state: TaskState;
}

/** One document that is asked for, with its files. */
export interface Paper {
  document: Document;
  files: LocalFile[];
  /** `done` where there is a file, `empty` where one is required and missing. */
  state: Exclude<TaskState, "begun">;
}

export interface Filing {
  /** The questions put to this person, in order; in a correction only those that were marked. */
  fields: Field[];
  tasks: Task[];
  /** The documents asked of this person, in order; in a correction only those that were marked. */
  papers: Paper[];
  /** What stands in the way of sending: by field, and codes of documents without a file. */
  problems: Record<string, Problem>;
  missing: string[];
  /** How many questions and documents still need somebody. */
  left: { fields: number; papers: number };
  /** The places of the form in order, as they stand in the address: `<field>` or `file/<document>`. */
  places: string[];
  /** The first place that still needs somebody, if there is one. */
  next: string | undefined;
}

/** `entries`: all commands of this device about the case, by which it knows what was mended here and already sent. */
export function filingOf(picture: LocalCase, city: City, entries: readonly Entry[]): Filing {
  const { service, fields: values } = picture;
  const { clean, problems } = checkForm(city, service, service.fields, values, false);
  const allowed = marked(picture);
  const fields = askedFields(service.fields, clean).filter(field => allowed === null || allowed.has(field.name));
  // What waits to be mended counts as undone until it was changed here.
  const asked = Date.parse(picture.record?.correction?.asked ?? "");
  const since = entries.filter(entry => Date.parse(entry.queued_at) >= asked);
  const mended = new Set(since.flatMap(entry => Object.keys(setOf(entry.data))));
  const untouched = (field: Field) => allowed !== null && !mended.has(field.name);
  const open = (field: Field) => field.name in problems || untouched(field);
  const tasks = service.groups
    .map(group => ({ group, fields: fields.filter(field => field.group === group.code) }))
    .filter(({ fields }) => fields.length > 0)
    .map(({ group, fields }) => ({ group, fields, state: stateOf(fields) }));
  const documents = wanted(service, clean);
  const papers = papersOf(picture, documents, since);
  const undone = papers.filter(({ state }) => state === "empty" || state === "marked");
  const left = fields.filter(open);
  return {
    fields,
    tasks,
    papers,
    problems,
    missing: missing(documents, picture.files),
    left: { fields: left.length, papers: undone.length },
    places: [...fields.map(field => field.name), ...papers.map(placeOf)],
    next: left[0]?.name ?? (undone[0] && placeOf(undone[0])),
  };

  function stateOf(among: Field[]): TaskState {
    if (among.some(untouched)) return "marked";
    const answered = among.some(field => values[field.name] !== undefined);
    if (among.some(field => field.name in problems)) return answered ? "begun" : "empty";
    return answered ? "done" : "optional";
  }
}

export function placeOf({ document }: Pick<Paper, "document">): string {
  return `file/${document.code}`;
}

/** The addresses that lead on from a place of the form, and back. Whoever changes one answer while checking goes on with
 * checking, and not through all that comes after it. */
export function waysThrough(id: string, { places }: Filing, here: string): { onward: string; back: string } {
  const form = `/case/${id}/form`;
  if (history.state?.checking === true) return { onward: `${form}/check`, back: `${form}/check` };
  const at = places.indexOf(here);
  const [before, after] = [places[at - 1], places[at + 1]];
  return { onward: `${form}/${after ?? "check"}`, back: before === undefined ? form : `${form}/${before}` };
}

/** `since`: the commands made after a correction was asked for. */
function papersOf(picture: LocalCase, documents: readonly Document[], since: readonly Entry[]): Paper[] {
  const allowed = markedDocuments(picture);
  const asked = Date.parse(picture.record?.correction?.asked ?? "");
  const gone = new Set(since.flatMap(({ data }) => detachedBy(data)));
  const known = picture.record?.attachments ?? [];
  // A file that another device of this person mended came to the case after it was asked for.
  const mended = new Set([
    ...since.flatMap(({ data }) => attachedBy(data).map(one => one.document)),
    ...known.filter(one => gone.has(one.id) || Date.parse(one.added ?? "") > asked).map(one => one.document),
  ]);
  // A mended answer may be what makes a document wanted: nobody could have marked it.
  const lacking = new Set(missing(documents, known));
  return documents
    .filter(({ code }) => allowed === null || allowed.has(code) || lacking.has(code))
    .map(document => {
      const files = picture.files.filter(file => file.document === document.code);
      if (allowed?.has(document.code) && !mended.has(document.code)) return { document, files, state: "marked" };
      return { document, files, state: files.length ? "done" : document.required ? "empty" : "optional" };
    });
}
