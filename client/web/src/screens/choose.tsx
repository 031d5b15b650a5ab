/** Two people typed something else for the same question: both are here, and one is chosen. */

import { Link, useLocation } from "wouter-preact";
import { unchosen } from "../device/rules.ts";
import { Refused } from "../ui/banner.tsx";
import { MissingCase } from "../ui/case/missing_case.tsx";
import { CaseOver } from "../ui/case_over.tsx";
import { ConflictSides } from "../ui/conflict.tsx";
import { Screen, Waiting } from "../ui/screen.tsx";
import { useCase } from "../ui/use_case.ts";
import { useDeed, useDesk } from "../ui/use_desk.ts";
import { say } from "../ui/words.ts";

export function ChooseScreen({ id }: { id: string }) {
  const desk = useDesk();
  const [, go] = useLocation();
  const { value: here, error } = useCase(id);
  const { run, running, error: refused } = useDeed();
  if (here === undefined && !error) return <Waiting />;
  if (!here) return <MissingCase error={error} />;
  const { picture, city, person } = here;
  const open = unchosen(picture);
  const fields = [...new Set((picture.record?.conflicts ?? []).map(conflict => conflict.field))];
  const choose = (field: string, take: "ours" | "theirs", value?: unknown) =>
    run(async () => {
      await desk.choose(picture.id, field, take, value);
      if (open.every(other => other === field)) go(`/case/${picture.id}`);
    });
  return (
    <Screen title={say("choose_title")} back={`/case/${picture.id}`} over={<CaseOver picture={picture} />}>
      <p class="lead">{fields.length ? say("choose_lead") : say("choose_nothing")}</p>
      <Refused error={refused} />
      {fields.map(field => (
        <ConflictSides
          key={field}
          picture={picture}
          city={city}
          field={field}
          person={person?.id}
          running={running}
          onChoose={(take, value) => choose(field, take, value)}
          onUndo={entry => run(() => desk.undo(entry))}
        />
      ))}
      {!open.length && (
        <div class="buttons">
          <Link class="button" href={`/case/${picture.id}`}>
            {say("choose_to_case")}
          </Link>
        </div>
      )}
    </Screen>
  );
}
