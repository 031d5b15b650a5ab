/** Said before it is tried: this is refused until the applicant's required documents are at the server. */

import { documentsAwaited } from "../../device/rules.ts";
import { type Action, documentOf } from "../../schemas/catalogue.ts";
import { Banner } from "../banner.tsx";
import type { CaseHere } from "../use_case.ts";
import { say, tell } from "../words.ts";

export function Awaited({ here: { picture, city }, action }: { here: CaseHere; action: Action }) {
  const codes = documentsAwaited(picture, action, city);
  if (!codes.length) return null;
  return (
    <Banner kind="warn" role="status">
      <h2>{say("act_awaits", { n: codes.length })}</h2>
      <p>{say("act_awaits_from")}</p>
      <ul>
        {codes.map(code => {
          const document = documentOf(picture.service, code);
          return <li key={code}>{document ? tell(document.label) : code}</li>;
        })}
      </ul>
      <p>{say("act_awaits_what", { action: tell(action.label) })}</p>
    </Banner>
  );
}
