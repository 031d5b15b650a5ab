/** How screens reach the device: a question that is asked again whenever something there changed. */

import { createContext } from "preact";
import { useCallback, useContext, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Desk } from "../desk.ts";

const DeskContext = createContext<Desk | null>(null);
export const DeskProvider = DeskContext.Provider;

export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (desk === null) throw new Error("no desk around this screen");
  return desk;
}

export interface Live<T> {
  /** The last answer; undefined before the first. */
  value: T | undefined;
  error: unknown;
}

const UNASKED: Live<never> = { value: undefined, error: null };

/** The answer to a question, kept up to date. `inputs`: what the question depends on, as for an effect. */
export function useLive<T>(ask: (desk: Desk) => Promise<T>, inputs: readonly unknown[]): Live<T> {
  const desk = useDesk();
  const [live, setLive] = useState<Live<T>>(UNASKED);
  // Before the browser draws: what is known already is then on the screen at once.
  useLayoutEffect(() => {
    let over = false;
    let asking = false;
    let again = false;
    setLive(before => (before === UNASKED ? before : UNASKED));
    const update = async () => {
      // Changes come in bursts (a letter typed, a page of records): one question at a time, and one after the last.
      if (asking) {
        again = true;
        return;
      }
      asking = true;
      try {
        const value = await ask(desk);
        // The same answer, as while an exchange only comes further, is not drawn again.
        if (!over) setLive(before => (before.value === value && !before.error ? before : { value, error: null }));
      } catch (error) {
        if (!over) setLive(before => ({ value: before.value, error }));
      }
      asking = false;
      if (again && !over) {
        again = false;
        void update();
      }
    };
    void update();
    const stop = desk.watch(() => void update());
    return () => {
      over = true;
      stop();
    };
    // The question itself is written anew at each drawing; what it depends on is in the inputs.
  }, [desk, ...inputs]);
  return live;
}

/** A deed with what became of it: running, or the error it was refused with. */
export function useDeed(): { run: (deed: () => Promise<void>) => Promise<boolean>; running: boolean; error: unknown } {
  const [state, setState] = useState<{ running: boolean; error: unknown }>({ running: false, error: null });
  const busy = useRef(false);
  const run = useCallback(async (deed: () => Promise<void>) => {
    // A second tap while the first is under way is not a second deed.
    if (busy.current) return false;
    busy.current = true;
    setState({ running: true, error: null });
    try {
      await deed();
      setState({ running: false, error: null });
      return true;
    } catch (error) {
      setState({ running: false, error });
      return false;
    } finally {
      busy.current = false;
    }
  }, []);
  return { run, ...state };
}
