"""How this device stands, for an admin who asked: counts, versions, codes and times (schemas/diagnosis.py).

Nothing that anybody typed, no name, no number of a case, no path of this machine.
"""

import platform
from collections import Counter
from typing import Any, Final

from client.status import skew
from client.store import Store
from client.transport import Transport
from sync.errors import TenggatError
from sync.outbox import WAITING, State

ROUTE: Final = "/api/v1/diagnoses"
MOST: Final = 50
"""Refusals that are told of."""


def tell(store: Store, transport: Transport) -> bool:
    """Send the report; whether it arrived. Where it did not, the server asks again."""
    try:
        transport.call("POST", ROUTE, report(store), store.meta.get("token"))
    except TenggatError:
        return False
    store.meta.set("diagnose", None)
    return True


def report(store: Store) -> dict[str, Any]:
    """The report, as it is sent; what is not known is None."""
    with store.reading():
        meta = store.meta.get
        entries = store.outbox.entries()
        _, size, oldest = store.outbox.waiting()
        refused = [entry for entry in entries if entry.state is State.REFUSED][-MOST:]
        error = meta("last_error") or [None, None, None]
        uploads = store.files.uploads()
        return {
            "app": store.app,
            "platform": f"{platform.system()} {platform.release()} {platform.machine()}"[:120],
            "protocol": store.protocol,
            "clock": store.stamp(),
            "skew": skew(meta("last_success"), meta("last_success_here")),
            **{name: meta(name) for name in ("epoch", "catalogue", "promises")},
            "cursor": meta("cursor") is not None,
            "snapshot": bool(meta("snapshot")),
            "instances": len(store.outbox.instances()),
            "records": store.records.count(),
            "conflicts": store.records.conflicts(),
            "mended": meta("mended") or 0,
            "outbox": Counter(str(entry.state) for entry in entries),
            "waiting": Counter(entry.kind for entry in entries if entry.state in WAITING),
            "oldest": oldest,
            "bytes": size,
            "refused": [_told(entry.kind, entry.result or {}) for entry in refused],
            "files": {
                "waiting": sum(1 for upload in uploads if upload.unsent and not upload.refused),
                "refused": sum(1 for upload in uploads if upload.refused),
            },
            "free": store.blobs.free(),
            "failed": meta("failed") or 0,
            "trouble": error[0],
            "trouble_at": error[2],
            "ended": meta("last_success"),
            "ended_here": meta("last_success_here"),
            "upgrade": bool(meta("upgrade")),
        }


def _told(kind: str, result: dict[str, Any]) -> dict[str, Any]:
    return {"kind": kind, "status": result.get("status"), "code": result.get("code")}
