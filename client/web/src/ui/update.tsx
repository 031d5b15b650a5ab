/** A new version is ready: said, and left to the person. It takes over at once only when they say so; else when the app
 * is next started. In the desktop window it is only said that there is one, until they have read it. */

import { useEffect, useState } from "preact/hooks";
import { onUpdate, takeOver } from "../update.ts";
import { useLive } from "./use_desk.ts";
import { say } from "./words.ts";

export function Update() {
  const [ready, setReady] = useState(false);
  useEffect(() => onUpdate(() => setReady(true)), []);
  const newer = useLive(desk => desk.status(), []).value?.newer ?? null;
  const [read, setRead] = useState<string | null>(null);
  if (newer !== null && newer !== read) {
    return (
      <div class="update no-print" role="status">
        <p>{say("update_there", { version: newer })}</p>
        <button type="button" class="link" onClick={() => setRead(newer)}>
          {say("update_later")}
        </button>
      </div>
    );
  }
  if (!ready) return null;
  return (
    <div class="update no-print" role="status">
      <p>{say("update_ready")}</p>
      <div>
        <button type="button" class="button small" onClick={takeOver}>
          {say("update_now")}
        </button>{" "}
        <button type="button" class="link" onClick={() => setReady(false)}>
          {say("update_later")}
        </button>
      </div>
    </div>
  );
}
