"""A server's address as people write it."""

from typing import Final
from urllib.parse import urlsplit

LOCAL: Final = {"localhost", "127.0.0.1", "::1"}


def is_open(address: str) -> bool:
    """Whether others on the way can read what is sent there, passwords too: plain http to another computer. How its
    name ends is no sign: in a café's network anybody answers for `.local`."""
    parts = urlsplit(address)
    return parts.scheme == "http" and parts.hostname not in LOCAL


def address_of(text: str) -> str | None:
    """With its scheme, https unless it is this computer, and without a slash at its end; None where it is none."""
    text = text.strip()
    local = text.split("/")[0].rpartition(":")[0] in LOCAL or text.split("/")[0] in LOCAL
    url = text if "://" in text else f"{'http' if local else 'https'}://{text}"
    try:
        parts = urlsplit(url)
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound or " " in url or parts.query or parts.fragment or parts.username:
        return None
    return url.rstrip("/")
