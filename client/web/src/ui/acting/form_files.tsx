/** The files of one document that comes with an action. They are part of what is half typed until it is done. */

import { attachOf, type LocalFile } from "../../device/files/manifest.ts";
import { newId } from "../../device/ids.ts";
import type { Document } from "../../schemas/catalogue.ts";
import type { Attach } from "../../sync/messages.ts";
import { aroundOf } from "../files/around.ts";
import { Picker } from "../files/picker.tsx";
import { useFiles } from "../files/use_files.ts";
import type { CaseHere } from "../use_case.ts";
import { say, tell } from "../words.ts";

interface Props {
  here: CaseHere;
  document: Document;
  /** All that is attached to the action. */
  attached: readonly Attach[];
  bad: boolean;
  /** Resolves once it is on the disk. */
  onAttach: (change: (now: readonly Attach[]) => Attach[]) => Promise<void>;
  onBusy: (busy: boolean) => void;
}

export function FormFiles({ here, document, attached, bad, onAttach, onBusy }: Props) {
  const { picture } = here;
  const states = useFiles(picture.id);
  const files = attached
    .filter(one => one.document === document.code)
    .map((one): LocalFile => ({ ...one, arrived: null, waiting: true }));
  const id = `file-${document.code}`;
  const described = [document.help && `${id}-hint`, bad && `${id}-problem`].filter(Boolean).join(" ");
  return (
    <div class={bad ? "field bad" : "field"}>
      <p class="label" id={`${id}-label`}>
        {document.required ? tell(document.label) : `${tell(document.label)} ${say("optional")}`}
      </p>
      {document.help && (
        <p class="hint" id={`${id}-hint`}>
          {tell(document.help)}
        </p>
      )}
      {bad && (
        <p class="error-text" id={`${id}-problem`}>
          {say("file_missing")}
        </p>
      )}
      <Picker
        id={picture.id}
        document={document}
        files={files}
        states={states}
        // Nothing of it waits for a network before it is done.
        around={{ ...aroundOf(here), draft: true }}
        labelledBy={`${id}-label`}
        describedBy={described || undefined}
        onAdd={kept => onAttach(now => [...now, attachOf(newId(), document.code, kept)])}
        onBusy={onBusy}
        onRemove={file => onAttach(now => now.filter(one => one.id !== file.id))}
      />
    </div>
  );
}
