"""Who may see what is here: the profiles of this computer, which of them the window shows, and what opens them.

A profile that was opened goes on syncing until the program ends; being shut only takes it off the screen.
"""

import importlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from client import plain_http
from client.address import address_of, is_open
from client.desktop import laid
from client.desktop.changes import Changes
from client.desktop.problems import Locked
from client.desktop.remembered import Remembered
from client.store import Store
from client.vault import Profiles, uptime
from client.vault.refusals import WeakPassphrase, WeakPin
from schemas.form_problems import REQUIRED, Problem
from schemas.text import Text
from sync import __version__
from sync.errors import Conflict, Invalid

if TYPE_CHECKING:
    # All that a profile needs and the gate's page does not is loaded while somebody types a PIN.
    from client.desktop.agent import Outcome
    from client.desktop.opened import Opened
    from client.roads import Connect

IDLE: Final = 15 * 60.0
"""Seconds without anybody in front of the window until it is shut; a computer's sleep among them."""


class Gate:
    """`ended` is called with what each run of exchanges of any profile came to."""

    def __init__(
        self,
        profiles: Profiles,
        remembered: Remembered,
        connect: "Connect | None" = None,
        ended: "Callable[[Opened, Outcome], None]" = lambda *_: None,
        now: Callable[[], float] = uptime,
    ) -> None:
        self.profiles = profiles
        self.remembered = remembered
        self.changes = Changes(self._probe)
        self._connect, self._ended, self._now = connect, ended, now
        self._opened: dict[str, Opened] = {}
        self._shown: Opened | None = None
        self._seen = now()
        self._offered: str | None = None
        self._deeds = threading.RLock()
        laid.clear_all(profiles.home)

    # What the screens ask.

    def standing(self) -> dict[str, Any]:
        """`Standing` of client/web/src/desktop/gate.ts."""
        shown = self.shown()
        known = self.remembered.get()
        found = self.profiles.all()
        titles = {profile.name: profile.title for profile in found}
        return {
            "open": self._about(shown, titles.get(shown.name, shown.name)) if shown else None,
            "profiles": [
                {
                    "name": one.name,
                    "title": one.title,
                    "kind": one.kind,
                    "wait": one.wait,
                    "wiped": self._wiped(one.name),
                }
                for one in found
            ],
            "offered": self._offered if self._offered in titles else None,
            "kind": self.profiles.kind,
            "server": self._known(),
            "version": __version__,
            "preferences": known["preferences"],
        }

    def _about(self, opened: "Opened", title: str) -> dict[str, Any]:
        return {"profile": opened.name, "title": title, "server": opened.store.meta.get("server")}

    def desk(self) -> "Opened":
        """The profile that is open. `Locked` where none is."""
        if (shown := self.shown()) is None:
            raise Locked
        return shown

    def shown(self) -> "Opened | None":
        with self._deeds:
            if self._shown is not None and self._now() - self._seen > IDLE:
                self._show(None)
            return self._shown

    def awake(self) -> None:
        """Somebody is in front of the window."""
        if self.shown() is not None:
            self._seen = self._now()

    # What is done at the gate.

    def make(self, title: str, secret: str, server: str | None, link: str | None = None) -> str:
        """A new profile, open; its recovery code. With an invitation's link it is that person's; where the link opens
        nothing no profile is made, and the same may be handed in again with another."""
        if not title.strip():
            raise Invalid(
                "a profile needs a name",
                problems={"title": REQUIRED},
                text=Text("Tulis nama untuk profil ini.", "Write a name for this profile."),
            )
        address = self._address(server) if server else self._known()
        with _by_field():
            made = self.profiles.make(title, secret)
        store = self.profiles.open(made.name, made.key)
        try:
            if link:
                importlib.import_module("client.desktop.joining").join(store, link, self._connect)
            elif address:
                store.meta.set("server", address)
        except BaseException:
            store.close()
            self.profiles.forget(made.name)
            raise
        self._remember(store)
        with self._deeds:
            opened = self._begin(made.name, store)
            opened.start()
            self._show(opened)
        return made.recovery or ""

    def enrol(self, link: str) -> None:
        """The open profile comes in by an invitation's link."""
        opened = self.desk()
        opened.enrol(link)
        self._remember(opened.store)
        self.changes.ring()

    def _remember(self, store: Store) -> None:
        if server := store.meta.get("server"):
            self.remembered.put(server=server)

    def open(self, name: str, secret: str) -> None:
        """`WrongSecret`, `TooSoon`, and what else keeps a vault from opening. A plain profile needs no secret."""
        self._open(name, self.profiles.unlock(name, secret) if self.profiles.get(name).locked else None)

    def recover(self, name: str, code: str, secret: str) -> str:
        """Open with the recovery code under a new secret; the next code."""
        with _by_field():
            key, fresh = self.profiles.recover(name, code, secret)
        self._open(name, key)
        return fresh

    def change(self, old: str, secret: str) -> None:
        with _by_field():
            self.profiles.change(self.desk().name, old, secret)

    def new_code(self, secret: str) -> str:
        """Another recovery code for the open profile, in the place of one that was lost or seen by others."""
        return self.profiles.new_code(self.desk().name, secret)

    def lock(self) -> None:
        with self._deeds:
            self._show(None)

    def serve(self, server: str) -> None:
        """Tell the open profile which city's server it is for. A profile stays with its server: what waits in it was
        written for that city."""
        opened = self.desk()
        address = self._address(server, opened.store)
        store, held = opened.store, opened.store.meta.get("server")
        busy = store.records.count() or store.outbox.entries() or store.meta.get("person")
        if held not in (None, address) and busy:
            raise Conflict(
                f"this profile works with {held}",
                name=held,
                text=Text(
                    f"Profil ini bekerja dengan {held}. Buat profil baru untuk server lain.",
                    f"This profile works with {held}. Make a new profile for another server.",
                ),
            )
        opened.serve(address)
        self.remembered.put(server=address)

    def offer(self, name: str | None) -> None:
        """Which profile is to be offered first; where another one is shown, it is shut."""
        self._offered = name
        if name is not None and self._shown is not None and self._shown.name != name:
            self.lock()
        self.changes.ring()

    def see_map(self, opened: "Opened") -> None:
        """The page may draw the city's map from the next time on that it is loaded: what it may do is said before
        anybody has opened a profile."""
        city = opened.city()
        if city is not None and city.map is not None:
            self.remembered.see_tiles(city.map.origin)

    def prefer(self, preferences: dict[str, Any]) -> None:
        self.remembered.put(preferences=preferences)

    def close(self) -> None:
        """The program ends."""
        self.changes.close()
        with self._deeds:
            self._shown = None
            for opened in self._opened.values():
                opened.agent.stop(timeout=0)
            for opened in self._opened.values():
                opened.close()
            self._opened.clear()

    def rest(self) -> None:
        """This thread gives back what it holds open of profiles that are not shown: there may be many of both."""
        for opened in self.all_opened():
            if opened is not self._shown:
                opened.store.rest()

    def all_opened(self) -> "list[Opened]":
        """Those that sync in the background."""
        return list(self._opened.values())

    def _open(self, name: str, key: bytes | None) -> None:
        with self._deeds:
            opened = self._opened.get(name)
            if opened is None:
                opened = self._begin(name, self.profiles.open(name, key))
                opened.start()
            # Whoever was handing a file over saw the gate since.
            laid.clear(laid.folder_of(opened.store.path))
            self._show(opened)

    def _begin(self, name: str, store: Store) -> "Opened":
        from client.desktop.opened import Opened

        changes = self.changes
        opened = self._opened[name] = Opened(name, store, self._connect, changes.ring, changes.step, self._after)
        return opened

    def _show(self, opened: "Opened | None") -> None:
        self._shown = opened
        self._seen = self._now()
        self.changes.ring()

    def _after(self, opened: "Opened", outcome: "Outcome") -> None:
        if getattr(outcome, "wiped", False):
            # Nothing is left to work on: the gate says what became of it.
            with self._deeds:
                if self._shown is opened:
                    self._show(None)
        self._ended(opened, outcome)
        self.changes.ring()

    def _probe(self) -> object:
        self.rest()
        shown = self._shown
        return (shown.name, shown.store.changed()) if shown else None

    def _wiped(self, name: str) -> str | None:
        opened = self._opened.get(name)
        return opened.store.meta.get("wiped") if opened else None

    def _known(self) -> str | None:
        """The server that was used last, unless it is one that each profile has to say yes to."""
        known: str | None = self.remembered.get()["server"]
        return None if known is None or is_open(known) else known

    def _address(self, text: str, store: Store | None = None) -> str:
        """`store`: of a profile that may have taken it unencrypted before, on the command line."""
        address = address_of(text)
        if address is None:
            raise Invalid(
                "this is no server's address",
                problems={"server": Problem("bad_server", _BAD_SERVER)},
                text=_BAD_SERVER,
            )
        if store is not None:
            plain_http.refuse(store, address)
        elif is_open(address):
            raise Invalid(
                "this server's address is not encrypted",
                problems={"server": Problem(plain_http.PlainHttp.code, plain_http.NO_PROFILE_YET)},
                text=plain_http.NO_PROFILE_YET,
            )
        return address


_BAD_SERVER: Final = Text(
    "Alamat server itu tidak dapat dipakai. Contoh: https://layanan.example.id",
    "This cannot be a server's address. An example: https://layanan.example.id",
)


@contextmanager
def _by_field() -> Iterator[None]:
    """A secret that is too weak is told where it was typed, as all that is typed into a form is."""
    try:
        yield
    except (WeakPin, WeakPassphrase) as weak:
        text = weak.extra["text"]
        raise Invalid(weak.detail, problems={"secret": Problem(weak.code, text)}, text=text) from None
