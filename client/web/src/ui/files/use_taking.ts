/** Files being taken in, one after the other, and taken away: what is under way, what was refused, what can be undone. */

import { useRef, useState } from "preact/hooks";
import type { Desk, Kept } from "../../desk.ts";
import type { LocalFile } from "../../device/files/manifest.ts";
import { TenggatError } from "../../sync/errors.ts";
import { codeOf } from "../errors.ts";
import { say } from "../words.ts";
import type { PickerProps } from "./picker.tsx";

export interface Taking {
  busy: { name: string; n: number; all: number } | null;
  refused: readonly { name: string; error: unknown }[];
  removed: { file: LocalFile; name: string } | null;
  /** What happened last, for a screen reader. */
  said: string;
  take: (chosen: readonly File[]) => void;
  remove: (file: LocalFile, name: string) => void;
  restore: () => void;
}

type Asked = Pick<PickerProps, "document" | "files" | "onAdd" | "onRemove" | "onBusy">;

export function useTaking(desk: Desk, { document, files, onAdd, onRemove, onBusy }: Asked): Taking {
  const [busy, setBusy] = useState<Taking["busy"]>(null);
  const [refused, setRefused] = useState<Taking["refused"]>([]);
  const [removed, setRemoved] = useState<Taking["removed"]>(null);
  const [said, setSaid] = useState("");
  const under = useRef(false);
  /** What was chosen and is not taken in yet: more may be dropped while one is being made small. */
  const chosen = useRef<File[]>([]);

  /** One deed at a time; `deed` gives what to say of it. `name`: of the file that it is about, where it is not about those
   * that were chosen. */
  const alone = async (deed: () => Promise<string>, name?: string) => {
    if (under.current) return;
    under.current = true;
    onBusy?.(true, name === undefined);
    setSaid("");
    setRefused([]);
    try {
      setSaid(await deed());
    } catch (error) {
      setRefused([{ name: name ?? "", error }]);
    } finally {
      under.current = false;
      onBusy?.(false, name === undefined);
      setBusy(null);
    }
    if (chosen.current.length) void alone(takeAll);
  };

  const takeAll = async () => {
    const { types, max_mb, count_max } = document;
    const there = new Set(files.map(file => file.sha256));
    const failed: { name: string; error: unknown }[] = [];
    const added: string[] = [];
    let n = 0;
    for (let file = chosen.current.shift(); file; file = chosen.current.shift()) {
      n += 1;
      const name = file.name || say("file_photo_n", { n: there.size + 1 });
      setBusy({ name, n, all: n + chosen.current.length });
      try {
        if (files.length + added.length >= count_max) throw new TenggatError("too_many", "there are as many as fit");
        const kept = await desk.keep_file(file, types, max_mb);
        if (there.has(kept.sha256)) throw new TenggatError("same", "it is here already");
        await onAdd(kept);
        there.add(kept.sha256);
        added.push(name);
      } catch (error) {
        failed.push({ name, error });
        // Where there is no room for one, there is none for the next; and what is too much is said once.
        if (["storage_full", "too_many"].includes(codeOf(error))) chosen.current = [];
      }
    }
    setRefused(failed);
    if (added.length === 1) return say("file_added", { name: added[0] ?? "" });
    return added.length ? say("file_added_many", { n: added.length }) : "";
  };

  return {
    busy,
    refused,
    removed,
    said,
    take: files => {
      if (!files.length) return;
      setRemoved(null);
      chosen.current.push(...files);
      void alone(takeAll);
    },
    remove: (file, name) =>
      void alone(async () => {
        await onRemove(file);
        setRemoved({ file, name });
        return say("file_removed", { name });
      }, name),
    restore: () => {
      if (!removed) return;
      const { file, name } = removed;
      void alone(async () => {
        await onAdd(keptOf(file));
        setRemoved(null);
        return say("file_restored", { name });
      }, name);
    },
  };
}

/** What an attachment was made from. */
function keptOf({ sha256, size, type, name, taken, place, accuracy }: LocalFile): Kept {
  return {
    sha256,
    size,
    type,
    name: name ?? "",
    taken: taken ?? null,
    place: place ?? null,
    accuracy: accuracy ?? null,
  };
}
