"""Sending and fetching files over the wire: tus 1.0.0 (https://tus.io) as the city's server speaks it, and downloads.

Each function is one request. A refusal that is about the file comes out as `Refused`; what is about the network, the
session or the server as a whole comes out as in any other request, since then the next file would fare no better.
"""

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

from client.transport import Answer, NotOurServer, Progress, Transport, Unreachable, silent
from client.troubles import portal
from sync.errors import Busy, NotSignedIn, TenggatError, TooMany, from_problem

UPLOADS: Final = "/api/v1/uploads"
PIECE: Final = 512 * 1024
"""Most bytes in one request. What is typed meanwhile goes out between two of them; and behind a proxy that takes a
request in whole before it hands it on, a cut costs one of them."""

_VERSION = {"Tus-Resumable": "1.0.0"}

_OF_THE_RUN = {kind.code for kind in (NotSignedIn, Busy, TooMany)}
"""Refusals that the next file would meet as well."""


class Refused(TenggatError):
    """The server has something against this file, or this upload of it: `why` is its word code."""

    code = "file_refused"

    def __init__(self, detail: str, why: str = "refused", answered: int = 400, **extra: Any) -> None:
        super().__init__(detail, **extra)
        self.why = why
        self.answered = answered

    @property
    def words(self) -> dict[str, str]:
        """The server's own, by language."""
        said = self.extra.get("text")
        return {k: str(v) for k, v in said.items()} if isinstance(said, Mapping) else {}


class ServerFull(TenggatError):
    """The server has no room for files now."""

    code = "server_full"
    status = 507


@dataclass(frozen=True)
class Stand:
    """An upload at the server: where it is, and how many bytes are there."""

    url: str
    offset: int


def create(transport: Transport, token: str, case: str, attachment: str, size: int) -> Stand:
    """Begin an upload. It is whole at once where the server has these bytes from this person already."""
    metadata = f"case {_base64(case)},attachment {_base64(attachment)}"
    headers = _headers(token) | {"Upload-Length": str(size), "Upload-Metadata": metadata}
    answer = _ours(transport.ask("POST", UPLOADS, headers))
    url = _own_path(transport, answer.headers.get("location", ""))
    if answer.status != 201 or url is None:
        raise NotOurServer(f"an upload was answered with {answer.status} and no address")
    return Stand(url, _number(answer, "upload-offset") if "upload-offset" in answer.headers else 0)


def stands_at(transport: Transport, token: str, url: str) -> int:
    """How many bytes of it the server has; the last ones are verified now where they were not."""
    # Of a HEAD's refusal only the status comes back: there is no body for the reason.
    answer = _ours(transport.ask("HEAD", url, _headers(token)))
    if answer.status == 401:
        raise NotSignedIn("this device is not signed in")
    if answer.status == 429 or answer.status >= 500:
        raise Unreachable(f"the server answered {answer.status}")
    if answer.status >= 400:
        raise Refused("this upload is over", "ended", answer.status)
    return _number(answer, "upload-offset")


def send(transport: Transport, token: str, url: str, body: "Rest") -> int:
    """Send bytes from where the upload stands; how many the server has then. The last ones are verified at once."""
    headers = _headers(token) | {
        "Upload-Offset": str(body.begin),
        "Content-Type": "application/offset+octet-stream",
        "Content-Length": str(len(body)),
    }
    answer = _ours(transport.ask("PATCH", url, headers, body))
    return _number(answer, "upload-offset")


def get(transport: Transport, token: str, path: str, into: BinaryIO, tag: str, progress: Progress = silent) -> None:
    """Fetch bytes to the end of `into`: those that are there already are not asked for again."""
    begin = into.seek(0, 2)
    headers = {"Authorization": f"Bearer {token}"}
    if begin:
        headers |= {"Range": f"bytes={begin}-", "If-Range": f'"{tag}"'}
    answer = transport.fetch(path, headers, into, progress)
    if answer.status == 416:
        return  # all of it is there
    if answer.status not in (200, 206) or answer.headers.get("content-type", "").startswith("text/html"):
        _raise(answer)


class Rest:
    """The bytes of a file from `begin` on, `size` of them at most, read as they are sent."""

    def __init__(self, file: BinaryIO, begin: int, end: int, told: Progress, whole: int) -> None:
        file.seek(begin)
        self.begin = begin
        self._file, self._at, self._end, self._told, self._whole = file, begin, end, told, whole

    def __len__(self) -> int:
        return self._end - self.begin

    def __iter__(self) -> Iterator[bytes]:
        while piece := self.read(16 * 1024):
            yield piece

    def read(self, size: int = -1) -> bytes:
        left = self._end - self._at
        piece = self._file.read(left if size < 0 else min(size, left))
        self._at += len(piece)
        self._told("uploading", self._at, self._whole)
        return piece


def _headers(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} | _VERSION


def _ours(answer: Answer) -> Answer:
    """An answer of a tus server. Whatever else answers does not name the version: a Wi-Fi's sign-in page, a proxy."""
    if answer.problem is not None or (answer.status >= 400 and answer.headers.get("tus-resumable") is None):
        _raise(answer)
    if answer.headers.get("tus-resumable") is None or 300 <= answer.status < 400:
        raise _stranger(answer)
    return answer


def _raise(answer: Answer) -> None:
    if (problem := answer.problem) is not None:
        code = str(problem.get("code") or "refused")
        detail = str(problem.get("detail") or problem.get("title") or "refused")
        if answer.status == 507:
            raise ServerFull(detail, retry_after=problem.get("retry_after"))
        if code in _OF_THE_RUN:
            raise from_problem(problem)
        if answer.status >= 500:
            raise Unreachable(f"the server answered {answer.status}: {detail}")
        raise Refused(detail, code, answer.status, text=problem.get("text"), offset=problem.get("offset"))
    if answer.status >= 500 or answer.status == 429:
        raise Unreachable(f"the server answered {answer.status}")
    raise _stranger(answer)


def _stranger(answer: Answer) -> NotOurServer:
    return portal(str(answer.status))


def _own_path(transport: Transport, location: str) -> str | None:
    """The path of an upload. One that lies elsewhere is never asked: the token would go there."""
    server = getattr(transport, "server", "")
    if server and location.startswith(server):
        location = location[len(server) :]
    return location if location.startswith(f"{UPLOADS}/") else None


def _number(answer: Answer, name: str) -> int:
    text = answer.headers.get(name, "")
    if not text.isdecimal():
        raise NotOurServer(f"the answer has no {name}")
    return int(text)


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
