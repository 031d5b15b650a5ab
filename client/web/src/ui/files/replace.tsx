/** The way on from a file that the server would not take: to where another can be added. */

import { Link } from "wouter-preact";
import { say } from "../words.ts";

interface Props {
  /** The case. */
  id: string;
  document: string;
  /** The action that it came with; then it can only be sent anew with that. */
  action?: string;
  /** Whether the applicant's documents can be changed here and now. */
  editable: boolean;
}

export function Replace({ id, document, action, editable }: Props) {
  if (action || !editable) return null;
  return (
    <>
      <p class="hint">{say("file_refused_todo")}</p>
      <Link class="button small" href={`/case/${id}/form/file/${document}`}>
        {say("file_refused_go")}
      </Link>
    </>
  );
}
