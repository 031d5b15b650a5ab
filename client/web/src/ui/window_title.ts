/** The window's title: that of the screen that came last. Once it is gone, the one beneath it names the window again. */

import { useLayoutEffect, useRef } from "preact/hooks";

interface Shown {
  title: string | null;
}

const shown: Shown[] = [];

/** `null`: a screen that leaves the window's name to others. */
export function useWindowTitle(title: string | null): void {
  const mine = useRef<Shown>({ title });
  mine.current.title = title;
  useLayoutEffect(() => {
    const entry = mine.current;
    shown.push(entry);
    return () => {
      shown.splice(shown.indexOf(entry), 1);
      tell();
    };
  }, []);
  useLayoutEffect(tell, [title]);
}

function tell(): void {
  const title = [...shown].reverse().find(screen => screen.title !== null)?.title;
  if (title) document.title = `${title} – Tenggat`;
}
