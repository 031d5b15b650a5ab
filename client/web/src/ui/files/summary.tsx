/** The documents of an application once more, with what they look like: for whoever checks what is about to be sent. */

import type { ComponentChildren } from "preact";
import type { LocalFile } from "../../device/files/manifest.ts";
import type { Document } from "../../schemas/catalogue.ts";
import { say, tell } from "../words.ts";
import { fileName } from "./naming.ts";
import { Thumbnail } from "./thumbnail.tsx";

interface Props {
  /** The case. */
  id: string;
  papers: readonly { document: Document; files: readonly LocalFile[] }[];
  beside?: (document: Document) => ComponentChildren;
}

export function Papers({ id, papers, beside }: Props) {
  return (
    <dl class="answers">
      {papers.map(({ document, files }) => (
        <div key={document.code}>
          <dt>{tell(document.label)}</dt>
          <dd>{files.length ? <Strip id={id} files={files} /> : <em>{say("check_no_file")}</em>}</dd>
          {beside && <dd>{beside(document)}</dd>}
        </div>
      ))}
    </dl>
  );
}

function Strip({ id, files }: { id: string; files: readonly LocalFile[] }) {
  return (
    <ul class="strip">
      {files.map((file, place) => (
        <li key={file.id}>
          <Thumbnail id={id} file={file} />
          <span>{fileName(file, place)}</span>
        </li>
      ))}
    </ul>
  );
}
