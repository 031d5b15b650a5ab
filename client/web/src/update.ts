/** The service worker's life, seen from a window. */

let waiting: ServiceWorker | null = null;
let asked = false;
const listeners = new Set<() => void>();

/** Keep the app for use without a network, and notice new versions. Quietly does nothing where that is impossible (an
 * insecure address, a private window): the app then needs the network to start, and nothing else changes. */
export async function register(): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  try {
    const registration = await navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" });
    notice(registration.waiting);
    registration.addEventListener("updatefound", () => {
      const coming = registration.installing;
      coming?.addEventListener("statechange", () => {
        // The first version ever has nothing before it, and is no news.
        if (coming.state === "installed" && navigator.serviceWorker.controller) notice(coming);
      });
    });
    navigator.serviceWorker.addEventListener("controllerchange", () => {
      // Only the window in which the person asked starts anew; a form that is open in another stays as it is.
      if (asked) location.reload();
    });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") registration.update().catch(() => undefined);
    });
  } catch (error) {
    console.warn("The app could not be kept for use without a network.", error);
  }
}

/** Told once a new version waits; gives back how to stop listening. */
export function onUpdate(listener: () => void): () => void {
  listeners.add(listener);
  if (waiting) listener();
  return () => void listeners.delete(listener);
}

/** Start anew with the version that waits. What was typed is on the disk. */
export function takeOver(): void {
  asked = true;
  // Where another window let it take over before, no change is to come that would start this one anew.
  if (waiting?.state === "activated") location.reload();
  else waiting?.postMessage("take over");
}

function notice(worker: ServiceWorker | null): void {
  if (!worker) return;
  waiting = worker;
  for (const tell of listeners) tell();
}
