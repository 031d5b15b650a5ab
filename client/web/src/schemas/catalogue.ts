/** A city and its services as plain data: what `GET /api/v1/catalogue` answers, and what can be looked up in it.
 *
 * The twin of `schemas/catalogue/{model,questions,process,service}.py`, in that order. The server checked the
 * catalogue when it started, so nothing is checked again here. Where the Python raises KeyError, a lookup here gives
 * undefined.
 */

import { type Values, valueAt } from "../sync/merge.ts";
import { OWNER } from "./roles.ts";
import { strip, type Text } from "./text.ts";

export { OWNER };

// ---- model ----

/** Opening and closing, "HH:MM" in the city's own time zone. */
export interface OfficeHours {
  opens: string;
  closes: string;
}

/** A part of the city's government that cases go to. `hours` (by ISO weekday) differ from the city's only where
 * given. */
export interface Office {
  code: string;
  name: Text;
  hours: Record<string, OfficeHours> | null;
}

/** A kecamatan or kelurahan by its official code; `parent` is the area it lies in. */
export interface Area {
  code: string;
  kind: "kecamatan" | "kelurahan";
  parent: string;
  name: string;
}

/** What the server asks the `holidays` package for. */
export interface Holidays {
  country: string;
  categories: string[];
  language: string;
}

/** A day that a decree closed or opened, against what the calendar says. `decree` names it. */
export interface Override {
  on: string;
  kind: "closed" | "open";
  name: Text;
  decree: string;
}

/** Where the app's map begins, and whose pictures it is drawn from. (The Python calls it `Map`, a name taken here.)
 *
 * `tiles` is an https URL with the placeholders {z}, {x} and {y}. `attribution` is to be printed on the map.
 */
export interface CityMap {
  tiles: string;
  attribution: Text;
  lat: number;
  lon: number;
  zoom: number;
}

/** Everything that makes this city this one; nothing about it stands in code.
 *
 * `weekend` and the keys of `office_hours` are ISO weekdays (1 is Monday). A weekday without office hours is closed to
 * the public. Without a `map` places are told in words.
 */
export interface City {
  code: string;
  name: Text;
  timezone: string;
  weekend: number[];
  office_hours: Record<string, OfficeHours>;
  holidays: Holidays;
  calendar_version: string;
  overrides: Override[];
  offices: Office[];
  areas: Area[];
  services: Service[];
  texts: Record<string, Text>;
  map: CityMap | null;
}

export function serviceOf(city: City, code: string): Service | undefined {
  return withCode(city.services, code);
}

export function areaOf(city: City, code: string): Area | undefined {
  return withCode(city.areas, code);
}

export function officeOf(city: City, code: string): Office | undefined {
  return withCode(city.offices, code);
}

/** The kecamatan that an area lies in, or is. */
export function districtOf(city: City, areaCode: string): string | undefined {
  const area = areaOf(city, areaCode);
  return area?.kind === "kecamatan" ? area.code : area?.parent;
}

// ---- questions ----

export type FieldType =
  | "text"
  | "longtext"
  | "digits"
  | "integer"
  | "number"
  | "choice"
  | "multi"
  | "date"
  | "phone"
  | "email"
  | "area"
  | "office"
  | "case"
  | "point"
  | "outline"
  | "yesno";

// The most that one value may hold when a field names no `max`: characters for words, entries for lists.
const DEFAULT_SIZE: Partial<Record<FieldType, number>> = {
  text: 200,
  longtext: 4_000,
  digits: 40,
  choice: 40,
  multi: 50,
  date: 10,
  phone: 20,
  email: 254,
  area: 20,
  office: 40,
  case: 40,
  outline: 200,
  yesno: 3,
};

/** No number of a form is beyond this, either way. */
export const NUMBER_BOUND = 1_000_000_000_000;

/** One answer of a `choice` or `multi` field. `help` says when it is the right one. */
export interface Option {
  code: string;
  label: Text;
  help: Text | null;
}

/** Asked only when another field's value is one of `equals` and none of `not_equals`.
 *
 * Values are compared as strings; a `yesno` is "yes" or "no"; a `multi` matches when any of its entries does. A field
 * that was not answered equals nothing, so `equals` fails and `not_equals` holds.
 */
export interface Condition {
  field: string;
  equals: string[];
  not_equals: string[];
}

/** Whether the condition holds for these (clean) values. */
export function met(condition: Condition, values: Values): boolean {
  const given = asStrings(valueAt(values, condition.field));
  const anyOf = (codes: string[]) => codes.some(code => given.includes(code));
  return (!condition.equals.length || anyOf(condition.equals)) && !anyOf(condition.not_equals);
}

function asStrings(value: unknown): string[] {
  if (typeof value === "boolean") return [value ? "yes" : "no"];
  if (typeof value === "string") return value ? [value] : [];
  if (Array.isArray(value)) return value.filter(item => typeof item === "string");
  return typeof value === "number" && Math.abs(value) <= NUMBER_BOUND ? [spelled(value)] : [];
}

/** As Python spells it, which goes over to powers of ten sooner: 0.00001 is "1e-05" there. */
function spelled(value: number): string {
  if (value === 0 || Math.abs(value) >= 1e-4) return String(value);
  return value.toExponential().replace(/-(\d)$/, "-0$1");
}

/** One question.
 *
 * `min` and `max` bound the value of a number, the characters of a text, the entries of a `multi`, the corners of an
 * `outline`. `length` is the exact count of digits (`digits` only). `unit` is printed behind the answer ("m²").
 * `personal`: shown in full only to those working on the case. `internal`: never shown to the applicant.
 */
export interface Field {
  name: string;
  type: FieldType;
  label: Text;
  help: Text | null;
  group: string;
  required: boolean;
  when: Condition | null;
  personal: boolean;
  internal: boolean;
  min: number | null;
  max: number | null;
  length: number | null;
  unit: string | null;
  options: Option[];
}

/** The most characters (words) or entries (lists) a value may have; 0 for numbers and points. */
export function sizeOf(field: Field): number {
  const most = DEFAULT_SIZE[field.type] ?? 0;
  return most && field.max !== null ? Math.trunc(field.max) : most;
}

/** A section of the task list that the applicant works through. */
export interface Group {
  code: string;
  label: Text;
}

/** A photo or file that the service wants. `max_mb` bounds one file, `count_max` how many files.
 *
 * `form` is the officers' form that it belongs to, such as photos to a survey; null for the applicant's own. An older
 * city's catalogue does not say.
 */
export interface Document {
  code: string;
  form?: string | null;
  label: Text;
  help: Text | null;
  required: boolean;
  when: Condition | null;
  types: ("image" | "pdf")[];
  max_mb: number;
  count_max: number;
}

/** Whether this question is put, or this document wanted, at all, given the (clean) answers. */
export function asked(question: Pick<Field | Document, "when">, values: Values): boolean {
  return question.when === null || met(question.when, values);
}

/** What an action asks of the person who does it, such as the survey of a parcel. */
export interface Form {
  code: string;
  fields: Field[];
}

// ---- process ----

export type Unit = "working" | "calendar";
export type Rolls = "next" | "previous";
export type Ending = "done" | "refused" | "withdrawn" | "conditional" | "elsewhere" | "duplicate";
export type Note = "none" | "optional" | "required";
export type Effect = "submit" | "correction" | "resubmit" | "route" | "link";

/** Where a case is before it was ever submitted; no stage of a service. */
export const DRAFT = "draft";

/** How long a case may stay in one stage. `open`: the number is not verified against a rule. */
export interface StageLimit {
  days: number;
  unit: Unit;
  rolls: Rolls;
  open: boolean;
}

/** A place where a case waits for someone.
 *
 * `says` tells the applicant what happens now. `role` is who acts in it. `waits_for` "applicant" pauses every clock.
 * `ending` says how the case came to an end; `continues` allows actions out of an ending (collecting, reopening). The
 * stage's own `limit` starts when the stage is entered and is met when it is left; leaving to a stage that waits for
 * the applicant only pauses it.
 */
export interface Stage {
  code: string;
  label: Text;
  says: Text;
  role: string | null;
  waits_for: "applicant" | null;
  ending: Ending | null;
  continues: boolean;
  limit: StageLimit | null;
}

/** A promise in days, from the first of `starts` to the first of `ends` after it.
 *
 * Events are `enter:<stage>` and `action:<action>`. `rolls`: where the last day of a calendar limit goes when it is no
 * working day. `law` names the rule; `open`: the number is not verified against one.
 */
export interface Limit {
  code: string;
  label: Text;
  days: number;
  unit: Unit;
  starts: string[];
  ends: string[];
  rolls: Rolls;
  law: Text | null;
  open: boolean;
}

/** After an action was done `times` times on a case, only `roles` may do it again. */
export interface Beyond {
  times: number;
  roles: string[];
}

/** Something that a person may do with a case.
 *
 * `from`: the stages it is possible in. `to`: the stage it leads to; null stays. `roles`: who may, `owner` being the
 * person whose case it is. `form`: what it asks. `not_by`: who did one of these actions on this case may not do this
 * one. `times`: at most so often a case. `waits_for_documents`: not before the bytes of the applicant's required
 * documents are at the server; an older city's catalogue does not say.
 */
export interface Action {
  code: string;
  label: Text;
  from: string[];
  roles: string[];
  to: string | null;
  help: Text | null;
  form: string | null;
  note: Note;
  not_by: string[];
  times: number | null;
  beyond: Beyond | null;
  effect: Effect | null;
  waits_for_documents?: boolean;
}

/** Which office gets a case: `table` by the value of `field`.
 *
 * `never` is the field in which the applicant names the office complained about: a case never goes to that one, but to
 * `instead`.
 */
export interface Routes {
  field: string;
  table: Record<string, string>;
  never: string | null;
  instead: string | null;
}

// ---- service ----

const NAMED = /\{([^{}]*)\}/g;

// What stands between two answers stands alone while one of them is missing.
const DANGLING = /^[ –·]+|[ –·]+$/g;

/** Where "me too" is offered: an open case, same value of `field`, within `metres` of its `point`. */
export interface Joins {
  field: string;
  point: string;
  metres: number;
}

/** What the citizen gets in the end. `form` is the form whose answers are printed. */
export interface Certificate {
  title: Text;
  basis: Text;
  form: string;
  regulation: string | null;
  notes: Text[];
  valid_years: number | null;
  remind_days: number[];
  open: boolean;
}

/** One thing a city does for people: what it asks, how a case moves, and by when.
 *
 * `title` is a field's name, or a format over field names ("{work} – {street}"), for one line about a case. `first` is
 * the stage after submit. `promise` lists limits that, one after another, make up the date promised to the applicant.
 */
export interface Service {
  code: string;
  version: number;
  prefix: string;
  office: string;
  name: Text;
  summary: Text;
  title: string;
  groups: Group[];
  fields: Field[];
  documents: Document[];
  forms: Form[];
  stages: Stage[];
  limits: Limit[];
  actions: Action[];
  first: string;
  promise: string[];
  district_field: string | null;
  anonymous_field: string | null;
  routes: Routes | null;
  joins: Joins | null;
  certificate: Certificate | null;
}

/** The application's field. */
export function fieldOf(service: Service, name: string): Field | undefined {
  return service.fields.find(field => field.name === name);
}

export function documentOf(service: Service, code: string): Document | undefined {
  return withCode(service.documents, code);
}

export function formOf(service: Service, code: string): Form | undefined {
  return withCode(service.forms, code);
}

/** The reserved `draft` is not a stage of the service. */
export function stageOf(service: Service, code: string): Stage | undefined {
  return withCode(service.stages, code);
}

export function actionOf(service: Service, code: string): Action | undefined {
  return withCode(service.actions, code);
}

/** A limit of the service or of one of its stages. */
export function limitOf(service: Service, code: string): Limit | undefined {
  return withCode(allLimits(service), code);
}

/** What may be done in a stage (or in `draft`), in the order of the catalogue. */
export function actionsFrom(service: Service, stage: string): Action[] {
  return service.actions.filter(action => action.from.includes(stage));
}

/** The service's limits, then each stage's own as a `Limit` with the stage's code and label. */
export function allLimits(service: Service): Limit[] {
  return [...service.limits, ...service.stages.flatMap(stage => limitsOfStage(service, stage))];
}

/** One line about a case, from its (clean) values; choices are shown by their Indonesian label. */
export function titleOf(service: Service, values: Values): string {
  if (!service.title.includes("{")) return shown(service, service.title, values);
  // In one pass, so that braces in an answer are never taken for a field's name.
  const line = service.title.replace(NAMED, (_, name: string) => shown(service, name, values));
  return strip(line).replace(DANGLING, "");
}

function shown(service: Service, name: string, values: Values): string {
  const value = valueAt(values, name);
  if (typeof value !== "string" && typeof value !== "number") return "";
  const text = typeof value === "number" ? spelled(value) : value;
  return withCode(fieldOf(service, name)?.options ?? [], text)?.label.id ?? text;
}

function limitsOfStage(service: Service, stage: Stage): Limit[] {
  if (stage.limit === null) return [];
  const { code, label } = stage;
  const ends = waysOn(service, code).map(to => `enter:${to}`);
  return [{ ...stage.limit, code, label, starts: [`enter:${code}`], ends, law: null }];
}

function waysOn(service: Service, start: string): string[] {
  // Looks through the stages that wait for the applicant: going there only pauses the limit, so it is met by what
  // comes after them, unless that is the stage itself again.
  const found: string[] = [];
  const seen = new Set([start]);
  const todo = [start];
  for (let place = todo.pop(); place !== undefined; place = todo.pop()) {
    for (const { to } of actionsFrom(service, place)) {
      const stage = to === null ? undefined : stageOf(service, to);
      if (!stage || seen.has(stage.code)) continue;
      seen.add(stage.code);
      (stage.waits_for === "applicant" ? todo : found).push(stage.code);
    }
  }
  return found;
}

function withCode<T extends { code: string }>(all: readonly T[], code: string): T | undefined {
  return all.find(one => one.code === code);
}
