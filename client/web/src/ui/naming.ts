/** What a city's things are called; what the catalogue does not know (any more) is shown by its code. */

import { type Action, actionOf, areaOf, type City, DRAFT, type Service, stageOf } from "../schemas/catalogue.ts";
import { say, tell } from "./words.ts";

export function stageName(service: Service | undefined, code: string): string {
  if (code === DRAFT) return say("stage_draft");
  const stage = service && stageOf(service, code);
  return stage ? tell(stage.label) : code;
}

export function actionName(service: Service | undefined, code: string): string {
  const action: Action | undefined = service && actionOf(service, code);
  return action ? tell(action.label) : code;
}

export function areaName(city: City, code: string | null): string {
  return code ? (areaOf(city, code)?.name ?? code) : "";
}

/** The number, or before there is one the beginning of the id: enough to tell two drafts apart. */
export function caseName(of: { id: string; number?: string | null | undefined }): string {
  return of.number ?? of.id.slice(0, 8);
}
