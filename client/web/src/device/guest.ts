/** Who this device speaks for before anybody signed in. */

import { newToken } from "./ids.ts";
import type { Here } from "./store.ts";

/** Give the device a token of its own making, where it has none: the server gets to know it at the first exchange, and
 * a lost answer to that one costs nothing (docs/adr/0004-guest-token.md). */
export async function beginAsGuest({ meta }: Here): Promise<void> {
  if ((await meta.get("token")) !== null) return;
  meta.set("token", newToken());
  meta.set("guest", true);
}
