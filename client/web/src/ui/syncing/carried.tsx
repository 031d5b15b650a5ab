/** Everything that a command carries, as it was typed: readable whatever became of it. */

import type { Entry, Values } from "../../desk.ts";
import { attachedBy } from "../../device/files/manifest.ts";
import { setOf } from "../../device/view.ts";
import { actionOf, type City, fieldOf, formOf, type Service } from "../../schemas/catalogue.ts";
import { Answers, answerInWords } from "../answers.tsx";
import { fileName } from "../files/naming.ts";
import { say } from "../words.ts";
import { documentLabel, labelOf } from "./told.ts";

interface Props {
  entry: Entry;
  service: Service | undefined;
  city: City;
}

export function Carried({ entry, service, city }: Props) {
  const { data } = entry;
  const set = setOf(data);
  const form = isValues(data.form) ? data.form : {};
  const asked = service && formOf(service, actionOf(service, String(data.action))?.form ?? "");
  const emptied = Object.keys(set).filter(name => set[name] === null);
  const files = attachedBy(data);
  const items = Array.isArray(data.items) ? (data.items as Record<string, unknown>[]) : [];
  return (
    <div class="carried-words">
      <Known fields={service?.fields ?? []} values={set} city={city} />
      <Known fields={asked?.fields ?? []} values={form} city={city} />
      {emptied.length > 0 && (
        <p>{say("carried_emptied", { fields: emptied.map(name => labelOf(name, service)).join(", ") })}</p>
      )}
      {entry.kind === "case.choose" && <p>{choiceInWords(entry, service, city)}</p>}
      {items.length > 0 && (
        <ul>
          {items.map(item => (
            <li key={`${item.field}/${item.document}`}>
              <strong>{itemLabel(item, service)}</strong>: {String(item.reason)}
            </li>
          ))}
        </ul>
      )}
      {files.length > 0 && (
        <ul>
          {files.map((file, place) => (
            <li key={file.id}>
              <strong>{documentLabel(file.document, service)}</strong>: {fileName(file, place)}
            </li>
          ))}
        </ul>
      )}
      {typeof data.note === "string" && <p class="typed">{say("carried_note", { note: data.note })}</p>}
    </div>
  );
}

/** Answers by the questions' labels; of a question that the catalogue no longer has, by its name. */
function Known({
  fields,
  values,
  city,
}: {
  fields: NonNullable<Props["service"]>["fields"];
  values: Values;
  city: City;
}) {
  const unknown = Object.entries(values).filter(
    ([name, value]) => value !== null && !fields.some(field => field.name === name),
  );
  const known = fields.filter(field => values[field.name] !== undefined && values[field.name] !== null);
  return (
    <>
      {known.length > 0 && <Answers fields={known} values={values} city={city} />}
      {unknown.map(([name, value]) => (
        <p key={name} class="typed">
          {name}: {typeof value === "string" ? value : JSON.stringify(value)}
        </p>
      ))}
    </>
  );
}

function choiceInWords({ data }: Entry, service: Service | undefined, city: City): string {
  if (data.take === "ours") return say("carried_ours");
  const field = service && fieldOf(service, String(data.field));
  return say("carried_theirs", {
    value: (field && answerInWords(field, data.value, city)) || String(data.value ?? ""),
  });
}

function itemLabel(item: Record<string, unknown>, service: Service | undefined): string {
  const document = typeof item.document === "string" ? item.document : null;
  if (document === null) return labelOf(String(item.field), service);
  return documentLabel(document, service);
}

function isValues(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
