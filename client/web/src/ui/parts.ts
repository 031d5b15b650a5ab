/** What the screens have besides, where this does not run in a browser: put there by whoever shows the app, so that a
 * phone loads none of it. */

import { type ComponentType, createContext } from "preact";
import { useContext } from "preact/hooks";

export interface Parts {
  /** In the bar over every screen. */
  bar?: ComponentType;
  /** On the page about this device and whose it is. */
  me?: ComponentType;
}

const PartsContext = createContext<Parts>({});
export const PartsProvider = PartsContext.Provider;

export function useParts(): Parts {
  return useContext(PartsContext);
}
