/** Asks the browser to wake the service worker once there is a network, so that what waits is sent though every window is
 * closed. Few browsers can (Chrome and its kin); in others it goes out when the app is next opened. */

import type { Desk } from "./desk.ts";

export const TAG = "tenggat";

interface SyncManager {
  register(tag: string): Promise<void>;
}

/** From here on: each time something waits. */
export function sendInBackground(desk: Desk): void {
  let asked = 0;
  const ask = async () => {
    const { waiting } = await desk.status();
    if (waiting === asked) return;
    asked = waiting;
    if (!waiting) return;
    const registration = await navigator.serviceWorker.ready;
    await (registration as { sync?: SyncManager }).sync?.register(TAG);
  };
  if (!("serviceWorker" in navigator)) return;
  // Not allowed, or a store in trouble: the timer of the open window goes on trying all the same.
  desk.watch(() => void ask().catch(() => undefined));
}
