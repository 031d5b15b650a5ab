/** One field with two values or more, side by side: whose each is, since when, and the button that lets it stand. */

import type { Entry } from "../desk.ts";
import type { LocalCase } from "../device/view.ts";
import { type City, fieldOf } from "../schemas/catalogue.ts";
import type { Conflict } from "../schemas/record.ts";
import { answerInWords } from "./answers.tsx";
import { momentHere } from "./moments.ts";
import { say, tell } from "./words.ts";

interface Props {
  picture: LocalCase;
  city: City;
  field: string;
  /** The id of whoever looks. */
  person: string | undefined;
  running: boolean;
  onChoose: (take: "ours" | "theirs", value?: unknown) => void;
  /** Takes back a choice that has not left this device. */
  onUndo: (entry: Entry) => void;
}

/** The values kept beside the one on the case, the newest first. */
export function keptBeside({ record }: LocalCase, field: string): Conflict[] {
  return (record?.conflicts ?? []).filter(conflict => conflict.field === field).reverse();
}

/** The choice of this field that waits on this device. */
export function choiceOf({ waiting }: LocalCase, field: string): Entry | undefined {
  return [...waiting].reverse().find(entry => entry.kind === "case.choose" && entry.data.field === field);
}

export function ConflictSides({ picture, city, field, person, running, onChoose, onUndo }: Props) {
  const asked = fieldOf(picture.service, field);
  const label = asked ? tell(asked.label) : field;
  const words = (value: unknown) => (asked ? answerInWords(asked, value, city) : String(value)) || say("choose_empty");
  const beside = keptBeside(picture, field);
  const chosen = choiceOf(picture, field);
  const head = `conflict-${field}`;
  if (chosen) {
    const value = chosen.data.take === "ours" ? beside[0]?.ours : (chosen.data.value ?? beside[0]?.theirs);
    const undoable = chosen.state === "queued" && picture.last?.seq === chosen.seq;
    return (
      <section class="panel" aria-labelledby={head}>
        <h2 id={head}>{label}</h2>
        <p role="status">{say("choose_chosen", { value: words(value) })}</p>
        {undoable && (
          <button type="button" class="link" disabled={running} onClick={() => onUndo(chosen)}>
            {say("choose_again")}
          </button>
        )}
      </section>
    );
  }
  return (
    <section aria-labelledby={head}>
      <h2 id={head}>{label}</h2>
      <div class="sides">
        <Side
          whose={say("choose_ours")}
          value={words(beside[0]?.ours)}
          label={label}
          disabled={running}
          onChoose={() => onChoose("ours")}
        />
        {beside.map(({ theirs, by, at }) => (
          <Side
            key={at}
            whose={say(by === person ? "choose_theirs_you" : "choose_theirs", { when: momentHere(at, city) })}
            value={words(theirs)}
            label={label}
            disabled={running}
            onChoose={() => onChoose("theirs", theirs)}
          />
        ))}
      </div>
    </section>
  );
}

interface SideProps {
  whose: string;
  value: string;
  label: string;
  disabled: boolean;
  onChoose: () => void;
}

function Side({ whose, value, label, disabled, onChoose }: SideProps) {
  return (
    <div class="side">
      <p class="hint">{whose}</p>
      <p class="value">{value}</p>
      <button type="button" class="button" disabled={disabled} onClick={onChoose}>
        {say("choose_this")} <span class="unseen">{`${label}: ${value}`}</span>
      </button>
    </div>
  );
}
