/** A kelurahan, found by way of its kecamatan. */

import { useState } from "preact/hooks";
import { say } from "../words.ts";
import type { InputProps } from "./question.tsx";

export function AreaInput({ city, value, problem, onInput, id }: InputProps) {
  const held = typeof value === "string" ? value : "";
  const parentOf = (code: string) => city.areas.find(area => area.code === code)?.parent ?? "";
  const [district, setDistrict] = useState(() => parentOf(held));
  const within = city.areas.filter(area => area.kind === "kelurahan" && area.parent === district);
  const enter = (code: string) => {
    setDistrict(code);
    // A kelurahan of another kecamatan is no answer any more.
    if (held && parentOf(held) !== code) onInput(null);
  };
  const invalid = problem ? ("true" as const) : undefined;
  return (
    <>
      <label class="label" for={`${id}-first`}>
        {say("kecamatan")}
      </label>
      <select
        id={`${id}-first`}
        class="first-of-two"
        value={district}
        aria-invalid={invalid}
        onChange={event => enter(event.currentTarget.value)}
      >
        <option value="">{say("choose_kecamatan")}</option>
        {city.areas
          .filter(area => area.kind === "kecamatan")
          .map(area => (
            <option key={area.code} value={area.code}>
              {area.name}
            </option>
          ))}
      </select>
      <label class="label" for={`${id}-kelurahan`}>
        {say("kelurahan")}
      </label>
      <select
        id={`${id}-kelurahan`}
        value={held}
        disabled={!district}
        aria-invalid={invalid}
        onChange={event => onInput(event.currentTarget.value || null)}
      >
        <option value="">{district ? say("choose_kelurahan") : say("kecamatan_first")}</option>
        {within.map(area => (
          <option key={area.code} value={area.code}>
            {area.name}
          </option>
        ))}
      </select>
    </>
  );
}
