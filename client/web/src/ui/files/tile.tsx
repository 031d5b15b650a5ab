/** One file in a grid: what it looks like, what it is called, where it is, and what can be done with it. */

import type { ComponentChildren } from "preact";
import type { FileState } from "../../desk.ts";
import type { LocalFile } from "../../device/files/manifest.ts";
import { size } from "../moments.ts";
import { say } from "../words.ts";
import { fileName, shortMoment } from "./naming.ts";
import { type Around, needsNetwork, stateInWords } from "./state.ts";
import { Thumbnail } from "./thumbnail.tsx";

interface Props {
  /** The case. */
  id: string;
  file: LocalFile;
  /** Its place among the files of its document, from 0. */
  place: number;
  state: FileState | undefined;
  around: Around;
  onOpen: () => void;
  children?: ComponentChildren;
}

export function Tile({ id, file, place, state, around, onOpen, children }: Props) {
  const name = fileName(file, place);
  const told = stateInWords(file, state, around);
  const claim = file.place ? "file_taken_place" : "file_taken";
  const network = needsNetwork(file, state) && say("file_needs_network");
  const when = file.taken && say(claim, { when: shortMoment(file.taken, around.timezone, around.today) });
  return (
    <li class="file">
      <button type="button" class="file-open" aria-label={say("file_open", { name })} onClick={onOpen}>
        <Thumbnail id={id} file={file} />
      </button>
      <div class="file-words">
        <p class="file-name">{name}</p>
        <p class="hint">
          {[size(file.size), when, network].filter(Boolean).join(" · ")}
          {file.late && (
            <>
              {" "}
              <span class="tag warn">{say("files_late")}</span>
            </>
          )}
        </p>
        <p class={`file-state ${told.look}`}>{told.words}</p>
        {told.percent !== null && <progress max={100} value={told.percent} aria-label={told.words} />}
        {children}
      </div>
    </li>
  );
}
