/** Putting the app on the home screen: the browser's own offer, caught when it comes, which is early and only once. */

interface Offer extends Event {
  prompt: () => Promise<void>;
  userChoice: Promise<{ outcome: "accepted" | "dismissed" }>;
}

/** What can be done about it: ask the browser, tell the person how on an iPhone or elsewhere, or nothing any more. */
export type Installing = "offer" | "ios" | "other" | "done";

let offer: Offer | null = null;
let done = false;
const listeners = new Set<() => void>();

/** To be called before anything else takes time. */
export function catchInstall(): void {
  addEventListener("beforeinstallprompt", event => {
    // The browser's own bar would come over whatever the person is doing just then.
    event.preventDefault();
    offer = event as Offer;
    tell();
  });
  addEventListener("appinstalled", () => {
    offer = null;
    done = true;
    tell();
  });
}

export function onInstall(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

export function installing(): Installing {
  if (done || matchMedia("(display-mode: standalone)").matches) return "done";
  if (offer) return "offer";
  // iPads say that they are Macs; no Mac has a touch screen.
  const touched = navigator.userAgent.includes("Macintosh") && navigator.maxTouchPoints > 1;
  return touched || /iPhone|iPad|iPod/.test(navigator.userAgent) ? "ios" : "other";
}

/** Ask the browser; it asks the person. */
export async function install(): Promise<void> {
  const asked = offer;
  offer = null;
  await asked?.prompt();
  if ((await asked?.userChoice)?.outcome === "accepted") done = true;
  tell();
}

function tell(): void {
  for (const listener of listeners) listener();
}
