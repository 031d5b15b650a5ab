/** The window: the gate, and behind it the app. */

import type { Desk } from "../desk.ts";
import { App } from "../ui/app.tsx";
import { PartsProvider } from "../ui/parts.ts";
import { usePreferences } from "../ui/preferences.ts";
import { GateScreen } from "./gate/gate_screen.tsx";
import type { Gate } from "./gate.ts";
import { LockNow } from "./lock_now.tsx";
import { Own } from "./own.tsx";
import { GateProvider, useGate } from "./use_gate.ts";

const PARTS = { bar: LockNow, me: Own };

export function Window({ gate, desk }: { gate: Gate; desk: Desk }) {
  return (
    <GateProvider value={gate}>
      <PartsProvider value={PARTS}>
        <Inside desk={desk} />
      </PartsProvider>
    </GateProvider>
  );
}

/** While it is locked nothing of the app is on the page; what was typed is on the disk, and the address stays. */
function Inside({ desk }: { desk: Desk }) {
  const gate = useGate();
  usePreferences();
  return gate.standing?.open && !gate.code && !gate.ended ? <App desk={desk} /> : <GateScreen />;
}
