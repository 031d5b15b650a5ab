/** The bytes of one file, fetched when somebody wants to see it. */

import { useEffect, useState } from "preact/hooks";
import type { LocalFile } from "../../device/files/manifest.ts";
import { MEDIA } from "../../schemas/documents.ts";
import { useDesk } from "../use_desk.ts";

export interface Original {
  /** Null until it is here. */
  address: string | null;
  error: unknown;
  again: () => void;
}

const SHOWN = new Set(Object.values(MEDIA).flat());

export function useOriginal(id: string, file: LocalFile): Original {
  const desk = useDesk();
  const [turn, setTurn] = useState(0);
  const [{ address, error }, setAnswer] = useState<Omit<Original, "again">>({ address: null, error: null });
  useEffect(() => {
    let over = false;
    let made: string | null = null;
    setAnswer({ address: null, error: null });
    desk.file(id, file.id, "original").then(
      blob => {
        if (over) return;
        // By the manifest's type, and never as a page: it opens under the app's own address.
        const type = SHOWN.has(file.type) ? file.type : "application/octet-stream";
        made = URL.createObjectURL(new Blob([blob], { type }));
        setAnswer({ address: made, error: null });
      },
      (failure: unknown) => {
        if (!over) setAnswer({ address: null, error: failure });
      },
    );
    return () => {
      over = true;
      if (made) URL.revokeObjectURL(made);
    };
  }, [desk, id, file.id, file.type, file.arrived, turn]);
  return { address, error, again: () => setTurn(turn + 1) };
}
