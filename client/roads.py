"""How a profile reaches its server: which certificates it trusts and which proxy it goes through."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from client import trust
from client.store import Store
from client.transport import HttpTransport, Transport

DIRECT: Final = "none"
"""In the place of a proxy's address: none, whatever the environment says."""


@dataclass(frozen=True)
class Road:
    """`verify`: a file of certificates that are trusted instead of the system's. `proxy`: an address, or `none`; None
    is whatever the environment says (`HTTPS_PROXY` and so on)."""

    verify: Path | None = None
    proxy: str | None = None

    @property
    def proxies(self) -> dict[str, str]:
        """As requests takes them."""
        if self.proxy is None:
            return {}
        address = "" if self.proxy == DIRECT else self.proxy
        return {"http": address, "https": address}


Connect = Callable[[str, Road], Transport]
"""Makes the transport to a server by a road."""


def connect(server: str, road: Road) -> Transport:
    """Over the real network."""
    return HttpTransport(server, verify=road.verify, proxies=road.proxies)


def road_of(store: Store) -> Road:
    """As this profile was told to go."""
    return Road(trust.file_of(store), store.meta.get("proxy"))


def proxy_of(text: str) -> str | None:
    """A proxy's address as people write it, or `none`; None where it is neither. A name and a password may stand in
    it. http and https only: what else requests knows needs a library that is not here."""
    text = text.strip()
    if text.lower() == DIRECT:
        return DIRECT
    url = text if "://" in text else f"http://{text}"
    try:
        parts = urlsplit(url)
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    if not sound or " " in url or parts.query or parts.fragment or parts.path.strip("/"):
        return None
    return url.rstrip("/")


def shown(proxy: str) -> str:
    """A proxy's address without the password in it."""
    parts = urlsplit(proxy)
    if not parts.password:
        return proxy
    return proxy.replace(f":{parts.password}@", ":…@", 1)
