/** Language, theme and size of letters: each holds at once. */

import { useEffect } from "preact/hooks";
import { type Preferences, prefer, usePreferences } from "../preferences.ts";
import { Segments } from "../segments.tsx";
import { say } from "../words.ts";

type Named = {
  [K in keyof Preferences]: { name: K; options: { value: Preferences[K]; words: string; lang?: string }[] };
};

// The app is drawn anew in the other language; whoever chose it goes on where they were.
let chosen: keyof Preferences | null = null;

export function Liking() {
  useEffect(() => {
    if (chosen === null) return;
    const name = chosen;
    chosen = null;
    // After the heading of the new screen took the focus.
    const waiting = setTimeout(() =>
      document.querySelector<HTMLElement>(`input[name="like-${name}"]:checked`)?.focus(),
    );
    return () => clearTimeout(waiting);
  }, []);
  return (
    <section aria-labelledby="like-head">
      <h2 id="like-head">{say("like_head")}</h2>
      <Pick
        name="language"
        options={[
          { value: "id", words: "Indonesia", lang: "id" },
          { value: "en", words: "English", lang: "en" },
        ]}
      />
      <Pick
        name="theme"
        options={[
          { value: "auto", words: say("like_auto") },
          { value: "light", words: say("like_light") },
          { value: "dark", words: say("like_dark") },
        ]}
      />
      <Pick
        name="size"
        options={[
          { value: "normal", words: say("like_normal") },
          { value: "large", words: say("like_large") },
          { value: "largest", words: say("like_largest") },
        ]}
      />
    </section>
  );
}

function Pick<K extends keyof Preferences>({ name, options }: Named[K]) {
  const preferences = usePreferences();
  const choose = (value: Preferences[K]) => {
    if (name === "language") chosen = name;
    void prefer({ [name]: value });
  };
  return (
    <Segments
      name={`like-${name}`}
      legend={say(`like_${name}`)}
      options={options}
      value={preferences[name]}
      onChoose={choose}
    />
  );
}
