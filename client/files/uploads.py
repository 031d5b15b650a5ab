"""Sends what this device has attached, smallest first, each from where it was broken off.

One file's trouble is noted with it and never stops the others; the network's ends the run, and the timer comes again.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from client.files import wire
from client.files.refusals import OF_CODES
from client.files.wire import PIECE, Refused, Rest
from client.store import Store
from client.store.files import Upload, smallest_first
from client.transport import NotOurServer, Progress, Transport, silent
from sync.errors import NotSignedIn

MAX_TRIES = 3
"""Times that a file's bytes may come to the server as others before somebody is asked to look."""


@dataclass
class Sent:
    """What a run sent."""

    files: int = 0
    bytes: int = 0
    refused: list[Upload] = field(default_factory=list)
    """As they were before; what is wrong with them now is with them in the store."""


class Uploads:
    """`between` is called whenever a request is over and another one would follow: what was typed meanwhile must not
    wait for photos."""

    def __init__(self, store: Store, transport: Transport, between: Callable[[], None] = lambda: None) -> None:
        self.store = store
        self.transport = transport
        self.sent = Sent()
        self._between = between
        self._passed: set[str] = set()

    def run(self, progress: Progress = silent) -> Sent:
        """Send until nothing is left that can go. Raises what the network or the session failed with; `sent` tells what
        was done until then."""
        files = self.store.files
        while queue := [u for u in smallest_first(files.uploads()) if u.attachment not in self._passed]:
            upload = queue[0]
            # Whatever becomes of it, it is not taken up again in this run.
            self._passed.add(upload.attachment)
            progress("file", len(self._passed), len(self._passed) + len(queue) - 1)
            self._send(upload, progress)
        return self.sent

    def _send(self, upload: Upload, progress: Progress) -> None:
        if not self.store.blobs.sound(upload.sha256):
            self._refuse(upload, {"code": "lost"} | _words("lost"))
            return
        try:
            sent = self._through(upload, progress)
        except Refused as refused:
            self._told(upload, refused)
            return
        self.sent.bytes += sent
        self.sent.files += 1

    def _through(self, upload: Upload, progress: Progress) -> int:
        """Send all that is missing; how many bytes that was."""
        token = self._token()
        url, offset = self._stand(upload, token)
        begun = offset
        # A server may not move on, whatever it answers: never the same piece more often than a network could need.
        patience = MAX_TRIES
        with self.store.blobs.open(upload.sha256) as file:
            while offset < upload.size:
                end = min(offset + PIECE, upload.size)
                try:
                    reached = wire.send(self.transport, token, url, Rest(file, offset, end, progress, upload.size))
                except Refused as refused:
                    patience -= 1
                    if refused.why != "wrong_offset" or not patience:
                        raise
                    # An answer that was lost had been heard: the server has more than was known here.
                    reached = wire.stands_at(self.transport, token, url)
                else:
                    patience = MAX_TRIES if reached > offset else patience - 1
                    if not patience:
                        raise Refused("the upload does not move on", "stuck")
                if not 0 <= reached <= upload.size:
                    raise NotOurServer(f"{reached} bytes of a file of {upload.size}")
                offset = reached
                self._reached(upload, offset)
                if offset < upload.size:
                    self._between()
        self._reached(upload, offset)
        self._between()
        return max(0, offset - begun)

    def _stand(self, upload: Upload, token: str) -> tuple[str, int]:
        """Where its upload stands: one that was begun before, or a new one. Noted before any byte is sent."""
        if upload.url is not None:
            try:
                return upload.url, wire.stands_at(self.transport, token, upload.url)
            except Refused:
                # Ended, or not known any more. Where the file itself is what is wrong, the answer to a HEAD has no
                # words for it, and that to a new creation has.
                pass
        stand = wire.create(self.transport, token, upload.case, upload.attachment, upload.size)
        with self.store.transaction():
            self.store.files.began(upload.attachment, stand.url, stand.offset)
        return stand.url, stand.offset

    def _reached(self, upload: Upload, offset: int) -> None:
        with self.store.transaction():
            self.store.files.reached(upload.attachment, offset)

    def _told(self, upload: Upload, refused: Refused) -> None:
        if refused.why == "already_arrived":
            # The echo is on its way: the next exchange brings it.
            self._reached(upload, upload.size)
            self.sent.files += 1
            return
        trouble: dict[str, Any] = {"code": refused.why, "detail": refused.detail} | _words(refused.why) | refused.words
        if refused.why == "hash_mismatch":
            with self.store.transaction():
                tries = self.store.files.mismatched(upload.attachment)
            if tries >= MAX_TRIES:
                self._refuse(upload, trouble | _words("hash_mismatch"))
            return
        if refused.why in {"wrong_type", "heic", "unsafe_image", "broken_file", "too_large", "malformed"}:
            self._refuse(upload, trouble)
            return
        # Not known there (any more), ended under our hands, or something new: it waits, and the next run asks again.
        with self.store.transaction():
            self.store.files.troubled(upload.attachment, trouble, refused=False)

    def _refuse(self, upload: Upload, trouble: dict[str, Any]) -> None:
        with self.store.transaction():
            self.store.files.troubled(upload.attachment, trouble, refused=True)
        self.sent.refused.append(upload)

    def _token(self) -> str:
        token: str | None = self.store.meta.get("token")
        if token is None:
            raise NotSignedIn("this device is not signed in")
        return token


def _words(code: str) -> dict[str, str]:
    text = OF_CODES.get(code)
    return {"id": text.id, "en": text.en} if text else {}
