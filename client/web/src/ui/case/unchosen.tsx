/** Two values stand in one answer: said wherever the case is looked at or filled in, with the way to choose. */

import { Link } from "wouter-preact";
import { unchosen } from "../../device/rules.ts";
import type { LocalCase } from "../../device/view.ts";
import { Banner } from "../banner.tsx";
import { say } from "../words.ts";

export function Unchosen({ picture }: { picture: LocalCase }) {
  const open = unchosen(picture);
  if (!open.length) return null;
  return (
    <Banner kind="warn">
      <p>{say("notice_conflict", { n: open.length })}</p>
      <Link class="button small" href={`/case/${picture.id}/choose`}>
        {say("notice_conflict_go")}
      </Link>
    </Banner>
  );
}
