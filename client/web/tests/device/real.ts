/** Browsers and a real server that can be killed and started: `tests/web/test_device.py` runs what uses this, and says
 * where both are.
 */

import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { after } from "node:test";
import type { Desk, Values } from "../../src/desk.ts";
import { BrowserDesk, type BrowserOptions } from "../../src/device/browser_desk.ts";
import { localCase } from "../../src/device/view.ts";
import type { City, Field } from "../../src/schemas/catalogue.ts";
import { asked, serviceOf } from "../../src/schemas/catalogue.ts";
import { newId, uniqueName } from "./bench.ts";

export const server = process.env.TENGGAT_SERVER ?? "";
const control = process.env.TENGGAT_CONTROL ?? "";
export const PASSWORD = "coba-tenggat";
const desks: BrowserDesk[] = [];

after(async () => {
  for (const desk of desks) await desk.stop();
});

export async function open(name = uniqueName(), options: BrowserOptions = {}): Promise<BrowserDesk> {
  const desk = new BrowserDesk({ name, server, version: "e2e", marking: null, ...options });
  desks.push(desk);
  await desk.start();
  return desk;
}

/** `kill` or `start`. */
export async function tell(word: string): Promise<void> {
  assert.equal((await fetch(`${control}/${word}`, { method: "POST" })).status, 200);
}

function value(field: Field, city: City): unknown {
  switch (field.type) {
    case "choice":
    case "multi":
      return field.type === "multi" ? [field.options[0]?.code] : field.options[0]?.code;
    case "area":
      return city.areas.find(area => area.kind === "kelurahan")?.code;
    case "office":
      return city.offices[0]?.code;
    case "number":
    case "integer":
      return field.min ?? 1;
    case "digits":
      return "1".repeat(field.length ?? 5);
    case "date":
      return "2026-03-16";
    case "phone":
      return "081234567890";
    case "yesno":
      return "yes";
    case "point":
      return { lat: -6.98, lon: 110.42 };
    default:
      return "Lampu jalan mati di depan balai warga sejak kemarin".slice(0, field.max ?? undefined);
  }
}

/** The least that a form can be sent in with. */
export function answers(fields: readonly Field[], city: City): Values {
  const made: Values = {};
  for (const field of fields) if (field.required && asked(field, made)) made[field.name] = value(field, city);
  return made;
}

export async function cityOf(desk: Desk): Promise<City> {
  const city = await desk.city();
  assert.ok(city);
  return city;
}

/** Begins a complaint, letter by letter; its id. */
export async function begin(desk: Desk): Promise<string> {
  const city = await cityOf(desk);
  const id = newId();
  const typed = answers(serviceOf(city, "lapor")?.fields ?? [], city);
  await Promise.all(Object.entries(typed).map(([name, given]) => desk.edit(id, { [name]: given }, "lapor")));
  return id;
}

/** And submits it. */
export async function complain(desk: Desk): Promise<string> {
  const id = await begin(desk);
  await desk.submit(id);
  return id;
}

export async function shown(desk: Desk, id: string) {
  const parts = await desk.case(id);
  return parts && localCase(parts.id, await cityOf(desk), parts.record, parts.entries);
}

export async function until<T>(look: () => Promise<T | null | undefined | false>, what: string): Promise<T> {
  for (let tries = 0; tries < 600; tries += 1) {
    const found = await look();
    if (found) return found;
    await new Promise(resolve => setTimeout(resolve, 50));
  }
  throw new Error(`never: ${what}`);
}
