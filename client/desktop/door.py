"""Who may speak with this server: one window, which was handed a key that works once.

Other people of this computer and pages in their browsers can reach 127.0.0.1 too. So the address must be the very one
(a page that had its name led here says another), the cookie must be the window's, and whatever changes something must
carry a header that no other page may send without asking first.
"""

import hmac
import secrets
from collections.abc import Callable
from typing import Final

from client.desktop.problems import NoEntry

HEADER: Final = "desk"
"""What `X-Tenggat` must say."""
KEYS: Final = 8
"""Keys that were handed out and not used: the oldest is forgotten first."""


class Door:
    """`port`: where the server listens."""

    def __init__(self, port: int, mint: Callable[[], str] = lambda: secrets.token_urlsafe(32)) -> None:
        self.host = f"127.0.0.1:{port}"
        self.origin = f"http://{self.host}"
        # A cookie does not know ports: another program's on 127.0.0.1 must not be in ours' place.
        self.cookie = f"tenggat-{port}"
        self._mint = mint
        self._keys: list[str] = []
        self._sessions: list[str] = []

    def key(self) -> str:
        """A key that lets one window in, once."""
        made = self._mint()
        self._keys = [*self._keys[1 - KEYS :], made]
        return made

    def address(self) -> str:
        """What a window is to be opened with."""
        return f"{self.origin}/enter?key={self.key()}"

    def enter(self, key: str) -> str:
        """The session that a key is changed for. `NoEntry` where it is not one, or was used."""
        found = next((held for held in self._keys if same(held, key)), None)
        if found is None:
            raise NoEntry("this key is not valid, or was used already")
        self._keys.remove(found)
        session = self._mint()
        self._sessions.append(session)
        return session

    def check_host(self, host: str, site: str | None) -> None:
        """Of every request. `site`: Sec-Fetch-Site, where the browser says it."""
        if host != self.host:
            raise NoEntry("this server goes by another address")
        if site not in (None, "none", "same-origin"):
            raise NoEntry("another page asked")

    def check_session(self, cookie: str | None) -> None:
        if cookie is None or not any(same(session, cookie) for session in self._sessions):
            raise NoEntry("this is not the window; start `tenggat` to open one")

    def check_deed(self, header: str | None, origin: str | None) -> None:
        """Of every request that may change something."""
        if header != HEADER:
            raise NoEntry(f"X-Tenggat: {HEADER} is missing")
        if origin is not None and origin != self.origin:
            raise NoEntry("another page asked")


def same(held: str, given: str) -> bool:
    """Without telling by the time it takes how much of it was right."""
    return hmac.compare_digest(held.encode(), given.encode("utf-8", "replace"))
