/** Files in a grid, each of which opens at full size. */

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { FileState } from "../../desk.ts";
import type { LocalFile } from "../../device/files/manifest.ts";
import { fileName } from "./naming.ts";
import type { Around } from "./state.ts";
import { Tile } from "./tile.tsx";
import { Viewer } from "./viewer.tsx";

interface Props {
  /** The case. */
  id: string;
  files: readonly LocalFile[];
  states: ReadonlyMap<string, FileState>;
  around: Around;
  label: string;
  /** What stands under a file, such as a button to remove it. */
  beside?: (file: LocalFile, name: string) => ComponentChildren;
}

export function Gallery({ id, files, states, around, label, beside }: Props) {
  const [open, setOpen] = useState<number | null>(null);
  return (
    <>
      <ul class="files" aria-label={label}>
        {files.map((file, place) => (
          <Tile
            key={file.id}
            id={id}
            file={file}
            place={place}
            state={states.get(file.id)}
            around={around}
            onOpen={() => setOpen(place)}
          >
            {beside?.(file, fileName(file, place))}
          </Tile>
        ))}
      </ul>
      {open !== null && <Viewer id={id} files={files} at={open} onTurn={setOpen} onClose={() => setOpen(null)} />}
    </>
  );
}
