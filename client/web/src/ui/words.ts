/** The words on the screens, in the person's language. Texts that a city writes (labels, stages) come with both. */

import { setupI18n } from "@lingui/core";
import type { Language, Text } from "../schemas/text.ts";
import type desktop from "../words/id/desktop.json";
import indonesian from "../words/id/index.ts";
import type later from "../words/later.ts";

export type Word = keyof typeof indonesian | keyof typeof later | keyof typeof desktop;

// The build compiled each message (build/words.mjs); the type that JSON has here is that of the file.
type Compiled = Parameters<ReturnType<typeof setupI18n>["load"]>[1];
const compiled = (messages: unknown) => messages as Compiled;

const i18n = setupI18n({ locale: "id", messages: { id: compiled(indonesian) } });

const otherwise: { [L in Language]?: object } = {};

function load(language: Language, messages: object): void {
  i18n.load(language, compiled({ ...messages, ...otherwise[language] }));
}

/** More Indonesian words, of a part of the app that was loaded just now. */
export function learn(messages: object): void {
  load("id", messages);
}

/** Words of where this runs, which hold whatever else is loaded before or after. */
export function sayOtherwise(language: Language, messages: object): void {
  otherwise[language] = messages;
  load(language, {});
}

export function language(): Language {
  return i18n.locale as Language;
}

/** Speak this language from here on; English is fetched when it is first asked for. */
export async function speak(chosen: Language): Promise<void> {
  if (chosen === "en") load("en", (await import("../words/en/index.ts")).default);
  i18n.activate(chosen);
  document.documentElement.lang = chosen;
}

export function say(word: Word, values?: Record<string, string | number>): string {
  return i18n._(word, values);
}

/** A word that may not be there, such as one for an error code that a later server sends. */
export function sayIfKnown(word: string, values?: Record<string, string | number>): string | null {
  return word in i18n.messages ? i18n._(word, values) : null;
}

/** A city's text in the person's language. */
export function tell(text: Text): string {
  return text[language()];
}
