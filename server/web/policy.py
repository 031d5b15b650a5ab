"""What a browser may do on our pages: headers, and why each is what it is."""

from typing import Final

from schemas.catalogue.model import City

YEAR: Final = 365 * 24 * 60 * 60
"""Seconds."""

SECURE_ONLY: Final = ("Strict-Transport-Security", f"max-age={YEAR}")
"""Said only over https: whoever tries the server out on plain http must be able to go on."""

FOREVER: Final = f"public, max-age={YEAR}, immutable"
"""For a file whose name changes with its content."""

ASK_FIRST: Final = "no-cache"
"""Kept, but used only after the server said that it is still the same: so a new version is found the next time."""


def app_headers(city: City) -> dict[str, str]:
    """For the app, whose page talks to this server and draws the city's map."""
    tiles = f" {city.map.origin}" if city.map else ""
    policy = (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        # data: and blob: are photos that a device has not sent yet.
        f"img-src 'self' data: blob:{tiles}",
        "connect-src 'self'",
        "font-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
    return {
        "Content-Security-Policy": "; ".join(policy),
        "X-Content-Type-Options": "nosniff",
        "Permissions-Policy": "geolocation=(self), camera=(self), microphone=(), payment=(), usb=()",
        "Referrer-Policy": "no-referrer",
    }


APP_PAGE_REFERRER: Final = "strict-origin-when-cross-origin"
"""A server of map tiles wants to know which site asks, and refuses who does not say. It is told the origin and no
more, and what comes after `#`, where the app keeps its place, is never in a referrer at all."""

PAGE_HEADERS: Final = {
    # Nothing on them could connect to anything; but who looks at a page for a search engine asks for /robots.txt in its
    # name, and would be told that it may not.
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=(), payment=(), usb=()",
    # An address may hold a tracking code.
    "Referrer-Policy": "no-referrer",
    # Not no-store: where a form could not be sent for lack of a network, going back must show what was typed.
    "Cache-Control": "private, no-cache",
}
"""For the pages that need no JavaScript, and may have none."""
