/** The app in a browser. */

import { render } from "preact";
import { sendInBackground } from "./background.ts";
import type { Desk } from "./desk.ts";
import { BrowserDesk } from "./device/browser_desk.ts";
import { catchInstall } from "./install.ts";
import { App } from "./ui/app.tsx";
import { preferences, show } from "./ui/preferences.ts";

async function begin(place: HTMLElement): Promise<void> {
  catchInstall();
  const desk = new BrowserDesk();
  const answered = answers(desk);
  await show(preferences());
  await answered;
  // Once more, because the catalogue may have come from the network meanwhile: what did not change is not read again.
  await answers(desk);
  place.replaceChildren();
  render(<App desk={desk} />, place);
  sendInBackground(desk);
}

/** Milliseconds for which the first screen waits to come whole: a network may hang for much longer. */
const PATIENCE = 3_000;

/** What the first screen will ask. Asked before anything is drawn, so that it comes whole, and until then the page that
 * the server sent stands. What could not be answered, the screens ask again, and say. */
function answers(desk: Desk): Promise<unknown> {
  const all = Promise.allSettled([desk.city(), desk.person(), desk.status(), desk.list()]);
  return Promise.race([all, new Promise(resolve => setTimeout(resolve, PATIENCE))]);
}

const place = document.getElementById("app");
if (place) void begin(place);
