/** "Use a template": the city's texts, put in at the cursor of an answer that is being written. */

import { useId, useRef, useState } from "preact/hooks";
import type { Template } from "../../desk.ts";
import { say } from "../words.ts";
import { insertion } from "./insertion.ts";

interface Props {
  templates: readonly Template[];
  /** The id of the field that it goes into, and what that is called. */
  into: string;
  label: string;
  /** How many letters fit there. */
  most?: number | null;
}

export function Templates({ templates, into, label, most = null }: Props) {
  const box = useRef<HTMLDetailsElement>(null);
  const [told, setTold] = useState("");
  const id = useId();
  if (templates.length === 0) return null;
  const use = ({ title, text }: Template) => {
    const field = document.getElementById(into);
    if (!(field instanceof HTMLTextAreaElement)) return;
    // Where nobody has been in it, a browser has the cursor at the end.
    const { words, at } = insertion(field.value, field.selectionEnd, text);
    if (most !== null && field.value.length + words.length > most) {
      setTold(say("template_too_long", { title, n: most }));
      return;
    }
    field.setRangeText(words, at, at, "end");
    field.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertText" }));
    if (box.current) box.current.open = false;
    setTold(say("template_put_in", { title }));
    field.focus();
  };
  return (
    <div class="templates">
      <details ref={box}>
        <summary>
          {say("template_use")}
          <span class="unseen"> {label}</span>
        </summary>
        <ul>
          {templates.map((template, place) => (
            <li key={template.id}>
              <button type="button" onClick={() => use(template)} aria-describedby={`${id}-${place}`}>
                {template.title}
              </button>
              <p class="hint" id={`${id}-${place}`}>
                {template.text}
              </p>
            </li>
          ))}
        </ul>
      </details>
      <p class="hint" role="status">
        {told}
      </p>
    </div>
  );
}
