/** Whether a file may be attached or taken away here and now, as far as a device can tell; the server decides. Pure. */

import { documentOf, type Service } from "../../schemas/catalogue.ts";
import { fault } from "../../schemas/documents.ts";
import { TenggatError } from "../../sync/errors.ts";
import type { Attach } from "../../sync/messages.ts";
import { markedDocuments, mayEdit, type Who } from "../rules.ts";
import type { LocalCase } from "../view.ts";
import type { LocalFile } from "./manifest.ts";

/** The applicant's file for a draft or an open correction. */
export function refuseAttach(local: LocalCase, who: Who, one: Attach): void {
  refuseDocument(local, who, one.document);
  const before = local.files.filter(file => file.document === one.document).length;
  refuseFile(local.service, null, one, before + 1);
}

export function refuseDetach(local: LocalCase, who: Who, file: LocalFile): void {
  if (file.action) throw new TenggatError("forbidden", "what came with an officer's action stays with it");
  refuseDocument(local, who, file.document);
}

/** A file of the applicant's (`form` null), or of an officers' form; it would be the `count`th of its document. */
export function refuseFile(service: Service, form: string | null, one: Attach, count: number): void {
  const document = documentOf(service, one.document);
  if (!document || (document.form ?? null) !== form) {
    throw new TenggatError("unknown_document", `no document “${one.document}” is asked for here`, {
      documents: [one.document],
    });
  }
  const problem = fault(document, one.type, one.size, count);
  if (!problem) return;
  throw new TenggatError("invalid_file", problem.text.en, { problems: { [one.id]: problem } });
}

function refuseDocument(local: LocalCase, who: Who, document: string): void {
  if (!mayEdit(local, who)) {
    throw new TenggatError("forbidden", "the case is being worked on, so its documents cannot be changed now");
  }
  const marked = markedDocuments(local);
  if (!marked || marked.has(document)) return;
  throw new TenggatError("not_marked", `only what was marked can be corrected, not ${document}`, {
    documents: [document],
  });
}
