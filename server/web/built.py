"""The built app in front of everything else: what is asked for and lies in its folder is a file, the rest is Flask's.

WhiteNoise does the serving: the smallest coding that lies beside a file, ranges, 304. It keeps the list of files as
they were when it looked, so it is made anew whenever the app was: `make web` needs no restart.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from wsgiref.headers import Headers

from whitenoise import WhiteNoise

from server.web import policy
from server.web.programs import told_by

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

EXTENSION: Final = "tenggat.web"

HASHED: Final = re.compile(r"^/assets/[\w.-]*-[0-9A-Za-z]{8,}\.[\w.]+$")

_TYPES: Final = {".webmanifest": "application/manifest+json", ".map": "application/json"}


class BuiltApp:
    """A WSGI application: the app's files, with `inner` for all other addresses. `headers` go on every file."""

    def __init__(self, inner: "WSGIApplication", folder: Path | None, headers: Mapping[str, str]) -> None:
        self._inner = inner
        self._folder = folder
        self._headers = headers
        self._made: int | None = None
        self._files = WhiteNoise(inner)
        self._told: dict[str, Any] = {}

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> "Iterable[bytes]":
        path = environ.get("PATH_INFO", "")
        if path.startswith("/api/"):
            return self._inner(environ, start_response)
        self._look()
        if path in self._files.files:
            # A proxy that touched the body marks the tag as weak; the file is the same one.
            if tag := environ.get("HTTP_IF_NONE_MATCH"):
                environ["HTTP_IF_NONE_MATCH"] = tag.strip().removeprefix("W/")
            if environ.get("wsgi.url_scheme") == "https":
                start_response = _over_tls(start_response)
        found: Iterable[bytes] = self._files(environ, start_response)
        return found

    @property
    def pages_css(self) -> str | None:
        """The path of the style sheet for pages without JavaScript; None where the app was not built."""
        self._look()
        found = self._told.get("pages_css")
        return f"/{found}" if isinstance(found, str) else None

    @property
    def version(self) -> str | None:
        """The version of the app as it was built; None where it was not."""
        self._look()
        found = self._told.get("version")
        return found if isinstance(found, str) else None

    def _look(self) -> None:
        """Take in the folder where it has changed. `build.json` is the last file that a build writes."""
        told = self._folder / "build.json" if self._folder else None
        made = told.stat().st_mtime_ns if told and told.is_file() else None
        if made == self._made:
            return
        self._told = told_by(told) if told and made is not None else {}
        self._files = WhiteNoise(
            self._inner,
            str(self._folder) if made is not None else None,
            max_age=None,
            # Nobody else's page has any business with these.
            allow_all_origins=False,
            index_file=True,
            mimetypes=_TYPES,
            add_headers_function=self._describe,
        )
        self._made = made

    def _describe(self, headers: Headers, path: str, url: str) -> None:
        for name, value in self._headers.items():
            headers[name] = value
        if url == "/":
            headers["Referrer-Policy"] = policy.APP_PAGE_REFERRER
        headers["Cache-Control"] = policy.FOREVER if HASHED.match(url) else policy.ASK_FIRST
        # Of the content: by time and size, as WhiteNoise has it, two versions of index.html would be one where an
        # image was built with all times alike, since a hash in it is as long as the one before.
        headers["ETag"] = f'"{hashlib.sha256(Path(path).read_bytes()).hexdigest()[:32]}"'


def _over_tls(start_response: "StartResponse") -> "StartResponse":
    def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        return start_response(status, [*headers, policy.SECURE_ONLY], exc_info)

    return start
