/** The screens about this device and whose it is, loaded together. */

import "../words/later.ts";

export { EnrolScreen } from "./enrol.tsx";
export { MeScreen } from "./me.tsx";
export { SyncScreen } from "./sync.tsx";
