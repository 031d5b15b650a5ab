/** The screens before the app: who it is, and that it is them. */

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Language } from "../../schemas/text.ts";
import { Boundary } from "../../ui/boundary.tsx";
import { explained } from "../../ui/errors.ts";
import { prefer, usePreferences } from "../../ui/preferences.ts";
import { Screen } from "../../ui/screen.tsx";
import { say } from "../../ui/words.ts";
import type { Gate, Profile, Standing } from "../gate.ts";
import { useGate } from "../use_gate.ts";
import { Choose } from "./choose.tsx";
import { Enter } from "./enter.tsx";
import { Forgotten } from "./forgotten.tsx";
import { Make } from "./make.tsx";
import { Quitting } from "./quitting.tsx";
import { RecoveryCode } from "./recovery_code.tsx";

/** Where somebody is at the gate; `name`: of whose profile. */
type Place = { at: "choose" | "make" } | { at: "enter" | "forgotten"; name: string };

export function GateScreen() {
  const gate = useGate();
  // Drawn anew in the other language, and not begun anew: what is typed stays.
  const { language } = usePreferences();
  return (
    <Around gate={gate} language={language}>
      <Boundary>
        <Inside gate={gate} />
      </Boundary>
    </Around>
  );
}

interface AroundProps {
  gate: Gate;
  language: Language;
  children: ComponentChildren;
}

function Around({ gate, language, children }: AroundProps) {
  const other = language === "id" ? "en" : "id";
  return (
    <>
      <header class="top gate-top">
        <span class="top-name">Tenggat</span>
        <button type="button" class="link" lang={other} onClick={() => void prefer({ language: other })}>
          {say("gate_other_language")}
        </button>
      </header>
      <main id="content" tabIndex={-1}>
        {children}
      </main>
      {!gate.ended && gate.standing && !gate.code && (
        <footer class="foot gate-foot">
          <Quitting look="link" />
        </footer>
      )}
    </>
  );
}

function Inside({ gate }: { gate: Gate }) {
  const { standing, error, code, ended } = gate;
  const [place, go] = useState<Place | null>(null);
  if (ended) return <Ended />;
  if (!standing) return error === null ? null : <Unread error={error} />;
  if (code) return <RecoveryCode {...code} kind={standing.kind} />;
  const { profiles, kind } = standing;
  const now = place ?? first(gate, standing);
  const found = "name" in now ? profiles.find(profile => profile.name === now.name) : undefined;
  if (found && now.at === "forgotten") {
    return <Forgotten profile={found} kind={kind} onBack={() => go({ at: "enter", name: found.name })} />;
  }
  if (found) {
    return (
      <Enter
        key={found.name}
        profile={found}
        onForgot={() => go({ at: "forgotten", name: found.name })}
        onOthers={() => go({ at: "choose" })}
      />
    );
  }
  if (!profiles.length || now.at === "make") {
    return <Make standing={standing} onBack={profiles.length ? () => go({ at: "choose" }) : null} />;
  }
  const choose = ({ name }: Profile) => go({ at: "enter", name });
  return <Choose profiles={profiles} onChoose={choose} onAdd={() => go({ at: "make" })} />;
}

/** Whoever was here last or was named at the start, or the only one there is. */
function first({ last }: Gate, { profiles, offered }: Standing): Place {
  const known = profiles.find(profile => profile.name === (last?.name ?? offered));
  const [only, ...others] = profiles;
  const found = known ?? (others.length ? undefined : only);
  return found ? { at: "enter", name: found.name } : { at: "choose" };
}

function Ended() {
  return (
    <Screen title={say("gate_ended")}>
      <p>{say("gate_ended_what")}</p>
    </Screen>
  );
}

function Unread({ error }: { error: unknown }) {
  return (
    <Screen title={say("gate_unread")}>
      <p role="alert">{explained(error)}</p>
      <button type="button" class="button" onClick={() => location.reload()}>
        {say("try_again")}
      </button>
    </Screen>
  );
}
