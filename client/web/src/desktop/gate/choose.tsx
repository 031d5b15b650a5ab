/** Who of the people of this computer it is. */

import { Screen } from "../../ui/screen.tsx";
import { say } from "../../ui/words.ts";
import type { Profile } from "../gate.ts";

interface Props {
  profiles: Profile[];
  onChoose: (profile: Profile) => void;
  onAdd: () => void;
}

export function Choose({ profiles, onChoose, onAdd }: Props) {
  return (
    <Screen title={say("gate_title")}>
      <p>{say("gate_title_what")}</p>
      <ul class="people" aria-label={say("gate_people")}>
        {profiles.map(profile => (
          <li key={profile.name}>
            <button type="button" class="person" onClick={() => onChoose(profile)}>
              <span class="initial" aria-hidden="true">
                {[...profile.title][0]?.toUpperCase()}
              </span>
              <span>{profile.title}</span>
            </button>
          </li>
        ))}
      </ul>
      <button type="button" class="button secondary" onClick={onAdd}>
        {say("gate_add")}
      </button>
    </Screen>
  );
}
