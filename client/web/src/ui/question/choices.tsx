/** One of several, or any number of them. */

import type { Option } from "../../schemas/catalogue.ts";
import { say, tell } from "../words.ts";
import type { InputProps } from "./question.tsx";

export function Choices({ field, value, problem, onInput, autofocus, id }: InputProps) {
  const many = field.type === "multi";
  const chosen = new Set(Array.isArray(value) ? value : [value]);
  const change = (code: string, on: boolean) => {
    if (!many) return onInput(code);
    const next = field.options.map(option => option.code).filter(other => (other === code ? on : chosen.has(other)));
    return onInput(next.length ? next : null);
  };
  return (
    <div class="choices">
      {optionsOf(field.type === "yesno" ? null : field.options).map((option, place) => (
        <label class="choice" key={option.code}>
          <input
            type={many ? "checkbox" : "radio"}
            id={place === 0 ? `${id}-first` : undefined}
            name={id}
            value={option.code}
            checked={chosen.has(option.code)}
            aria-invalid={problem ? "true" : undefined}
            aria-describedby={option.help ? `${id}-${option.code}` : undefined}
            autofocus={autofocus && place === 0}
            onChange={event => change(option.code, event.currentTarget.checked)}
          />
          <span>{option.words}</span>
          {option.help && (
            <span class="hint" id={`${id}-${option.code}`}>
              {option.help}
            </span>
          )}
        </label>
      ))}
    </div>
  );
}

interface Shown {
  code: string;
  words: string;
  help: string | null;
}

function optionsOf(options: readonly Option[] | null): Shown[] {
  if (options === null) {
    return [
      { code: "yes", words: say("yes"), help: null },
      { code: "no", words: say("no"), help: null },
    ];
  }
  return options.map(({ code, label, help }) => ({ code, words: tell(label), help: help ? tell(help) : null }));
}
