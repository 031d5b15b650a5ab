/** What one of the account's devices and sessions is called, and when. */

import type { OwnDevice } from "../../desk.ts";
import type { City } from "../../schemas/catalogue.ts";
import { dayInWords, momentHere } from "../moments.ts";
import { say } from "../words.ts";

/** What it is, as far as its program tells; the window and the command line are one program. */
export function nameOf({ kind, app }: OwnDevice): string {
  if (kind === "pages") return say("devices_pages");
  if (app.startsWith("tenggat-web")) return say("devices_browser");
  return say(app ? "devices_program" : "devices_new");
}

/** A moment of the server's; only its day where this device does not know the city yet. */
export function whenOf(moment: string, city: City | null): string {
  return city ? momentHere(moment, city) : dayInWords(moment.slice(0, 10));
}
