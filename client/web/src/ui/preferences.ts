/** How this person likes the screen: language, theme, size of letters. Kept beside the store, because they are needed
 * before it is open and are worth nothing to anybody else. */

import { useEffect, useState } from "preact/hooks";
import type { Language } from "../schemas/text.ts";
import { speak } from "./words.ts";

export interface Preferences {
  language: Language;
  theme: "auto" | "light" | "dark";
  size: "normal" | "large" | "largest";
}

const KEY = "tenggat.preferences";
const DEFAULTS: Preferences = { language: "id", theme: "auto", size: "normal" };
const listeners = new Set<() => void>();

export function preferences(): Preferences {
  try {
    return { ...DEFAULTS, ...JSON.parse(localStorage.getItem(KEY) ?? "{}") };
  } catch {
    // A browser that forbids local storage, or a damaged value: the defaults will do.
    return DEFAULTS;
  }
}

export async function prefer(change: Partial<Preferences>): Promise<void> {
  const chosen = { ...preferences(), ...change };
  try {
    localStorage.setItem(KEY, JSON.stringify(chosen));
  } catch {
    // It then holds until the window is closed.
  }
  await show(chosen);
  for (const tell of listeners) tell();
}

/** Told whenever they change; gives back how to stop listening. */
export function watchPreferences(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Make the page look and speak as chosen. */
export async function show(chosen: Preferences): Promise<void> {
  const { dataset } = document.documentElement;
  if (chosen.theme === "auto") delete dataset.theme;
  else dataset.theme = chosen.theme;
  dataset.size = chosen.size;
  await speak(chosen.language);
}

/** The preferences, with the screen drawn anew when they change. */
export function usePreferences(): Preferences {
  const [held, hold] = useState(preferences);
  useEffect(() => watchPreferences(() => hold(preferences())), []);
  return held;
}
