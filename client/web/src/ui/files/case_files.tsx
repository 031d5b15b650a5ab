/** All files of a case by what they are, and whether they have reached the server. */

import type { LocalFile } from "../../device/files/manifest.ts";
import { mayEdit } from "../../device/rules.ts";
import { type Document, DRAFT, documentOf, type Service } from "../../schemas/catalogue.ts";
import { counted, missing, wanted } from "../../schemas/documents.ts";
import { checkForm } from "../../schemas/forms.ts";
import { actionName } from "../naming.ts";
import type { CaseHere } from "../use_case.ts";
import { say, tell } from "../words.ts";
import { aroundOf } from "./around.ts";
import { Gallery } from "./gallery.tsx";
import { Replace } from "./replace.tsx";
import { useFiles } from "./use_files.ts";

interface Props {
  here: CaseHere;
  /** Beside a form, where it is one of several things to look up. */
  beside?: boolean;
}

export function CaseFiles({ here, beside = false }: Props) {
  const { picture, person } = here;
  const { id, service, files } = picture;
  const states = useFiles(id);
  const absent = absentOf(here);
  if (!files.length && !absent.length) return null;
  const Head = beside ? "h3" : "h2";
  const SubHead = beside ? "h4" : "h3";
  const [arrived, all] = counted(files);
  const mine = mayEdit(picture, person);
  return (
    <section class="case-files no-print">
      <Head>{say("files_title")}</Head>
      {all > 0 && <p>{say(arrived < all ? "files_arrived_count" : "files_arrived_all", { arrived, n: all })}</p>}
      <div class="file-groups">
        {groupsOf(service, files).map(({ code, action, document, own }) => (
          <section key={`${action}/${code}`} class={own.length > 1 ? "several" : undefined}>
            <SubHead>
              {document ? tell(document.label) : code}
              {action && <span class="hint"> · {actionName(service, action)}</span>}
            </SubHead>
            <Gallery
              id={id}
              files={own}
              states={states}
              around={aroundOf(here)}
              label={document ? tell(document.label) : code}
              beside={file =>
                states.get(file.id)?.state === "refused" && (
                  <Replace id={id} document={code} {...(action ? { action } : {})} editable={mine} />
                )
              }
            />
          </section>
        ))}
      </div>
      {absent.length > 0 && <p class="hint">{say("files_absent", { labels: absent.join(", ") })}</p>}
    </section>
  );
}

interface Group {
  code: string;
  action: string;
  document: Document | undefined;
  own: LocalFile[];
}

/** In the catalogue's order; what each action brought stands by itself. */
function groupsOf(service: Service, files: readonly LocalFile[]): Group[] {
  const found = new Map<string, Group>();
  const rank = (code: string) => service.documents.findIndex(document => document.code === code);
  for (const file of [...files].sort((one, other) => rank(one.document) - rank(other.document))) {
    const { document: code, action = "" } = file;
    const group = found.get(`${action}/${code}`) ?? { code, action, document: documentOf(service, code), own: [] };
    group.own.push(file);
    found.set(`${action}/${code}`, group);
  }
  return [...found.values()];
}

/** Labels of required documents without a file, once the application was sent in: before, the form says it. */
function absentOf({ picture, city }: CaseHere): string[] {
  if (picture.stage === DRAFT) return [];
  const { service, fields, files } = picture;
  const { clean } = checkForm(city, service, service.fields, fields, true);
  return missing(wanted(service, clean), files).map(code => {
    const document = documentOf(service, code);
    return document ? tell(document.label) : code;
  });
}
