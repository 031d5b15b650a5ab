/** What the roles are called, for whoever reads who did something. */

import type { Language, Text } from "./text.ts";

/** Stands for the person whose case it is, in an action's roles. */
export const OWNER = "owner";

export const ROLE_NAMES: ReadonlyMap<string, Text> = new Map([
  [OWNER, { id: "Pemohon", en: "Applicant" }],
  ["citizen", { id: "Warga", en: "Citizen" }],
  ["front_desk", { id: "Petugas loket", en: "Front desk" }],
  ["surveyor", { id: "Petugas survei", en: "Surveyor" }],
  ["planner", { id: "Perencana", en: "Planner" }],
  ["section_head", { id: "Kepala seksi", en: "Section head" }],
  ["signer", { id: "Pejabat penanda tangan", en: "Signer" }],
  ["complaint_officer", { id: "Petugas pengaduan", en: "Complaint officer" }],
  ["supervisor", { id: "Atasan", en: "Supervisor" }],
  ["admin", { id: "Admin", en: "Administrator" }],
  ["system", { id: "Server", en: "Server" }],
]);

/** The role in words; what is no role's code is given back as it is. */
export function roleName(code: string, language: Language): string {
  return ROLE_NAMES.get(code)?.[language] ?? code;
}
