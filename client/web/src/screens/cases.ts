/** The screens of cases and of the work on them, loaded together. */

import "../words/later.ts";

export { ActScreen } from "./act.tsx";
export { CaseScreen } from "./case.tsx";
export { ChooseScreen } from "./choose.tsx";
export { WorkScreen } from "./work.tsx";
