/** A correction: every field and document of the case with what the applicant answered, to be marked with a reason. All
 * at once, because each further round costs the applicant days. */

import type { LocalCase } from "../../device/view.ts";
import type { City } from "../../schemas/catalogue.ts";
import { wanted } from "../../schemas/documents.ts";
import { askedFields, checkForm } from "../../schemas/forms.ts";
import type { CorrectionItem } from "../../sync/messages.ts";
import { answerInWords } from "../answers.tsx";
import { say, tell } from "../words.ts";

interface Markable {
  key: string;
  item: Pick<CorrectionItem, "field" | "document">;
  label: string;
  answer: string;
}

export interface Section {
  label: string;
  all: Markable[];
}

export function sectionsOf({ service, fields: values, files }: LocalCase, city: City): Section[] {
  const { clean } = checkForm(city, service, service.fields, values, true);
  const fields = askedFields(service.fields, clean);
  const groups = service.groups.map(group => ({
    label: tell(group.label),
    all: fields
      .filter(field => field.group === group.code)
      .map(field => ({
        key: `field-${field.name}`,
        item: { field: field.name },
        label: tell(field.label),
        answer: answerInWords(field, values[field.name], city) || say("act_no_answer"),
      })),
  }));
  const documents = wanted(service, clean).map(document => {
    const n = files.filter(file => file.document === document.code).length;
    return {
      key: `document-${document.code}`,
      item: { document: document.code },
      label: tell(document.label),
      answer: n ? say("tasks_file_files", { n }) : say("check_no_file"),
    };
  });
  return [...groups, { label: say("act_documents"), all: documents }].filter(({ all }) => all.length);
}

export function keyOf(item: CorrectionItem): string {
  return item.field ? `field-${item.field}` : `document-${item.document}`;
}

interface Props {
  sections: readonly Section[];
  items: readonly CorrectionItem[];
  /** Whether what is missing is to be pointed out. */
  checked: boolean;
  onInput: (items: CorrectionItem[]) => void;
}

export function Marks({ sections, items, checked, onInput }: Props) {
  const held = new Map(items.map(item => [keyOf(item), item]));
  const without = (key: string) => items.filter(item => keyOf(item) !== key);
  return (
    <div id="marks" tabIndex={-1}>
      {sections.map(({ label, all }) => (
        <fieldset class="field" key={label}>
          <legend>{label}</legend>
          <ul class="marks">
            {all.map(one => (
              <Mark
                key={one.key}
                one={one}
                item={held.get(one.key)}
                bad={checked}
                onMark={on => onInput(on ? [...items, { ...one.item, reason: "" }] : without(one.key))}
                onReason={reason => onInput(items.map(item => (keyOf(item) === one.key ? { ...item, reason } : item)))}
              />
            ))}
          </ul>
        </fieldset>
      ))}
      <p class="marks-count" role="status">
        {say("act_marked", { n: items.length })}
      </p>
    </div>
  );
}

interface MarkProps {
  one: Markable;
  item: CorrectionItem | undefined;
  bad: boolean;
  onMark: (on: boolean) => void;
  onReason: (reason: string) => void;
}

function Mark({ one, item, bad, onMark, onReason }: MarkProps) {
  const id = `mark-${one.key}`;
  const empty = bad && item !== undefined && !item.reason.trim();
  return (
    <li class={item ? "mark on" : "mark"}>
      <label class="choice">
        <input type="checkbox" checked={item !== undefined} onChange={event => onMark(event.currentTarget.checked)} />
        <span>{one.label}</span>
        <span class="hint mark-answer">{one.answer}</span>
      </label>
      {item && (
        <div class={empty ? "field bad" : "field"}>
          <label class="label" for={id}>
            {say("act_reason_of", { label: one.label })}
          </label>
          {empty && (
            <p class="error-text" id={`${id}-problem`}>
              {say("act_reason_missing")}
            </p>
          )}
          <textarea
            id={id}
            rows={2}
            value={item.reason}
            aria-invalid={empty || undefined}
            aria-describedby={empty ? `${id}-problem` : undefined}
            onInput={event => onReason(event.currentTarget.value)}
          />
        </div>
      )}
    </li>
  );
}
