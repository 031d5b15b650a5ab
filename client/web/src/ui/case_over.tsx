/** Over a screen's title: which case it is about. A draft has no number yet, and its service says more than its id. */

import type { LocalCase } from "../device/view.ts";
import { tell } from "./words.ts";

export function CaseOver({ picture: { number, record, service } }: { picture: LocalCase }) {
  return (
    <p class="progress-words">
      {number ? <span class="number">{number}</span> : tell(service.name)}
      {record?.title && ` · ${record.title}`}
    </p>
  );
}
