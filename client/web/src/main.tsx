/** The app in a browser. */

import { render } from "preact";
import { sendInBackground } from "./background.ts";
import { BrowserDesk } from "./device/browser_desk.ts";
import { catchInstall } from "./install.ts";
import { App } from "./ui/app.tsx";
import { preferences, show } from "./ui/preferences.ts";
import { register } from "./update.ts";

async function begin(place: HTMLElement): Promise<void> {
  await show(preferences());
  place.replaceChildren();
  const desk = new BrowserDesk();
  render(<App desk={desk} />, place);
  sendInBackground(desk);
  await register();
}

catchInstall();
const place = document.getElementById("app");
if (place) void begin(place);
