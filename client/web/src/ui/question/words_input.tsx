/** Questions that are answered by writing: words, numbers, dates, and an office from a list. */

import { say, tell } from "../words.ts";
import type { InputProps } from "./question.tsx";

type Mode = { type?: string; inputMode?: "numeric" | "decimal" | "tel" | "email"; autoComplete?: string };

const MODES: Record<string, Mode> = {
  text: {},
  digits: { inputMode: "numeric", autoComplete: "off" },
  integer: { inputMode: "numeric", autoComplete: "off" },
  number: { inputMode: "decimal", autoComplete: "off" },
  date: { type: "date" },
  phone: { type: "tel", inputMode: "tel", autoComplete: "tel" },
  email: { type: "email", inputMode: "email", autoComplete: "email" },
  case: { autoComplete: "off" },
};

export function Words({ field, city, value, problem, onInput, autofocus, labelledBy, id, described }: InputProps) {
  const shown = typeof value === "string" || typeof value === "number" ? String(value) : "";
  const common = {
    id,
    name: field.name,
    "aria-labelledby": labelledBy,
    "aria-describedby": described,
    "aria-invalid": problem ? ("true" as const) : undefined,
    "aria-required": field.required,
    autofocus,
  };
  const typed = (event: { currentTarget: { value: string } }) => onInput(event.currentTarget.value || null);
  if (field.type === "longtext") return <textarea {...common} rows={6} value={shown} onInput={typed} />;
  if (field.type === "office") {
    return (
      <select {...common} value={shown} onChange={typed}>
        <option value="">{say("choose_office")}</option>
        {city.offices.map(office => (
          <option key={office.code} value={office.code}>
            {tell(office.name)}
          </option>
        ))}
      </select>
    );
  }
  const input = <input {...common} {...MODES[field.type]} value={shown} onInput={typed} />;
  if (!field.unit) return input;
  return (
    <div class="with-unit">
      {input}
      <span>{field.unit}</span>
    </div>
  );
}
