/** Times and sizes in words. Days of a case are the city's, whatever clock or zone this device has. */

import type { City } from "../schemas/catalogue.ts";
import { dateInWords, inZone, momentInWords, relativeInWords } from "../schemas/explain.ts";
import { language, say } from "./words.ts";
import { dayIn } from "./zone.ts";

/** The server's time, as far as this device knows it. `skew`: this device's clock minus the server's, in seconds, where it
 * is known. */
function serverTime(skew: number | null, now: number): number {
  return now - (skew ?? 0) * 1000;
}

/** Today in the city. `skew`: as above. */
export function cityToday(city: Pick<City, "timezone">, skew: number | null, now = Date.now()): string {
  return dayIn(city.timezone, serverTime(skew, now));
}

/** Whether a moment of the server's has come. `skew`: as above. */
export function isOver(moment: string, skew: number | null, now = Date.now()): boolean {
  return Date.parse(moment) <= serverTime(skew, now);
}

/** "Senin, 30 November 2026 pukul 14.05 WIB": a moment of the server's, in the city's zone. */
export function momentHere(moment: string, city: Pick<City, "timezone">): string {
  return momentInWords(inZone(moment, city.timezone), language());
}

export function dayInWords(day: string): string {
  return dateInWords(day, language());
}

export function farInWords(day: string, today: string): string {
  return relativeInWords(day, today, language());
}

/** How long ago a moment was, by this device's own clock: "3 jam". */
export function since(moment: string, now = Date.now()): string {
  const seconds = Math.max(0, (now - Date.parse(moment)) / 1000);
  if (seconds < 60) return say("span_moment");
  if (seconds < 3_600) return say("span_minutes", { n: Math.floor(seconds / 60) });
  if (seconds < 86_400) return say("span_hours", { n: Math.floor(seconds / 3_600) });
  return say("span_days", { n: Math.floor(seconds / 86_400) });
}

/** A length of time in words: "3 jam". */
export function span(seconds: number): string {
  return since(new Date(0).toISOString(), Math.abs(seconds) * 1000);
}

/** "1,2 MB". */
export function size(bytes: number): string {
  const [unit, divisor] = bytes < 1e6 ? ["kB", 1e3] : bytes < 1e9 ? ["MB", 1e6] : ["GB", 1e9];
  const digits = bytes / divisor < 10 ? 1 : 0;
  const shown = new Intl.NumberFormat(language(), { maximumFractionDigits: digits });
  return `${shown.format(bytes / divisor)} ${unit}`;
}
