/** Where a file is, in words. Pure. */

import type { FileState } from "../../desk.ts";
import type { LocalFile } from "../../device/files/manifest.ts";
import { explainedCode } from "../errors.ts";
import { language, say, sayIfKnown } from "../words.ts";
import { shortMoment } from "./naming.ts";

export interface Told {
  words: string;
  look: "good" | "warn" | "bad" | "";
  /** 0 to 100 while it is on its way. */
  percent: number | null;
}

export interface Around {
  timezone: string;
  today: string;
  /** Whether the case is still a draft: then nothing is awaited from a network. */
  draft: boolean;
}

export function stateInWords(file: LocalFile, state: FileState | undefined, around: Around): Told {
  const told = (words: string, look: Told["look"] = "", percent: number | null = null) => ({ words, look, percent });
  if (file.arrived) {
    return told(say("file_state_arrived", { when: shortMoment(file.arrived, around.timezone, around.today) }), "good");
  }
  switch (state?.state) {
    case "sent":
    case "arrived":
      return told(say("file_state_sent"), "good");
    case "refused":
      // What the browser lost, no server refused.
      if (!state.here) return told(troubleInWords(state), "bad");
      return told(say("file_state_refused", { why: troubleInWords(state) }), "bad");
    case "uploading": {
      const percent = percentOf(state);
      return told(say("file_state_uploading", { percent }), "warn", percent);
    }
    case "elsewhere":
      return told(say("file_state_elsewhere"), "warn");
    default:
      if (state?.trouble && state.trouble.code !== "unreachable") {
        return told(say("sync_file_trouble", { why: troubleInWords(state) }), "warn");
      }
      return around.draft ? told(say("file_state_draft")) : told(say("file_state_waiting"), "warn");
  }
}

/** Whether its bytes are only at the server: whoever is about to leave the network opens it before. */
export function needsNetwork(file: Pick<LocalFile, "arrived">, state: FileState | undefined): boolean {
  return !!file.arrived && state?.here === false;
}

/** Whole percents; all of it only once all of it is there. */
export function percentOf({ sent, size }: Pick<FileState, "sent" | "size">): number {
  return size > 0 ? Math.min(99, Math.floor((100 * sent) / size)) : 0;
}

/** Why it was refused, or has not left: in our words, with something to do, where we have some; else in the server's. */
export function troubleInWords({ trouble }: Pick<FileState, "trouble">): string {
  if (!trouble) return "";
  return (
    sayIfKnown(`error_${trouble.code}`) ?? trouble.text?.[language()] ?? explainedCode(trouble.code, trouble.detail)
  );
}
