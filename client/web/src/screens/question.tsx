/** One question at a time. What is typed is on the disk with each letter; the screen says when it is not. */

import { useEffect, useRef, useState } from "preact/hooks";
import { Link, useLocation } from "wouter-preact";
import { mayEdit, unchosen } from "../device/rules.ts";
import type { Field } from "../schemas/catalogue.ts";
import type { Problem } from "../schemas/form_problems.ts";
import { Banner, Refused } from "../ui/banner.tsx";
import { MissingCase } from "../ui/case/missing_case.tsx";
import { Unchosen } from "../ui/case/unchosen.tsx";
import { filingOf, waysThrough } from "../ui/filing.ts";
import { labelOf, Question } from "../ui/question/question.tsx";
import { Screen, Waiting } from "../ui/screen.tsx";
import { type CaseHere, useCase } from "../ui/use_case.ts";
import { useDesk } from "../ui/use_desk.ts";
import { say, tell } from "../ui/words.ts";

export function QuestionScreen({ id, name }: { id: string; name: string }) {
  const { value: here, error } = useCase(id);
  if (here === undefined && !error) return <Waiting />;
  if (!here) return <MissingCase error={error} />;
  const field = here.picture.service.fields.find(found => found.name === name);
  if (!field || !mayEdit(here.picture, here.person)) {
    return (
      <Screen title={say("question_gone")} back={`/case/${id}/form`}>
        <p>{say("tasks_closed")}</p>
      </Screen>
    );
  }
  return <Asking key={`${id}/${name}`} here={here} field={field} />;
}

type Kept = "untouched" | "saving" | "saved" | "failed";

function Asking({ here, field }: { here: CaseHere; field: Field }) {
  const { picture, city } = here;
  const desk = useDesk();
  const [, go] = useLocation();
  const [value, setValue] = useState(picture.fields[field.name]);
  const [kept, setKept] = useState<Kept>("untouched");
  const [failure, setFailure] = useState<unknown>(null);
  const [problem, setProblem] = useState<Problem | undefined>();
  /** Whether the last write, which may be under way, reached the disk. */
  const saving = useRef(Promise.resolve(true));
  useFocusOn(problem, field);

  const input = (next: unknown) => {
    setValue(next);
    setProblem(undefined);
    setKept("saving");
    const mine = desk.edit(picture.id, { [field.name]: next }).then(
      () => {
        if (saving.current === mine) {
          setKept("saved");
          setFailure(null);
        }
        return true;
      },
      (error: unknown) => {
        setKept("failed");
        setFailure(error);
        return false;
      },
    );
    saving.current = mine;
  };

  // What is on the screen counts, which may be a blink ahead of what the store has told.
  const now = { ...picture, fields: { ...picture.fields, [field.name]: value ?? undefined } };
  const filing = filingOf(now, city, here.parts.entries);
  const place = filing.fields.findIndex(found => found.name === field.name);
  const { onward, back } = waysThrough(picture.id, filing, field.name);
  const next = async (event: Event) => {
    event.preventDefault();
    const found = filing.problems[field.name];
    setProblem(found);
    if (found) return;
    // Whoever goes on with what had no room wants it tried again; and nobody is led away from what is not kept.
    if (kept === "failed") input(value);
    if (await saving.current) go(onward);
  };
  const section = picture.service.groups.find(group => group.code === field.group);
  const reason = picture.record?.correction?.items.find(item => item.field === field.name)?.reason;
  return (
    <Screen
      title={labelOf(field)}
      back={back}
      over={
        <p class="progress-words">
          {say("question_of", {
            section: section ? tell(section.label) : tell(picture.service.name),
            n: Math.max(1, place + 1),
            all: filing.fields.length,
          })}
        </p>
      }
    >
      <form onSubmit={next} noValidate>
        {unchosen(picture).includes(field.name) && <Unchosen picture={picture} />}
        {reason && (
          <Banner kind="warn">
            <p>{say("question_marked", { reason })}</p>
          </Banner>
        )}
        <Question field={field} city={city} value={value} problem={problem} onInput={input} labelledBy="title" />
        <Refused error={failure} />
        <div class="buttons">
          <button type="submit" class="button">
            {say("question_next")}
          </button>
          {problem && (
            <Link class="button secondary" href={onward}>
              {say("question_later")}
            </Link>
          )}
        </div>
        <p class="saved" role="status">
          {kept === "saved" && say("question_saved")}
          {kept === "failed" && say("question_not_saved")}
        </p>
        <Link href={`/case/${picture.id}/form`}>{say("question_list")}</Link>
      </form>
    </Screen>
  );
}

/** When an answer cannot be taken, the input gets the focus, and with it a screen reader reads why. */
function useFocusOn(problem: Problem | undefined, field: Field): void {
  useEffect(() => {
    if (!problem) return;
    const id = `field-${field.name}`;
    (document.getElementById(`${id}-first`) ?? document.getElementById(id))?.focus();
  }, [problem, field.name]);
}
