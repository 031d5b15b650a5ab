"""One profile that was opened since the program began: its store, what a person can do in it, and its background."""

import threading
from collections.abc import Callable
from functools import cached_property
from typing import Any

from client import enrolment
from client.catalogue import fetch_catalogue
from client.desktop.agent import Agent, Outcome
from client.roads import Connect
from client.roads import connect as over_the_network
from client.store import Store
from client.transport import Unreachable
from client.work import Desk
from schemas.catalogue.model import City


class Opened:
    """`told` is called whenever something here changed, `step` as exchanges come further, `ended` with what each run of
    them came to."""

    def __init__(
        self,
        name: str,
        store: Store,
        connect: Connect | None,
        told: Callable[[], None],
        step: Callable[[], None],
        ended: Callable[["Opened", Outcome], None],
    ) -> None:
        self.name = name
        self.store = store
        self.told = told
        self._step = step
        self._connect = connect or over_the_network
        self._ended = ended
        self._asking = threading.Lock()
        self.agent = self._new_agent()

    @cached_property
    def desk(self) -> Desk:
        return Desk(self.store)

    def start(self) -> None:
        self.agent.start()

    def close(self) -> None:
        self.agent.stop()
        self.store.close()

    def serve(self, server: str) -> None:
        """From here on it speaks with that server."""
        if self.store.meta.get("server") != server:
            self.store.meta.set("server", server)
            self._begin_anew()

    def _begin_anew(self) -> None:
        self.agent.stop()
        self.agent = self._new_agent()
        self.agent.start()
        self.told()

    def ended(self, outcome: Outcome) -> None:
        """The server spoke, over a network or in a file: what came of it."""
        self._ended(self, outcome)

    def enrol(self, link: str) -> dict[str, Any]:
        """Come in by an invitation's link; the person. From here on it speaks with the link's server, and trusts the
        certificate that the link names."""
        person = enrolment.enrol(self.store, link, self._connect)
        self._begin_anew()
        return person

    def invitation(self, link: str) -> dict[str, Any]:
        """Whose account a link opens; nothing is used up."""
        return enrolment.look(self.store, link, self._connect)

    def city(self) -> City | None:
        """The catalogue held; fetched where there is none and the server can be reached, else None."""
        if self.store.meta.get("catalogue") is None:
            # Several parts of a screen ask at once: one of them goes, and the others find what it brought.
            with self._asking:
                if self.store.meta.get("catalogue") is None and self.store.meta.get("server") is not None:
                    try:
                        fetch_catalogue(self.store, self.agent.transport())
                    except Unreachable:
                        return None
        return self.desk.city if self.store.meta.get("catalogue") is not None else None

    def _new_agent(self) -> Agent:
        return Agent(self.store, self._connect, self._step, self.ended)
