/** What is half typed for an action: on the disk at each letter, and there again after a flat battery. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { Act } from "../../desk.ts";
import { useDesk } from "../use_desk.ts";

export interface Typed {
  /** Null until the disk was read. */
  act: Act | null;
  /** Whether something was there from before. */
  resumed: boolean;
  /** Whether something is on the disk, as far as it is known. */
  saved: boolean;
  /** Whether the last letter is still on its way there. */
  writing: boolean;
  /** Why the last letter is not on the disk. */
  error: unknown;
  /** `change`: what is new, or how it follows from what is typed by then. */
  type: (change: Partial<Act> | ((now: Act) => Partial<Act>)) => void;
  /** Resolves once nothing is being written any more. */
  settled: () => Promise<void>;
}

export function useTyped(id: string, action: string): Typed {
  const desk = useDesk();
  const [act, setAct] = useState<Act | null>(null);
  /** What is typed by now, also for what began before the last drawing, such as a photo being shrunk. */
  const latest = useRef<Act>({ action });
  const [resumed, setResumed] = useState(false);
  const [{ saved, error }, setOutcome] = useState<{ saved: boolean; error: unknown }>({ saved: false, error: null });
  const [writing, setWriting] = useState(false);
  const queue = useRef<{ next: Act | null; writing: Promise<void> }>({ next: null, writing: Promise.resolve() });
  useEffect(() => {
    desk.typing(id, action).then(
      found => {
        setResumed(found !== null);
        latest.current = found ?? { action };
        setAct(latest.current);
      },
      (failure: unknown) => {
        setAct({ action });
        setOutcome({ saved: false, error: failure });
      },
    );
  }, [desk, id, action]);

  const write = async () => {
    // Faster typing than writing leaves only the newest to be written.
    const { next } = queue.current;
    if (next === null) return;
    queue.current.next = null;
    try {
      await desk.keep_typing(id, action, next);
      setOutcome({ saved: true, error: null });
    } catch (failure) {
      setOutcome({ saved: false, error: failure });
    }
    if (queue.current.next === null) setWriting(false);
  };
  const type: Typed["type"] = change => {
    const now = latest.current;
    latest.current = { ...now, action, ...(typeof change === "function" ? change(now) : change) };
    setAct(latest.current);
    setWriting(true);
    queue.current.next = latest.current;
    queue.current.writing = queue.current.writing.then(write);
  };
  return { act, resumed, saved, writing, error, type, settled: () => queue.current.writing };
}
