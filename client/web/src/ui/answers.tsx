/** Answers as a person reads them. */

import type { ComponentChildren } from "preact";
import type { Values } from "../desk.ts";
import type { City, Field } from "../schemas/catalogue.ts";
import { dayInWords } from "./moments.ts";
import { asCorners, asPoint, pointInWords } from "./question/place.tsx";
import { language, say, tell } from "./words.ts";

/** One answer in words; what cannot be read as its type is shown as it was typed. */
export function answerInWords(field: Field, value: unknown, city: City): string {
  if (value === null || value === undefined || value === "") return "";
  const label = (code: unknown) => {
    const option = field.options.find(found => found.code === code);
    return option ? tell(option.label) : String(code);
  };
  switch (field.type) {
    case "choice":
      return label(value);
    case "multi":
      return Array.isArray(value) ? value.map(label).join(", ") : label(value);
    case "yesno":
      return value === "yes" || value === true
        ? say("yes")
        : value === "no" || value === false
          ? say("no")
          : `${value}`;
    case "area":
      return areaInWords(String(value), city);
    case "office": {
      const office = city.offices.find(found => found.code === value);
      return office ? tell(office.name) : String(value);
    }
    case "date":
      return /^\d{4}-\d\d-\d\d$/.test(String(value)) ? dayInWords(String(value)) : String(value);
    case "point": {
      const point = asPoint(value);
      return point ? pointInWords(point) : "";
    }
    case "outline":
      return say("outline_corners", { n: asCorners(value).length });
    case "integer":
    case "number": {
      const shown = typeof value === "number" ? new Intl.NumberFormat(language()).format(value) : String(value);
      return field.unit ? `${shown} ${field.unit}` : shown;
    }
    default:
      return String(value);
  }
}

/** "Kelurahan, Kecamatan"; the bare code where the catalogue does not know it. */
export function areaInWords(code: string, city: City): string {
  const area = city.areas.find(found => found.code === code);
  const parent = city.areas.find(found => found.code === area?.parent);
  return area ? [area.name, parent?.name].filter(Boolean).join(", ") : code;
}

interface Props {
  fields: readonly Field[];
  values: Values;
  city: City;
  /** What stands beside an answer, such as a link to change it. */
  beside?: (field: Field) => ComponentChildren;
  /** Whether questions without an answer are listed too. */
  empty?: boolean;
}

export function Answers({ fields, values, city, beside, empty = false }: Props) {
  const shown = fields.filter(field => empty || answerInWords(field, values[field.name], city) !== "");
  if (!shown.length) return <p>{say("no_answers")}</p>;
  return (
    <dl class="answers">
      {shown.map(field => (
        <div key={field.name}>
          <dt>{tell(field.label)}</dt>
          <dd>{answerInWords(field, values[field.name], city) || <em>{say("not_answered")}</em>}</dd>
          {beside && <dd>{beside(field)}</dd>}
        </div>
      ))}
    </dl>
  );
}
