"""What was not received, as a file to carry to another device: for the day on which this one finds no network any more,
or is to be thrown away. The browser's rescue (`client/web/src/device/rescue.ts`) writes the same;
`client/bundles/adopting.py` takes either in.

Writing the file freezes what goes into it, as if it had been sent: from then on a command may reach the server from two
places, and the same key must never carry two texts.
"""

import json
from typing import Final

from client.store import Store

FORMAT: Final = "tenggat-outbox"
VERSION: Final = 1


def export_outbox(store: Store) -> bytes:
    """All that has not been received."""
    exported = store.stamp()
    with store.transaction():
        entries = [
            {
                "instance": store.outbox.identity(entry.instance),
                "seq": entry.seq,
                "state": entry.state.value,
                "queued_at": entry.queued_at,
                "line": entry.line.decode("utf-8", "replace"),
                "result": entry.result,
            }
            for entry in store.outbox.freeze(exported)
        ]
        person, token = store.meta.get("person"), store.meta.get("token")
        told = {
            "person": person and {"id": person["id"], "name": person["name"], "kind": person.get("kind", "guest")},
            # A guest's only: nothing else leads to a guest's cases. An account has its password.
            **({"token": token} if store.meta.get("guest") and token else {}),
            "instances": store.outbox.instances(),
            # Their bytes stay on this device, and it must send them itself.
            "files_left": store.files.unsent()[0],
            "entries": entries,
        }
    file = {"format": FORMAT, "version": VERSION, "exported": exported, "server": store.meta.get("server") or ""} | told
    return (json.dumps(file, ensure_ascii=False, indent=1) + "\n").encode()
