/** The app in the desktop window. */

import { render } from "preact";
import { prefer, preferences, show, watchPreferences } from "../ui/preferences.ts";
import { Awake } from "./awake.ts";
import { DesktopDesk } from "./desktop_desk.ts";
import { Gate } from "./gate.ts";
import { Local } from "./local.ts";
import "./said.ts";
import style from "../styles/desktop.css?address";
import { Window } from "./window.tsx";

export async function begin(place: HTMLElement): Promise<void> {
  const styled = link(style);
  const desk: DesktopDesk = new DesktopDesk({ locked: () => gate.locked() });
  const gate = new Gate(new Local(), () => desk.quiet(), forgetAll);
  await gate.look();
  // An address of before leads to a case of whoever was here then.
  if (!gate.standing?.open) location.hash = "#/";
  await asLiked(gate);
  const awake = new Awake({
    idle: () => gate.lock("idle"),
    awake: () => void gate.awake(),
  });
  gate.listen(() => awake.opened(gate.standing?.open != null));
  awake.start(window);
  desk.changes.start();
  // While it is shut nobody else asks: a wait that is over, a profile that was wiped.
  desk.changes.listen(() => {
    if (!gate.standing?.open) void gate.look();
  });
  await styled;
  place.replaceChildren();
  render(<Window gate={gate} desk={desk} />, place);
}

/** The page has another address at each start, so the browser remembers nothing: the Python client does. */
async function asLiked(gate: Gate): Promise<void> {
  const held = gate.standing?.preferences ?? {};
  if (Object.keys(held).length) await prefer(held);
  else await show(preferences());
  watchPreferences(() => void gate.prefer(preferences()).catch(() => {}));
}

function forgetAll(): void {
  sessionStorage.clear();
  location.hash = "#/";
  location.reload();
}

/** Resolves once it is there, or cannot be had: plain screens are better than none. */
function link(address: string): Promise<void> {
  const sheet = document.createElement("link");
  sheet.rel = "stylesheet";
  sheet.href = address;
  return new Promise(resolve => {
    sheet.addEventListener("load", () => resolve());
    sheet.addEventListener("error", () => resolve());
    document.head.append(sheet);
  });
}
