/** What is said of a file depends on where it is seen. */

import { DRAFT } from "../../schemas/catalogue.ts";
import type { CaseHere } from "../use_case.ts";
import type { Around } from "./state.ts";

export function aroundOf({ city, today, picture }: CaseHere): Around {
  return { timezone: city.timezone, today, draft: picture.stage === DRAFT };
}
