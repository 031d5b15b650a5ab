/** The note or reason of an action. */

import { say } from "../words.ts";

interface Props {
  required: boolean;
  /** Whether the applicant writes it. */
  own: boolean;
  value: string;
  bad: boolean;
  onInput: (note: string) => void;
}

export const NOTE = "act-note";
/** The server takes a whole command of 256 KiB; nobody reads a note that is longer than this. */
export const LONGEST = 4_000;

export function Note({ required, own, value, bad, onInput }: Props) {
  const described = bad ? `${NOTE}-hint ${NOTE}-problem` : `${NOTE}-hint`;
  return (
    <div class={bad ? "field bad" : "field"}>
      <label class="label" for={NOTE}>
        {say(required ? "act_note_required" : "act_note_optional")}
      </label>
      <p class="hint" id={`${NOTE}-hint`}>
        {say(own ? "act_note_read_office" : "act_note_read")}
      </p>
      {bad && (
        <p class="error-text" id={`${NOTE}-problem`}>
          {say("act_note_missing")}
        </p>
      )}
      <textarea
        id={NOTE}
        rows={4}
        maxLength={LONGEST}
        value={value}
        aria-required={required}
        aria-invalid={bad || undefined}
        aria-describedby={described}
        onInput={event => onInput(event.currentTarget.value)}
      />
    </div>
  );
}
