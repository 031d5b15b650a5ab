/** One file at full size, over the page. It closes by its button, by Escape, and by going back as phones do. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { LocalFile } from "../../device/files/manifest.ts";
import { codeOf, explained } from "../errors.ts";
import { say } from "../words.ts";
import { fileName, isPicture } from "./naming.ts";
import { Thumbnail } from "./thumbnail.tsx";
import { useOriginal } from "./use_original.ts";

interface Props {
  /** The case. */
  id: string;
  files: readonly LocalFile[];
  /** Which of them, from 0. */
  at: number;
  onTurn: (at: number) => void;
  onClose: () => void;
}

export function Viewer({ id, files, at, onTurn, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const close = useOver(dialog, onClose);
  const [full, setFull] = useState(false);
  const file = files[at];
  if (!file) return null;
  const name = fileName(file, at);
  const turn = (by: number) => {
    const next = at + by;
    if (next < 0 || next >= files.length) return;
    setFull(false);
    onTurn(next);
  };
  const keys = (event: KeyboardEvent) => {
    if (full) return;
    if (event.key === "ArrowRight") turn(1);
    if (event.key === "ArrowLeft") turn(-1);
  };
  return (
    <dialog class="viewer" ref={dialog} aria-labelledby="viewer-name" onClose={close} onKeyDown={keys}>
      <header>
        <h2 id="viewer-name" aria-live="polite">
          {say("viewer", { n: at + 1, all: files.length, name })}
        </h2>
        <button type="button" class="button secondary small" onClick={close}>
          {say("viewer_close")}
        </button>
      </header>
      <Shown key={file.id} id={id} file={file} name={name} full={full} onFull={() => setFull(!full)} />
      {files.length > 1 && (
        <footer>
          <button type="button" class="button secondary small" disabled={at === 0} onClick={() => turn(-1)}>
            {say("viewer_before")}
          </button>
          <button
            type="button"
            class="button secondary small"
            disabled={at === files.length - 1}
            onClick={() => turn(1)}
          >
            {say("viewer_next")}
          </button>
        </footer>
      )}
    </dialog>
  );
}

interface ShownProps {
  id: string;
  file: LocalFile;
  name: string;
  full: boolean;
  onFull: () => void;
}

function Shown({ id, file, name, full, onFull }: ShownProps) {
  const { address, error, again } = useOriginal(id, file);
  const [broken, setBroken] = useState(false);
  const picture = isPicture(file) && !broken;
  return (
    <>
      {/* What scrolls must be reached by keyboard too. */}
      <div class={full ? "stage full" : "stage"} tabIndex={full ? 0 : undefined}>
        {address && picture ? (
          <img src={address} alt={name} onError={() => setBroken(true)} />
        ) : (
          <div class="stage-words">
            <Thumbnail id={id} file={file} />
            <Words file={file} address={address} error={error} broken={broken} />
          </div>
        )}
      </div>
      <div class="viewer-deeds">
        {error !== null && (
          <button type="button" class="button small" onClick={again}>
            {say("try_again")}
          </button>
        )}
        {address && picture && (
          <button type="button" class="button secondary small" aria-pressed={full} onClick={onFull}>
            {say(full ? "viewer_fit" : "viewer_full")}
          </button>
        )}
        {address && !isPicture(file) && (
          <a class="button small" href={address} target="_blank" rel="noopener">
            {say("viewer_open")}
          </a>
        )}
        {address && (
          <a class="button secondary small" href={address} download={name}>
            {say("viewer_save")}
          </a>
        )}
      </div>
    </>
  );
}

interface WordsProps {
  file: LocalFile;
  address: string | null;
  error: unknown;
  broken: boolean;
}

function Words({ file, address, error, broken }: WordsProps) {
  if (error !== null) return <p role="alert">{whyNot(error)}</p>;
  if (broken) return <p role="alert">{say("viewer_broken")}</p>;
  if (address) return isPicture(file) ? null : <p>{say("viewer_pdf")}</p>;
  return (
    <>
      <p role="status">{say("viewer_fetching")}</p>
      <progress aria-label={say("viewer_fetching")} />
    </>
  );
}

function whyNot(error: unknown): string {
  const code = codeOf(error);
  if (code === "unreachable") return say("viewer_unreachable");
  return code === "not_arrived" ? say("viewer_not_arrived") : explained(error);
}

/** Over the page until it is closed, however that is done. */
function useOver(dialog: { readonly current: HTMLDialogElement | null }, onClose: () => void): () => void {
  const over = useRef(false);
  useEffect(() => {
    over.current = true;
    dialog.current?.showModal();
    // Going back then closes it, and leaves the page that it lies over.
    history.pushState({ ...history.state, viewer: true }, "");
    const back = () => {
      over.current = false;
      // Closed rather than only taken away, so that the focus goes back to where it was.
      dialog.current?.close();
      onClose();
    };
    window.addEventListener("popstate", back);
    return () => window.removeEventListener("popstate", back);
    // Once: whoever asks again is still the same page.
  }, []);
  return () => {
    if (!over.current) return;
    over.current = false;
    history.back();
  };
}
