/** Putting the app on the home screen: it then opens like any other, with no address to remember. */

import { useEffect, useState } from "preact/hooks";
import { install, installing, onInstall } from "../../install.ts";
import { say } from "../words.ts";

export function Installing() {
  const [way, setWay] = useState(installing);
  useEffect(() => onInstall(() => setWay(installing())), []);
  return (
    <section>
      <h2>{say("install_head")}</h2>
      <p role="status">{say(`install_${way}`)}</p>
      {way === "offer" && (
        <button type="button" class="button secondary" onClick={() => void install()}>
          {say("install_do")}
        </button>
      )}
    </section>
  );
}
