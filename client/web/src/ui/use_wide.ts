/** Whether there is room for a list and a case side by side; the same width as in styles/screens.css. */

import { useEffect, useState } from "preact/hooks";

const WIDE = "(min-width: 68rem)";

export function useWide(): boolean {
  const [wide, setWide] = useState(() => matchMedia(WIDE).matches);
  useEffect(() => {
    const query = matchMedia(WIDE);
    const listen = () => setWide(query.matches);
    listen();
    query.addEventListener("change", listen);
    return () => query.removeEventListener("change", listen);
  }, []);
  return wide;
}
