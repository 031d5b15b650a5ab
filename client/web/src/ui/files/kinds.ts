/** What a document takes, in words and for the browser's own picker. */

import type { Document } from "../../schemas/catalogue.ts";
import { MEDIA } from "../../schemas/documents.ts";
import { say } from "../words.ts";

export type Kinds = "image" | "pdf" | "both";

export function kindsOf({ types }: Pick<Document, "types">): Kinds {
  if (!types.includes("pdf")) return "image";
  return types.includes("image") ? "both" : "pdf";
}

/** For a file input. Endings are named too, since some phones know no media type of what they hold; HEIC among them, so
 * that it can be said why it is not taken, and what to do. */
export function acceptOf({ types }: Pick<Document, "types">): string {
  const endings = { image: ["image/*", ".heic", ".heif"], pdf: [".pdf"] };
  return types.flatMap(kind => [...MEDIA[kind], ...endings[kind]]).join(",");
}

/** "Foto atau file PDF · paling besar 10 MB per file · paling banyak 10 file". */
export function taken(document: Document): string {
  const kinds = kindsOf(document);
  // Whoever takes photos need not think of megabytes: a phone's picture is made smaller before it is measured.
  const most = say("file_most_size", { size: mostInWords(document) });
  return [
    say(`file_kind_${kinds}`),
    kinds === "image" ? say("file_most_shrunk") : most,
    say("file_most_count", { n: document.count_max }),
  ].join(" · ");
}

export function mostInWords({ max_mb }: Pick<Document, "max_mb">): string {
  // Not broken over two lines.
  return `${max_mb}\u00a0MB`;
}
