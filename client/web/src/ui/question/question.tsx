/** One question of the catalogue, drawn for its type. What a person types goes out as typed: whether it can be taken is
 * said by `checkForm`, when they go on and never while they write. */

import type { JSX } from "preact";
import type { City, Field } from "../../schemas/catalogue.ts";
import type { Problem } from "../../schemas/form_problems.ts";
import { say, tell } from "../words.ts";
import { AreaInput } from "./area.tsx";
import { Choices } from "./choices.tsx";
import { OutlineInput, PointInput } from "./place.tsx";
import { Words } from "./words_input.tsx";

export interface QuestionProps {
  field: Field;
  city: City;
  value: unknown;
  problem?: Problem | undefined;
  onInput: (value: unknown) => void;
  autofocus?: boolean;
  /** The id of a heading that already says the question; otherwise the question is its own label. */
  labelledBy?: string;
}

/** What each kind of input needs to be labelled and described. */
export interface InputProps extends QuestionProps {
  id: string;
  described: string | undefined;
}

const GROUPED = new Set(["choice", "multi", "yesno", "area", "point", "outline"]);

export function Question(props: QuestionProps) {
  const { field, problem, labelledBy } = props;
  const id = `field-${field.name}`;
  const described = [field.help && `${id}-hint`, problem && `${id}-problem`].filter(Boolean).join(" ") || undefined;
  const about = (
    <>
      {field.help && (
        <p class="hint" id={`${id}-hint`}>
          {tell(field.help)}
        </p>
      )}
      {problem && (
        <p class="error-text" id={`${id}-problem`}>
          <span class="unseen">{say("error_prefix")} </span>
          {tell(problem.text)}
        </p>
      )}
    </>
  );
  const input = inputFor({ ...props, id, described });
  const look = problem ? "field bad" : "field";
  if (GROUPED.has(field.type)) {
    return (
      <fieldset class={look} id={id} aria-labelledby={labelledBy} aria-describedby={described}>
        {labelledBy === undefined && <legend>{labelOf(field)}</legend>}
        {about}
        {input}
      </fieldset>
    );
  }
  return (
    <div class={look}>
      {labelledBy === undefined && (
        <label class="label" for={id}>
          {labelOf(field)}
        </label>
      )}
      {about}
      {input}
    </div>
  );
}

/** The question in words, with what may be skipped marked as such. */
export function labelOf(field: Field): string {
  return field.required ? tell(field.label) : `${tell(field.label)} ${say("optional")}`;
}

function inputFor(props: InputProps): JSX.Element {
  switch (props.field.type) {
    case "choice":
    case "multi":
    case "yesno":
      return <Choices {...props} />;
    case "area":
      return <AreaInput {...props} />;
    case "point":
      return <PointInput {...props} />;
    case "outline":
      return <OutlineInput {...props} />;
    default:
      return <Words {...props} />;
  }
}
