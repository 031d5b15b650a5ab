"""The catalogue fetched before the first exchange: a device that nobody signed in on can already show what there is."""

from client.store import Store
from client.transport import Transport, Unreachable
from schemas.catalogue.model import City, version_of


def fetch_catalogue(store: Store, transport: Transport) -> None:
    """Hold the city's catalogue, as it is now. `Unreachable` where it did not come, or cannot be read."""
    body = transport.catalogue(store.meta.get("catalogue"))
    if body is None:
        return
    version = version_of(body)
    if version != (store.meta.get("server_catalogue") or version):
        raise Unreachable("the catalogue did not come whole")
    try:
        # Read before it is kept: one that this program cannot read would stay, and leave it without any.
        text = body.decode()
        City.from_json(text)
    except ValueError:
        raise Unreachable("the catalogue cannot be read; a newer version of this program may be needed") from None
    with store.transaction():
        store.meta.set("catalogue_json", text)
        store.meta.set("catalogue", version)
