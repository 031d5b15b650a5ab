"""A new profile that comes in by an invitation's link, before anybody sees it."""

from client import enrolment
from client.roads import Connect
from client.roads import connect as over_the_network
from client.store import Store
from client.troubles import Unreachable


def join(store: Store, link: str, connect: Connect | None) -> None:
    """Raises what `enrolment.look` does: then nothing was used up, and the store may go."""
    connect = connect or over_the_network
    found = enrolment.look(store, link, connect)
    try:
        enrolment.enrol(store, link, connect)
    except Unreachable:
        # The link is good, and perhaps used up by now: only this store can ask again, so it has to stay.
        store.meta.set("server", found["server"])
