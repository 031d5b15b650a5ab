/** Screens that the first one does not need: they come right after it, and are on the device from then on. */

import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { idle } from "../device/idle.ts";
import { Waiting } from "./screen.tsx";

const loaders: (() => Promise<unknown>)[] = [];

/** A screen of its own file. Should it not come (no network, and not kept yet), the boundary around it says so. */
export function lazy<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  let loaded: ComponentType<P> | null = null;
  const fetched = async () => {
    loaded ??= await load();
    return loaded;
  };
  loaders.push(fetched);
  return function Lazy(props: P) {
    const [state, setState] = useState<{ error?: unknown }>({});
    const Loaded = loaded;
    useEffect(() => {
      // What was drawn counts, not what is so by now: it may have come between the two, and nobody would tell.
      if (Loaded === null) {
        fetched().then(
          () => setState({}),
          (error: unknown) => setState({ error }),
        );
      }
    }, []);
    if (state.error !== undefined) throw state.error;
    return Loaded ? <Loaded {...props} /> : <Waiting />;
  };
}

/** Fetch the other screens while nothing else is to be done. */
export async function loadAhead(): Promise<void> {
  await idle(500);
  for (const load of loaders) await load().catch(() => undefined);
}
