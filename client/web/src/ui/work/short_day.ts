/** "Rab 18 Mar", where a whole date would not fit. */

import { MONTHS, WEEKDAYS } from "../../schemas/explain.ts";
import { language } from "../words.ts";

const LETTERS = 3;

export function shortDay(day: string): string {
  const date = new Date(day);
  const weekday = WEEKDAYS[language()][(date.getUTCDay() + 6) % 7] ?? "";
  const month = MONTHS[language()][date.getUTCMonth()] ?? "";
  return `${weekday.slice(0, LETTERS)} ${date.getUTCDate()} ${month.slice(0, LETTERS)}`;
}
