/** A kelurahan, found by way of its kecamatan. Who chose only the latter so far finds it again: half an answer is kept
 * like any other that is not right yet. */

import { say } from "../words.ts";
import type { InputProps } from "./question.tsx";

export function AreaInput({ city, value, problem, onInput, id }: InputProps) {
  const held = typeof value === "string" ? value : "";
  const area = city.areas.find(found => found.code === held);
  const district = area?.kind === "kecamatan" ? held : (area?.parent ?? "");
  const within = city.areas.filter(found => found.kind === "kelurahan" && found.parent === district);
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
        onChange={event => onInput(event.currentTarget.value || null)}
      >
        <option value="">{say("choose_kecamatan")}</option>
        {city.areas
          .filter(found => found.kind === "kecamatan")
          .map(found => (
            <option key={found.code} value={found.code}>
              {found.name}
            </option>
          ))}
      </select>
      <label class="label" for={`${id}-kelurahan`}>
        {say("kelurahan")}
      </label>
      <select
        id={`${id}-kelurahan`}
        value={held === district ? "" : held}
        disabled={!district}
        aria-invalid={invalid}
        onChange={event => onInput(event.currentTarget.value || district)}
      >
        <option value="">{district ? say("choose_kelurahan") : say("kecamatan_first")}</option>
        {within.map(found => (
          <option key={found.code} value={found.code}>
            {found.name}
          </option>
        ))}
      </select>
    </>
  );
}
