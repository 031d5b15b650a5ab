/** This device has nothing of the case that the address names. */

import { Link } from "wouter-preact";
import { Refused } from "../banner.tsx";
import { Screen } from "../screen.tsx";
import { useDesk } from "../use_desk.ts";
import { say } from "../words.ts";

export function MissingCase({ error, within = false }: { error: unknown; within?: boolean }) {
  const { kind } = useDesk();
  return (
    <Screen title={say("case_missing")} back="/" within={within}>
      <p>{say("case_missing_what")}</p>
      <Refused error={error} />
      <div class="buttons">
        <Link href="/sync" class="button secondary">
          {say("case_missing_sync")}
        </Link>
        {kind === "browser" && (
          <a href="/lacak" class="button secondary">
            {say("home_track")}
          </a>
        )}
      </div>
    </Screen>
  );
}
