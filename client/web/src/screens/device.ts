/** The screens about this device and whose it is, loaded together. */

export { MeScreen } from "./me.tsx";
export { SyncScreen } from "./sync.tsx";
