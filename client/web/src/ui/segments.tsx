/** One of a few, side by side: radio buttons that look like one bar. */

import type { ComponentChildren } from "preact";

interface Props<T extends string> {
  name: string;
  legend: string;
  /** Whether the legend stands over the bar, or is there for screen readers alone. */
  quiet?: boolean;
  options: readonly { value: T; words: ComponentChildren; lang?: string }[];
  value: T;
  onChoose: (value: T) => void;
}

export function Segments<T extends string>({ name, legend, quiet = false, options, value, onChoose }: Props<T>) {
  return (
    <fieldset class="field segments">
      <legend class={quiet ? "unseen" : undefined}>{legend}</legend>
      <div>
        {options.map(option => (
          <label key={option.value} lang={option.lang}>
            <input type="radio" name={name} checked={option.value === value} onChange={() => onChoose(option.value)} />
            <span>{option.words}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
