/** The app in a browser; in the desktop window another begins it. */

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
  // Twice, because the catalogue may have come from the network meanwhile: what did not change is not read again.
  const answered = answers(desk).then(() => answers(desk));
  const late = new Promise(resolve => setTimeout(resolve, PATIENCE));
  await show(preferences());
  await Promise.race([answered, late]);
  place.replaceChildren();
  render(<App desk={desk} />, place);
  sendInBackground(desk);
}

/** Milliseconds for which the first screen waits to come whole: a network may hang for much longer. */
const PATIENCE = 3_000;

/** What the first screen will ask. Asked before anything is drawn, so that it comes whole, and until then the page that
 * the server sent stands. What could not be answered, the screens ask again, and say. */
function answers(desk: Desk): Promise<unknown> {
  return Promise.allSettled([desk.city(), desk.person(), desk.status(), desk.list()]);
}

const place = document.getElementById("app");
const { desk } = document.documentElement.dataset;
if (place && desk === "desktop") void import("./desktop/desktop.tsx").then(desktop => desktop.begin(place));
else if (place) void begin(place);
