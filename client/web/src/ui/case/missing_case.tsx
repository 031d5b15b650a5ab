/** This device has nothing of the case that the address names. */

import { Refused } from "../banner.tsx";
import { Screen } from "../screen.tsx";
import { say } from "../words.ts";

export function MissingCase({ error, within = false }: { error: unknown; within?: boolean }) {
  return (
    <Screen title={say("case_missing")} back="/" within={within}>
      <p>{say("case_missing_what")}</p>
      <Refused error={error} />
    </Screen>
  );
}
