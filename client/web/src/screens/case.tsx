/** One case on a page of its own. */

import { CaseView } from "../ui/case/case_view.tsx";

export function CaseScreen({ id }: { id: string }) {
  return <CaseView id={id} />;
}
