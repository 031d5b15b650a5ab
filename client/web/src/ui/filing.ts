/** What is asked in a form, how far it is filled in, and what comes next: read by the task list, the questions and the
 * check alike. Pure. */

import type { Entry } from "../desk.ts";
import { marked } from "../device/rules.ts";
import { type LocalCase, setOf } from "../device/view.ts";
import type { City, Field, Group } from "../schemas/catalogue.ts";
import type { Problem } from "../schemas/form_problems.ts";
import { askedFields, checkForm } from "../schemas/forms.ts";

export type TaskState = "done" | "begun" | "empty" | "optional" | "marked";

export interface Task {
  group: Group;
  fields: Field[];
  state: TaskState;
}

export interface Filing {
  /** The questions put to this person, in order; in a correction only those that were marked. */
  fields: Field[];
  tasks: Task[];
  /** What stands in the way of sending, by field. */
  problems: Record<string, Problem>;
  /** How many questions still need somebody. */
  left: number;
  /** The first question that still needs an answer, if there is one. */
  next: Field | undefined;
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
  const left = fields.filter(open);
  return { fields, tasks, problems, left: left.length, next: left[0] };

  function stateOf(among: Field[]): TaskState {
    if (among.some(untouched)) return "marked";
    const answered = among.some(field => values[field.name] !== undefined);
    if (among.some(field => field.name in problems)) return answered ? "begun" : "empty";
    return answered ? "done" : "optional";
  }
}
