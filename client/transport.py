"""The network, and nothing else: what goes out, what comes back, and every way it can fail as one of ours.

A response is received whole into a spooled file before anything of it is stored, so a slow network never holds
the store's transaction open. It stays in memory but for what no page of records comes near: the disk of a lost laptop
must not tell what its locked store keeps.
"""

import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from io import IOBase
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import requests

from client.pinning import Pinning
from client.troubles import NotOurServer, Unreachable, portal, proxy_trouble, reason, trouble_of
from sync.codec import MEDIA, Readable, deflate
from sync.errors import from_problem

__all__ = ["Answer", "HttpTransport", "NotOurServer", "Progress", "Reply", "Transport", "Unreachable", "silent"]

TIMEOUT = (10, 60)
"""Seconds to connect, and between two bytes of an answer."""

SPOOL = 64 * 1024 * 1024
"""Bytes of a body that are kept in memory: a page of 5,000 records has one, compressed."""

Progress = Callable[[str, int, int | None], None]
"""Told of what is under way: a word (`sending`, `receiving`, `storing`; of photos and documents `uploading` and
`fetching`), bytes done, bytes in all where known; and, as `file`, which file of how many comes next."""


def silent(_what: str, _done: int, _all: int | None) -> None:
    """No progress to show."""


@dataclass(frozen=True)
class Reply:
    """A response to an exchange, received as far as it came."""

    body: Readable
    encoding: str

    def close(self) -> None:
        """Let go of the body: beyond a few megabytes it is a file on the disk."""
        if isinstance(self.body, IOBase | tempfile.SpooledTemporaryFile):
            self.body.close()


@dataclass(frozen=True)
class Answer:
    """An answer whose meaning is in its status and headers, as those about files are. Header names are lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    problem: Mapping[str, Any] | None = None
    """The server's own refusal (RFC 9457)."""


class Body(Protocol):
    """Bytes that are read as they are sent. `len` is how many there are."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Any: ...

    def read(self, size: int = -1) -> bytes: ...


class Transport(Protocol):
    """What the engine needs of a network; the simulation has its own."""

    def exchange(self, token: str, lines: Iterable[bytes], progress: Progress) -> Reply: ...

    def catalogue(self, version: str | None) -> bytes | None: ...

    def call(self, method: str, path: str, body: Any = None, token: str | None = None) -> Any: ...

    def ask(self, method: str, path: str, headers: Mapping[str, str], body: Body | None = None) -> Answer: ...

    def fetch(
        self,
        path: str,
        headers: Mapping[str, str],
        into: BinaryIO,
        progress: Progress,
        method: str = "GET",
        body: Body | None = None,
    ) -> Answer: ...


class HttpTransport:
    """HTTP to one server. `verify`: a file of certificates, in PEM, that are trusted instead of the system's.
    `proxies`: by scheme, as requests takes them; what is not in it is as the environment says, "" is none."""

    def __init__(
        self,
        server: str,
        app: str = "tenggat",
        *,
        verify: Path | None = None,
        proxies: Mapping[str, str] | None = None,
    ) -> None:
        self.server = server.rstrip("/")
        self._verify = verify
        self._proxies = dict(proxies or {})
        self._http = requests.Session()
        self._http.headers.clear()  # every byte is paid for out of a prepaid bundle
        self._http.headers["User-Agent"] = app
        # Or requests would put a password that lies in ~/.netrc for this host in the place of the token.
        self._http.auth = _as_it_is
        if verify is not None:
            self._http.mount("https://", Pinning())

    def exchange(self, token: str, lines: Iterable[bytes], progress: Progress = silent) -> Reply:
        """One POST. Raises `Unreachable`, `NotOurServer`, or whatever the server's problem body stands for."""
        with tempfile.SpooledTemporaryFile(SPOOL) as body:
            for chunk in deflate(lines, "zstd"):
                body.write(chunk)
            size = body.tell()
            body.seek(0)
            progress("sending", 0, size)
            response = self._ask(
                "POST",
                "/api/v1/sync",
                data=body,
                stream=True,
                headers={
                    "Authorization": f"Bearer {token}",
                    "Content-Type": MEDIA,
                    "Content-Encoding": "zstd",
                    "Content-Length": str(size),
                    "Accept-Encoding": "zstd, gzip",
                },
            )
        with response:
            _refuse(response, MEDIA)
            return Reply(_receive(response, progress), response.headers.get("Content-Encoding", "identity"))

    def catalogue(self, version: str | None) -> bytes | None:
        """The city's catalogue; None where the server's is still this version."""
        headers = {"Accept-Encoding": "gzip"}
        if version:
            headers["If-None-Match"] = f'"{version}"'
        response = self._ask("GET", "/api/v1/catalogue", headers=headers)
        if response.status_code == 304:
            return None
        _refuse(response, "application/json")
        return response.content

    def call(self, method: str, path: str, body: Any = None, token: str | None = None) -> Any:
        """A plain JSON call: what came back, or None where nothing did."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        response = self._ask(method, path, json=body, headers=headers)
        if response.status_code == 204:
            return None
        _refuse(response, "application/json")
        try:
            return response.json()
        except ValueError:
            raise portal("its answer cannot be read") from None

    def ask(self, method: str, path: str, headers: Mapping[str, str], body: Body | None = None) -> Answer:
        """A request about files: what was answered, whatever it was. Raises `Unreachable`."""
        response = self._ask(method, path, headers=dict(headers), data=body)
        return Answer(response.status_code, _lower(response), _problem(response))

    def fetch(
        self,
        path: str,
        headers: Mapping[str, str],
        into: BinaryIO,
        progress: Progress = silent,
        method: str = "GET",
        body: Body | None = None,
    ) -> Answer:
        """Get bytes, written `into` as they come: also those of an answer that breaks off then (`Unreachable`)."""
        response = self._ask(method, path, headers=dict(headers), stream=True, data=body)
        with response:
            media = response.headers.get("Content-Type", "")
            if response.status_code not in (200, 206) or media.startswith("text/html"):
                return Answer(response.status_code, _lower(response), _problem(response))
            if response.status_code == 200:
                into.seek(0)
                into.truncate()
            elif not response.headers.get("Content-Range", "").startswith(f"bytes {into.tell()}-"):
                raise NotOurServer("another part of the file came than was asked for")
            length = response.headers.get("Content-Length", "")
            total = into.tell() + int(length) if length.isdigit() else None
            try:
                for chunk in response.raw.stream(64 * 1024, decode_content=False):
                    into.write(chunk)
                    progress("fetching", into.tell(), total)
            except OSError:
                raise
            except Exception as error:
                # urllib3 has a family of its own for broken streams.
                raise Unreachable(f"the connection broke: {reason(error)}") from None
            return Answer(response.status_code, _lower(response))

    def _ask(self, method: str, path: str, **options: Any) -> requests.Response:
        try:
            response = self._http.request(
                method,
                self.server + path,
                timeout=TIMEOUT,
                # A redirect would only ever come from something between us and the server.
                allow_redirects=False,
                # Said with every request: of a session, the environment's certificates and proxies come first.
                verify=str(self._verify) if self._verify else True,
                proxies=dict(self._proxies),
                **options,
            )
        except (requests.RequestException, OSError) as error:
            raise trouble_of(error, self.server, pinned=self._verify is not None) from None
        if response.status_code in _IN_BETWEEN:
            response.close()
            if response.status_code == 407:
                raise proxy_trouble("it asks for a name and a password")
            raise portal("511, it wants somebody to sign in first")
        return response


_IN_BETWEEN = {407, 511}
"""Answers that no server of ours gives: of a proxy, and of a network that asks to sign in (RFC 6585, section 6)."""


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _receive(response: requests.Response, progress: Progress) -> Readable:
    """The body as it came over the wire, still compressed. One that breaks off is given out as far as it came:
    what became of the commands can still be read from it."""
    spool = tempfile.SpooledTemporaryFile(SPOOL)  # noqa: SIM115 - the reader closes it by dropping it
    length = response.headers.get("Content-Length")
    total = int(length) if length and length.isdigit() else None
    try:
        for chunk in response.raw.stream(64 * 1024, decode_content=False):
            spool.write(chunk)
            progress("receiving", spool.tell(), total)
    except Exception as error:
        # urllib3 has a family of its own for broken streams; all of them mean the same here.
        if not spool.tell():
            spool.close()
            raise Unreachable("the connection broke before the answer came") from error
    spool.seek(0)
    return spool


def _lower(response: requests.Response) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}


def _problem(response: requests.Response) -> dict[str, Any] | None:
    if response.headers.get("Content-Type", "").partition(";")[0].strip() != "application/problem+json":
        return None
    try:
        body = response.json()
    except requests.JSONDecodeError:
        return None
    except requests.RequestException as error:
        # A refusal that broke off half way: the body of a streamed answer is only read here.
        raise Unreachable(f"the connection broke: {reason(error)}") from None
    return body if isinstance(body, dict) else None


def _refuse(response: requests.Response, expected: str) -> None:
    media = response.headers.get("Content-Type", "").partition(";")[0].strip()
    if (problem := _problem(response)) is not None:
        raise from_problem(problem)
    if response.status_code >= 500 or response.status_code == 429:
        raise Unreachable(f"the server answered {response.status_code}")
    if response.status_code not in (200, 201) or media != expected:
        raise portal(f"{response.status_code} {media or 'nothing'}")
