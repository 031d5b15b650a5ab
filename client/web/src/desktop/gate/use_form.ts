/** A form of the gate: what is typed, what is wrong with it, and whether it is being handed over. */

import { useRef, useState } from "preact/hooks";
import { type Faults, type Field, type NewKind, point, refusalFaults } from "./faults.ts";

export interface Form {
  typed: Record<Field, string>;
  faults: Faults;
  running: boolean;
  type: (field: Field) => (value: string) => void;
  /** `check`: what is wrong before it is handed over. */
  submit: (check: () => Faults, hand: () => Promise<void>) => (event: Event) => Promise<void>;
}

interface Options {
  begin?: Partial<Record<Field, string>>;
  /** Where the present secret is typed. */
  known?: "secret" | "old";
}

export function useForm(kind: NewKind, { begin, known = "secret" }: Options = {}): Form {
  const [typed, setTyped] = useState({ title: "", code: "", old: "", secret: "", again: "", server: "", ...begin });
  const [faults, setFaults] = useState<Faults>({});
  const [running, setRunning] = useState(false);
  const busy = useRef(false);
  const show = (found: Faults) => {
    setFaults(found);
    return point(found);
  };
  return {
    typed,
    faults,
    running,
    type: field => value => {
      setTyped(before => ({ ...before, [field]: value }));
      setFaults(before => ({ ...before, [field]: undefined, all: undefined }));
    },
    submit: (check, hand) => async event => {
      event.preventDefault();
      if (busy.current || show(check())) return;
      busy.current = true;
      setRunning(true);
      try {
        await hand();
      } catch (error) {
        show(refusalFaults(error, kind, known));
      }
      busy.current = false;
      setRunning(false);
    },
  };
}
