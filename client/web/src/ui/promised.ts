/** The date that sending today would promise, where this device has been told; else the rule in days. */

import { limitOf, type Service } from "../schemas/catalogue.ts";
import { lookup, type PromiseTable, provisional } from "../schemas/promise.ts";
import { dayInWords } from "./moments.ts";
import { say, tell } from "./words.ts";

export function promised(service: Service, promises: PromiseTable | null, today: string): string {
  const last = service.promise.at(-1);
  const limit = last === undefined ? undefined : limitOf(service, last);
  if (!limit) return say("service_by_unknown");
  const due = promises && lookup(promises, service.code, today)?.[limit.code];
  if (!due) {
    const days = say(limit.unit === "working" ? "days_working" : "days_calendar", { n: limit.days });
    return `${say("service_rule", { label: tell(limit.label), days })} ${say("service_by_unknown")}`;
  }
  const by = say("service_by", { label: tell(limit.label), date: dayInWords(due) });
  return provisional(promises, service.code, today).has(limit.code) ? `${by} ${say("service_may_move")}` : by;
}
