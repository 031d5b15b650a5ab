/** Which photos and files a case wants, whether they are there, and whether one can be taken: the same rules everywhere.
 *
 * Pure. An attachment is an entry of a case's manifest; its bytes may still be on their way.
 */

import type { Values } from "../sync/merge.ts";
import { asked, type Document, type Service } from "./catalogue.ts";
import type { Problem } from "./form_problems.ts";
import type { Text } from "./text.ts";

/** What the catalogue's `max_mb` counts in, in bytes. */
export const MB = 1024 * 1024;

/** The media types that each of the catalogue's types of document stands for. */
export const MEDIA: Readonly<Record<Document["types"][number], readonly string[]>> = {
  image: ["image/jpeg", "image/png", "image/webp"],
  pdf: ["application/pdf"],
};

const KINDS: Readonly<Record<string, Text>> = {
  image: { id: "foto", en: "a photo" },
  pdf: { id: "PDF", en: "a PDF" },
};

/** What these rules need to know of an attachment, be it on a record or still in a command. */
export interface Attached {
  readonly document: string;
}

/** The same, with whether its bytes are at the server. */
export interface Sent extends Attached {
  readonly arrived?: string | null;
}

/** The applicant's documents that are asked for, given the (clean) answers. */
export function wanted(service: Service, values: Values): Document[] {
  return service.documents.filter(document => (document.form ?? null) === null && asked(document, values));
}

/** The documents that come with an officers' form, given its (clean) answers; none without a form. */
export function ofForm(service: Service, form: string | null, answers: Values): Document[] {
  return service.documents.filter(document => form !== null && document.form === form && asked(document, answers));
}

/** The codes of those that are required and have no file. */
export function missing(documents: readonly Document[], attached: Iterable<Attached>): string[] {
  const there = new Set([...attached].map(one => one.document));
  return documents.filter(({ code, required }) => required && !there.has(code)).map(({ code }) => code);
}

/** The codes of those that are required and have a file whose bytes are not at the server. */
export function unarrived(documents: readonly Document[], attached: Iterable<Sent>): string[] {
  const waiting = new Set([...attached].filter(one => (one.arrived ?? null) === null).map(one => one.document));
  return documents.filter(({ code, required }) => required && waiting.has(code)).map(({ code }) => code);
}

/** How many have arrived, and how many there are: "2 of 3 photos arrived". */
export function counted(attached: Iterable<Sent>): [number, number] {
  const there = [...attached].map(one => (one.arrived ?? null) !== null);
  return [there.filter(Boolean).length, there.length];
}

/** Why this file cannot be one of that document's: its media type, its size in bytes, or that it is the `count`th. Null
 * where it can. */
export function fault(
  document: Pick<Document, "types" | "max_mb" | "count_max">,
  media: string,
  size: number,
  count: number,
): Problem | null {
  const { types, max_mb, count_max } = document;
  if (!types.some(kind => MEDIA[kind]?.includes(media))) return { code: "wrong_type", text: wrongType(types) };
  if (size > max_mb * MB) {
    const id = `Berkas ini lebih dari ${max_mb} MB. Kecilkan, atau bagi menjadi beberapa berkas.`;
    const en = `This file is over ${max_mb} MB. Make it smaller, or split it into several files.`;
    return { code: "too_large", text: { id, en } };
  }
  if (count > count_max) {
    const id = `Paling banyak ${count_max} berkas. Hapus salah satu dulu.`;
    const many = `At most ${count_max} files. Remove one first.`;
    return { code: "too_many", text: { id, en: count_max > 1 ? many : "Only one file. Remove the other first." } };
  }
  return null;
}

function wrongType(types: readonly string[]): Text {
  const kinds = types.map(kind => KINDS[kind] ?? { id: kind, en: kind });
  const [id, en] = [kinds.map(kind => kind.id).join(" atau "), kinds.map(kind => kind.en).join(" or ")];
  return { id: `Berkas ini harus berupa ${id}.`, en: `This must be ${en}.` };
}
