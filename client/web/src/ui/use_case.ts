/** A case with all that screens need around it, in one reading. */

import type { CaseParts, Person, Status } from "../desk.ts";
import { type LocalCase, localCase } from "../device/view.ts";
import type { City } from "../schemas/catalogue.ts";
import type { PromiseTable } from "../schemas/promise.ts";
import { cityToday } from "./moments.ts";
import { type Live, useLive } from "./use_desk.ts";

export interface CaseHere {
  picture: LocalCase;
  parts: CaseParts;
  city: City;
  person: Person | null;
  promises: PromiseTable | null;
  status: Status;
  /** The city's date. */
  today: string;
}

/** Undefined while it is read, null where this device has nothing of it (or of its service). */
export function useCase(id: string): Live<CaseHere | null> {
  return useLive(
    async desk => {
      const [city, parts, person, promises, status] = await Promise.all([
        desk.city(),
        desk.case(id),
        desk.person(),
        desk.promises(),
        desk.status(),
      ]);
      if (city === null || parts === null) return null;
      const picture = localCase(parts.id, city, parts.record, parts.entries);
      return picture && { picture, parts, city, person, promises, status, today: cityToday(city, status.skew) };
    },
    [id],
  );
}
