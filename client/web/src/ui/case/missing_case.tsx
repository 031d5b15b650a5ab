/** This device has nothing of the case that the address names. */

import { Refused } from "../banner.tsx";
import { Screen } from "../screen.tsx";
import { say } from "../words.ts";

export function MissingCase({ error, quiet = false }: { error: unknown; quiet?: boolean }) {
  return (
    <Screen title={say("case_missing")} back="/" quiet={quiet}>
      <p>{say("case_missing_what")}</p>
      <Refused error={error} />
    </Screen>
  );
}
