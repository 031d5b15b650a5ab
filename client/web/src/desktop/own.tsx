/** What the page about this device and whose it is has besides, in the window. */

import { OwnLock } from "./own_lock.tsx";
import { OwnServer } from "./own_server.tsx";

export function Own() {
  return (
    <>
      <OwnLock />
      <OwnServer />
    </>
  );
}
