/** How the screens reach the gate: drawn anew whenever it stands otherwise. */

import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import type { Gate } from "./gate.ts";

const GateContext = createContext<Gate | null>(null);
export const GateProvider = GateContext.Provider;

export function useGate(): Gate {
  const gate = useContext(GateContext);
  if (gate === null) throw new Error("no gate around this screen");
  const [, draw] = useState({});
  useEffect(() => gate.listen(() => draw({})), [gate]);
  return gate;
}
