/** What a file is called, and when it was taken. */

import { inZone, MONTHS } from "../../schemas/explain.ts";
import type { Attach } from "../../sync/messages.ts";
import { language, say } from "../words.ts";

/** Its name; a camera's picture without one is called by its place among the others. */
export function fileName({ name, type }: Pick<Attach, "name" | "type">, place: number): string {
  return name || say(type === "application/pdf" ? "file_pdf_n" : "file_photo_n", { n: place + 1 });
}

export function isPicture({ type }: Pick<Attach, "type">): boolean {
  return type.startsWith("image/");
}

/** "14.05" of today, else "24 Nov, 14.05", or with the year where it is another one. */
export function shortMoment(moment: string, timezone: string, today: string): string {
  // A camera's clock knows no zone, so what it claims may come without one.
  const shown = /(Z|[+-]\d\d:\d\d)$/.test(moment) ? inZone(moment, timezone) : moment;
  const [day = "", clock = ""] = shown.split("T");
  const time = clock.slice(0, 5).replace(":", language() === "id" ? "." : ":");
  if (day === today) return time;
  const [year, month, date] = day.split("-");
  const words = `${Number(date)} ${(MONTHS[language()][Number(month) - 1] ?? "").slice(0, 3)}`;
  return `${words}${year === today.slice(0, 4) ? "" : ` ${year}`}, ${time}`;
}
