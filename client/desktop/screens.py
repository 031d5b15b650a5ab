"""The built web app's files, as the window loads them."""

import mimetypes
import re
from pathlib import Path
from typing import Final

from sync.errors import NotFound

DIST: Final = Path(__file__).parents[1] / "web" / "dist"

HASHED: Final = re.compile(r"^assets/[\w.-]*-[0-9A-Za-z]{8,}\.[\w.]+$")
FOREVER: Final = "private, max-age=31536000, immutable"
"""For a file whose name changes with its content."""

_TYPES: Final = {".js": "text/javascript", ".css": "text/css", ".webmanifest": "application/manifest+json"}
"""On Windows the registry says what files are, and it may say anything."""
_SEGMENT: Final = re.compile(r"[\w-][\w.-]*")
_LEFT_OUT: Final = {"sw.js", "offline.html", "build.json", "robots.txt"}
"""The window has its own store: a service worker would keep a second copy of the app, and start an old one."""


def headers(tiles: list[str]) -> dict[str, str]:
    """What the page may do. `tiles`: origins of the maps of cities that this computer works for.

    No Cross-Origin-Opener-Policy: WebKit begins another process for a page that has one, 0.15 s before anything is
    seen. It would keep a page that opened this one from its window; whoever opens it from outside has no session, and
    is given a problem instead of the page.
    """
    policy = (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        " ".join(["img-src 'self' data: blob:", *tiles]),
        "connect-src 'self'",
        "font-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
    return {
        "Content-Security-Policy": "; ".join(policy),
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "geolocation=(self), camera=(self), microphone=(), payment=(), usb=()",
        # A server of map tiles wants to know which site asks; the address of a port on this computer tells it nothing.
        "Referrer-Policy": "strict-origin-when-cross-origin",
    }


def page(folder: Path = DIST) -> bytes:
    """index.html, told that it stands in the window. `NotFound` where the app was not built."""
    try:
        text = (folder / "index.html").read_text("utf-8")
    except OSError:
        raise NotFound("the screens were not built; run `make web`, or install a wheel that has them") from None
    text = text.replace("<html ", '<html data-desk="desktop" ', 1)
    # What the page says before the app has come is for phones; here it comes at once.
    text = re.sub(r'(<main class="narrow">).*?(</main>)', r"\1\2", text, count=1, flags=re.DOTALL)
    text = re.sub(r"<title>.*?</title>", "<title>Tenggat</title>", text, count=1)
    # The city's server is not this one, and the bridge has the catalogue.
    return re.sub(r'\s*<link rel="(?:preload|manifest)"[^>]*>', "", text).encode()


def file(path: str, folder: Path = DIST) -> tuple[bytes, str, str | None]:
    """A file of the app by the path it is asked for: content, type, and how long it is good. `NotFound` for whatever is
    not one, wherever it may lead."""
    parts = path.split("/")
    if not all(_SEGMENT.fullmatch(part) for part in parts) or path in _LEFT_OUT:
        raise NotFound("there is nothing at this address")
    found = folder.joinpath(*parts)
    try:
        content = found.read_bytes()
    except OSError:
        raise NotFound("there is nothing at this address") from None
    media = _TYPES.get(found.suffix) or mimetypes.guess_type(found.name)[0] or "application/octet-stream"
    return content, media, FOREVER if HASHED.match(path) else None
