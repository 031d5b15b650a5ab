"""What the gate's page may do: its deeds by name, each with what it takes."""

import threading
from collections.abc import Callable
from typing import Annotated, Any, Final

import msgspec

from client.desktop.door import Door, same
from client.desktop.gate import Gate
from client.desktop.problems import NoEntry
from sync.errors import Malformed

Secret = Annotated[str, msgspec.Meta(max_length=1_000)]
Name = Annotated[str, msgspec.Meta(max_length=200)]


class _Make(msgspec.Struct):
    title: Name
    secret: Secret
    server: Annotated[str, msgspec.Meta(max_length=2_000)] | None = None
    link: Annotated[str, msgspec.Meta(max_length=4_000)] | None = None


class _Open(msgspec.Struct):
    profile: Name
    secret: Secret = ""


class _Recover(msgspec.Struct):
    profile: Name
    code: Secret
    secret: Secret


class _Change(msgspec.Struct):
    old: Secret
    secret: Secret


class _NewCode(msgspec.Struct):
    secret: Secret


class _Serve(msgspec.Struct):
    server: Annotated[str, msgspec.Meta(max_length=2_000)] | None = None
    link: Annotated[str, msgspec.Meta(max_length=4_000)] | None = None


class Shown(msgspec.Struct):
    """Which profile another program of this user would have shown."""

    profile: Name | None = None


class Window:
    """What `GET /gate` and all else is asked of. `quit` ends the program; `show` brings its window to the front."""

    def __init__(
        self,
        door: Door,
        gate: Gate,
        quit_: Callable[[], None],
        show: Callable[[], None] = lambda: None,
        key: str | None = None,
    ) -> None:
        self.door, self.gate, self._quit, self._show, self._key = door, gate, quit_, show, key
        self.came = threading.Event()
        """The page was handed out."""

    def standing(self) -> dict[str, Any]:
        return self.gate.standing()

    def make(self, given: _Make) -> dict[str, str]:
        return {"recovery": self.gate.make(given.title, given.secret, given.server, given.link)}

    def open(self, given: _Open) -> None:
        self.gate.open(given.profile, given.secret)

    def recover(self, given: _Recover) -> dict[str, str]:
        return {"recovery": self.gate.recover(given.profile, given.code, given.secret)}

    def change(self, given: _Change) -> None:
        self.gate.change(given.old, given.secret)

    def new_code(self, given: _NewCode) -> dict[str, str]:
        return {"recovery": self.gate.new_code(given.secret)}

    def serve(self, given: _Serve) -> None:
        if given.link is not None:
            self.gate.enrol(given.link)
        elif given.server is not None:
            self.gate.serve(given.server)
        else:
            raise Malformed("“serve” takes a server or a link")

    def prefer(self, given: dict[str, Any]) -> None:
        self.gate.prefer(given)

    def lock(self, _: dict[str, Any]) -> None:
        self.gate.lock()

    def awake(self, _: dict[str, Any]) -> None:
        self.gate.awake()

    def quit(self, _: dict[str, Any]) -> None:
        self._quit()

    def show(self, key: str, given: "Shown") -> None:
        """Another program of the same user asks for the window. `NoEntry` where its key is not ours."""
        if self._key is None or not same(self._key, key):
            raise NoEntry("this key is not valid")
        self.gate.offer(given.profile)
        self._show()


DEEDS: Final[dict[str, Any]] = {
    "make": _Make, "open": _Open, "recover": _Recover, "change": _Change, "new_code": _NewCode, "serve": _Serve,
    "prefer": dict[str, Any],
    "lock": dict[str, Any], "awake": dict[str, Any], "quit": dict[str, Any],
}  # fmt: skip
