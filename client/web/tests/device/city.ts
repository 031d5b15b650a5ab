/** A city with one permit and one kind of complaint: enough for every rule that a device knows. */

import type { Action, City, Document, Field, Service, Stage } from "../../src/schemas/catalogue.ts";

const said = (code: string) => ({ id: code, en: code });

function field(name: string, given: Partial<Field> = {}): Field {
  return {
    ...{ name, type: "text", label: said(name), help: null, group: "all", required: false, when: null },
    ...{ personal: false, internal: false, min: null, max: null, length: null, unit: null, options: [] },
    ...given,
  };
}

function stage(code: string, given: Partial<Stage> = {}): Stage {
  const empty = { role: null, waits_for: null, ending: null, continues: false, limit: null };
  return { code, label: said(code), says: said(code), ...empty, ...given };
}

function action(code: string, from: string, to: string | null, role: string, given: Partial<Action> = {}): Action {
  return {
    ...{ code, label: said(code), from: from.split(" "), roles: role.split(" "), to, help: null, form: null },
    ...{ note: "none", not_by: [], times: null, beyond: null, effect: null },
    ...given,
  };
}

function document(code: string, given: Partial<Document> = {}): Document {
  const rules = { required: true, when: null, types: ["image" as const, "pdf" as const], max_mb: 1, count_max: 1 };
  return { code, form: null, label: said(code), help: null, ...rules, ...given };
}

const izin: Service = {
  ...{ code: "izin", version: 1, prefix: "IZN", office: "tata", name: said("Izin"), summary: said("Izin") },
  ...{ title: "{work} – {street}", groups: [{ code: "all", label: said("all") }], documents: [], limits: [] },
  fields: [
    field("name", { required: true }),
    field("nik", { type: "digits", length: 16, required: true }),
    field("street", { required: true }),
    field("rt_rw"),
    field("work", { type: "choice", options: [{ code: "house", label: { id: "Rumah", en: "House" }, help: null }] }),
  ],
  forms: [{ code: "survey", fields: [field("road_width", { type: "number", required: true }), field("remark")] }],
  stages: [
    stage("completeness", { role: "front_desk" }),
    stage("correction", { waits_for: "applicant" }),
    stage("survey", { role: "surveyor" }),
    stage("verification", { role: "section_head" }),
    stage("done", { ending: "done" }),
    stage("withdrawn", { ending: "withdrawn" }),
  ],
  actions: [
    action("submit", "draft", "completeness", "owner front_desk", { effect: "submit" }),
    action("withdraw", "completeness survey correction", "withdrawn", "owner", { note: "optional" }),
    action("ask", "completeness", "correction", "front_desk", { effect: "correction" }),
    action("resubmit", "correction", "completeness", "owner", { effect: "resubmit" }),
    action("accept", "completeness", "survey", "front_desk"),
    action("report_survey", "survey", "verification", "surveyor", { form: "survey" }),
    action("verify", "verification", "done", "section_head"),
    action("send_back", "verification", "survey", "section_head", { note: "required" }),
  ],
  ...{ first: "completeness", promise: [], district_field: null, anonymous_field: null, routes: null },
  ...{ joins: null, certificate: null },
};

const lapor: Service = {
  ...izin,
  ...{ code: "lapor", prefix: "LPR", office: "info", name: said("Lapor"), title: "title" },
  fields: [field("title", { required: true }), field("text", { type: "longtext", max: 500_000 })],
  forms: [],
  stages: [stage("new"), stage("done", { ending: "done" })],
  actions: [
    action("submit", "draft", "new", "owner", { effect: "submit" }),
    action("finish", "new", "done", "complaint_officer"),
  ],
  first: "new",
};

/** The permit once more, with files. */
const berkas: Service = {
  ...izin,
  ...{ code: "berkas", prefix: "BRK", name: said("Berkas") },
  documents: [
    document("ktp"),
    document("plan", { required: false, types: ["pdf"], count_max: 2 }),
    document("site", { form: "survey", types: ["image"], count_max: 2 }),
  ],
  actions: izin.actions.map(one => (one.code === "accept" ? { ...one, waits_for_documents: true } : one)),
};

export const CITY: City = {
  ...{ code: "kota", name: said("Kota"), timezone: "Asia/Jakarta", weekend: [6, 7], office_hours: {}, overrides: [] },
  holidays: { country: "ID", categories: [], language: "id" },
  ...{ calendar_version: "c1", map: null, offices: [], areas: [], services: [izin, lapor, berkas], texts: {} },
};

/** Answers that the permit can be submitted with. */
export const COMPLETE = { name: "Warga Satu", nik: "3374010101010001", street: "Jl. A" };
