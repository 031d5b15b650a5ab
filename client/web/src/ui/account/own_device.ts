/** What one of the account's devices and sessions is called, and when. */

import type { OwnDevice } from "../../desk.ts";
import type { City } from "../../schemas/catalogue.ts";
import { dayInWords, momentHere } from "../moments.ts";
import { say } from "../words.ts";

/** What it is, as far as its program tells; the window and the command line are one program. */
export function nameOf({ kind, app }: OwnDevice): string {
  if (kind === "pages") return say("devices_pages");
  if (kind === "file") return say("devices_file");
  if (app.startsWith("tenggat-web")) return say("devices_browser");
  return say(app ? "devices_program" : "devices_new");
}

/** Since when it stands there. */
export function sinceOf({ kind, created }: OwnDevice, city: City | null): string {
  return say(kind === "file" ? "devices_file_since" : "devices_since", { when: whenOf(created, city) });
}

/** What putting it out is called, where a list has several. */
export function outOf(device: OwnDevice, city: City | null): string {
  const told = { name: nameOf(device), when: whenOf(device.created, city) };
  return say(device.kind === "file" ? "devices_file_out" : "devices_out_name", told);
}

/** A moment of the server's; only its day where this device does not know the city yet. */
export function whenOf(moment: string, city: City | null): string {
  return city ? momentHere(moment, city) : dayInWords(moment.slice(0, 10));
}
