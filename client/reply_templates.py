"""The texts that an officer may answer with: fetched beside the catalogue, kept here, at hand with no network.

They help, and nothing waits for them: what goes wrong with fetching them is left for the next time.
"""

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any, Final

import msgspec

from client.store import Store
from client.transport import Transport, silent
from sync.decoding import convert, decoder
from sync.errors import TenggatError

ROUTE: Final = "/api/v1/templates"

HELD: Final = "templates"
"""What the server gave, as it came."""
ASKED: Final = "templates_asked"
"""When it was last asked, by this device's clock."""

EVERY: Final = timedelta(hours=1)
"""Between two questions: each costs some hundred bytes of a prepaid bundle."""


class Template(msgspec.Struct, frozen=True):
    """One text. `services` and `actions` are codes; none are all."""

    id: str
    title: str
    text: str
    services: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()

    def fits(self, service: str, action: str) -> bool:
        return (not self.services or service in self.services) and (not self.actions or action in self.actions)


class _Held(msgspec.Struct, frozen=True):
    version: str
    templates: tuple[Template, ...]


def refresh(store: Store, transport: Transport) -> None:
    """Fetch them where this device is an officer's, and did not ask within the last hour."""
    person, token = store.meta.get("person") or {}, store.meta.get("token")
    now = store.clock()
    if person.get("kind") != "staff" or token is None or not _is_time(store.meta.get(ASKED), now):
        return
    held = store.meta.get(HELD) or {}
    headers = {"Authorization": f"Bearer {token}"}
    if version := held.get("version"):
        headers["If-None-Match"] = f'"{version}"'
    into = BytesIO()
    try:
        answer = transport.fetch(ROUTE, headers, into, silent)
        found = _read(into.getvalue()) if answer.status == 200 else None
    except (TenggatError, OSError):
        return
    if answer.status >= 500 or (answer.status == 200 and found is None):
        return
    with store.transaction():
        # A server of before there were any says that there is no such page: asked again in an hour, as any other.
        store.meta.set(ASKED, store.stamp())
        if found is not None:
            store.meta.set(HELD, found)


def fitting(store: Store, service: str, action: str) -> list[Template]:
    """Those for this action of this service, by title."""
    found = _decoded(store.meta.get(HELD))
    return [one for one in found.templates if one.fits(service, action)] if found else []


def _is_time(asked: str | None, now: datetime) -> bool:
    try:
        last = datetime.fromisoformat(asked or "")
    except ValueError:
        return True
    # A clock that was set back must not wait for its old future.
    return not last <= now < last + EVERY


def _read(body: bytes) -> dict[str, Any] | None:
    """What came, if it is what it should be: a page of somebody in between is not kept."""
    try:
        decoder(_Held).decode(body)
        found: dict[str, Any] = msgspec.json.decode(body)
    except msgspec.MsgspecError:
        return None
    return found


def _decoded(held: Any) -> _Held | None:
    try:
        return convert(held, _Held) if held else None
    except msgspec.ValidationError:
        return None
