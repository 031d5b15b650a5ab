/** This device's time, looked at again every so often: for what is said of it in words. */

import { useEffect, useState } from "preact/hooks";

export function useNow(milliseconds: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const ticking = setInterval(() => setNow(Date.now()), milliseconds);
    return () => clearInterval(ticking);
  }, [milliseconds]);
  return now;
}
