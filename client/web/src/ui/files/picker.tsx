/** The files of one document: taken with the camera, chosen, dropped or pasted, and taken away again. What is added is
 * on the disk before anything says so. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { FileState, Kept } from "../../desk.ts";
import type { LocalFile } from "../../device/files/manifest.ts";
import { photosLeft } from "../../device/files/space.ts";
import type { Document } from "../../schemas/catalogue.ts";
import { Banner } from "../banner.tsx";
import { useDesk, useLive } from "../use_desk.ts";
import { say } from "../words.ts";
import { Gallery } from "./gallery.tsx";
import { acceptOf, taken } from "./kinds.ts";
import type { Around } from "./state.ts";
import { type Taking, useTaking } from "./use_taking.ts";
import { whyNot } from "./why_not.ts";

export interface PickerProps {
  /** The case. */
  id: string;
  document: Document;
  files: readonly LocalFile[];
  states: ReadonlyMap<string, FileState>;
  around: Around;
  /** Resolves once it is on the disk. */
  onAdd: (kept: Kept) => Promise<void>;
  onRemove: (file: LocalFile) => Promise<void>;
  /** Told that files are on their way in (`taking`) or out, and when they no longer are. */
  onBusy?: (busy: boolean, taking: boolean) => void;
  /** The ids of what names and describes it. */
  labelledBy: string;
  describedBy?: string | undefined;
  /** Whether it has the page to itself, and what is pasted anywhere is for it. */
  alone?: boolean;
}

export function Picker(props: PickerProps) {
  const { id, document, files, states, around, labelledBy, describedBy, alone = false } = props;
  const desk = useDesk();
  const taking = useTaking(desk, props);
  const { value: status } = useLive(desk => desk.status(), []);
  const left = photosLeft(status?.free ?? null);
  const short = status?.full === true && left !== 0;
  const [over, setOver] = useState(false);
  usePasted(alone ? taking.take : null);
  useFocusKept(`file-${document.code}`, taking.busy !== null || taking.removed !== null);
  const full = files.length >= document.count_max;
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    taking.take([...(event.dataTransfer?.files ?? [])]);
  };
  const about = [`file-${document.code}-kinds`, describedBy].filter(Boolean).join(" ");
  return (
    <fieldset
      class={over ? "picker over" : "picker"}
      id={`file-${document.code}`}
      tabIndex={-1}
      aria-labelledby={labelledBy}
      aria-describedby={about}
      onDragOver={event => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      onPaste={alone ? undefined : event => taking.take([...(event.clipboardData?.files ?? [])])}
    >
      <p class="hint" id={`file-${document.code}-kinds`}>
        {taken(document)}
      </p>
      {files.length > 0 && (
        <Gallery
          id={id}
          files={files}
          states={states}
          around={around}
          label={say("file_list")}
          beside={(file, name) => (
            <button
              type="button"
              class="link"
              aria-label={say("file_remove_what", { name })}
              disabled={taking.busy !== null}
              onClick={() => taking.remove(file, name)}
            >
              {say("file_remove")}
            </button>
          )}
        />
      )}
      <Removed taking={taking} />
      <Refusals taking={taking} document={document} />
      {(short || left !== null) && !full && (
        <Banner kind="warn" role="status">
          <p>{short ? say("file_room_short") : say("file_room_low", { n: left ?? 0 })}</p>
        </Banner>
      )}
      {full ? (
        <p class="hint">{say("file_full", { n: files.length })}</p>
      ) : (
        <Ways document={document} taking={taking} lacks={document.required && files.length === 0} />
      )}
      <p class="unseen" role="status">
        {taking.busy ? say("file_keeping", { ...taking.busy }) : taking.said}
      </p>
    </fieldset>
  );
}

/** The buttons. The camera's is for what has one in the hand: elsewhere a browser would only open its list of files. */
function Ways({ document, taking, lacks }: { document: Document; taking: Taking; lacks: boolean }) {
  const camera = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLInputElement>(null);
  const { busy, take } = taking;
  const chosen = (event: { currentTarget: HTMLInputElement }) => {
    take([...(event.currentTarget.files ?? [])]);
    // So that the same file can be chosen once more.
    event.currentTarget.value = "";
  };
  const pictures = document.types.includes("image");
  const look = lacks ? "button" : "button secondary";
  return (
    <div class="picker-ways">
      {busy ? (
        <div class="picker-busy">
          <p aria-hidden="true">{say("file_keeping", { ...busy })}</p>
          <progress aria-label={say("file_progress")} max={busy.all} value={busy.n - 0.5} />
        </div>
      ) : (
        <>
          {pictures && (
            <button type="button" class={`${look} camera`} onClick={() => camera.current?.click()}>
              {say("file_take")}
            </button>
          )}
          <button
            type="button"
            class={pictures && lacks ? "button secondary instead" : look}
            id={`file-${document.code}-first`}
            onClick={() => list.current?.click()}
          >
            {say("file_choose")}
          </button>
          <p class="hint picker-drop">{say("file_drop")}</p>
        </>
      )}
      <input type="file" hidden accept="image/*" capture="environment" ref={camera} onChange={chosen} />
      <input
        type="file"
        hidden
        accept={acceptOf(document)}
        multiple={document.count_max > 1}
        ref={list}
        onChange={chosen}
      />
    </div>
  );
}

/** What was taken away, with the way back. The button that did it is gone, so the focus goes on here. */
function Removed({ taking: { removed, restore } }: { taking: Taking }) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (removed) button.current?.focus();
  }, [removed]);
  if (!removed) return null;
  return (
    <p class="file-removed">
      {say("file_removed", { name: removed.name })}{" "}
      <button
        type="button"
        class="link"
        ref={button}
        aria-label={say("file_undo_what", { name: removed.name })}
        onClick={restore}
      >
        {say("file_undo")}
      </button>
    </p>
  );
}

function Refusals({ taking: { refused }, document }: { taking: Taking; document: Document }) {
  if (!refused.length) return null;
  return (
    <div class="file-refusals" role="alert">
      <ul>
        {refused.map(({ name, error }, place) => (
          <li class="error-text" key={`${place}/${name}`}>
            {say("file_problem", { name, why: whyNot(error, document) })}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Milliseconds after a deed in which what it changed may still be on its way to the screen. */
const SETTLES = 3_000;

/** A button that did something may be gone once it is done; the way goes on from here all the same. `under`: that something
 * is under way, or can be undone. */
function useFocusKept(id: string, under: boolean): void {
  const last = useRef(0);
  useEffect(() => {
    if (under) last.current = Date.now();
    if (under || Date.now() - last.current > SETTLES || document.activeElement !== document.body) return;
    (document.getElementById(`${id}-first`) ?? document.getElementById(id))?.focus();
  });
}

function usePasted(take: ((files: File[]) => void) | null): void {
  const latest = useRef(take);
  latest.current = take;
  useEffect(() => {
    const paste = (event: ClipboardEvent) => latest.current?.([...(event.clipboardData?.files ?? [])]);
    window.addEventListener("paste", paste);
    return () => window.removeEventListener("paste", paste);
  }, []);
}
