"""A request that came in a file: the exchanges in it, then the bytes of its files, then the answer.

Nothing is decided here that an exchange or an upload would not decide: each part goes through the same functions. What
is refused as a whole (an instance of somebody else's, a token that is not known) is told in the answer, so that the
device hears of it however long the way back is; only what somebody can mend at once is raised.
"""

import secrets
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from server.access import devices
from server.bundles.keys import Pair
from server.exchange.exchanging import Taken, answer, take_in
from server.feed.stamp import head
from server.files import disk, uploads
from server.files.errors import AlreadyArrived
from server.services import Services
from server.store.database import reading
from sync import bundle
from sync.bundle import Body, BundleDamaged, Exchanged, File, Head, OtherServer, Refused, Speaker, Whole
from sync.codec import deflate, inflate, lines_in
from sync.decoding import decoder
from sync.errors import Busy, NotSignedIn, TenggatError, TooLarge
from sync.messages import Result

ARRIVED = "arrived"
_FOR_NOW = frozenset(("too_many", "busy", "storage_full"))
"""Codes of files that the same bundle brings another time."""

_SPOOL = 4 * 1024 * 1024
_CODING = "zstd"


@dataclass
class Imported:
    """What became of one bundle."""

    id: str
    results: list[Result] = field(default_factory=list)
    problems: list[Refused] = field(default_factory=list)
    """Exchanges that were refused as a whole."""
    files: list[File] = field(default_factory=list)
    """Each with its `code`."""
    answered: int = 0
    """Bytes of the answer."""

    @property
    def arrived(self) -> int:
        return sum(file.code == ARRIVED for file in self.files)

    @property
    def later(self) -> int:
        """Files that were refused for now: whoever has the bundle brings it again."""
        return sum(file.code in _FOR_NOW for file in self.files)


class NotARequest(TenggatError):
    """A bundle that is the answer to another: it goes back to the device that made the request."""

    code = "not_a_request"


def check(world: Services, source: bundle.Source) -> tuple[Whole, Pair]:
    """A request to this server, whole, and the keys that its device knows. Raises what `bundle.examine` does,
    `OtherServer`, and `NotARequest`."""
    whole = bundle.examine(source)
    if whole.header.kind != "request":
        raise NotARequest("this is an answer; it goes back to the device whose bundle it answers")
    pair = world.keys.find(whole.header.to)
    if pair is None:
        raise OtherServer("this bundle is for another server, or for keys that this one no longer has")
    return whole, pair


def import_bundle(
    world: Services,
    source: bundle.Source,
    into: bundle.Writable | None,
    *,
    late: bool = False,
) -> Imported:
    """Carry out what is in a bundle, and write the answer `into` a file. Importing it again does nothing twice.

    `late`: see `exchanging.take_in`. Raises what `check` does, `BundleDamaged`, and `Busy`; what was carried out until
    then stays, and is safe to meet again.
    """
    whole, pair = check(world, source)
    found = Imported(whole.header.id)
    taken: list[Taken | Refused] = []
    speaker: Speaker | None = None
    answer_key = b""
    for part, body in bundle.parts(source, whole, pair.seal):
        if speaker is None:
            if not isinstance(part, Speaker):
                raise BundleDamaged("the bundle does not begin with who speaks")
            speaker, answer_key = part, bundle.sealable_key(part.answer)
        elif isinstance(part, Exchanged):
            if len(taken) == bundle.MAX_EXCHANGES:
                raise BundleDamaged(f"more than {bundle.MAX_EXCHANGES} exchanges in one bundle")
            taken.append(_exchange(world, speaker, part, body, late))
        elif isinstance(part, File):
            found.files.append(_file(world, speaker, part, body))
    if speaker is None:
        raise BundleDamaged("the bundle is empty")
    for one in taken:
        if isinstance(one, Refused):
            found.problems.append(one)
        else:
            found.results += [decoder(Result).decode(line) for line in one.results]
    if into is not None:
        found.answered = _write_answer(world, pair, whole.header.id, answer_key, taken, found.files, into)
    return found


def _exchange(world: Services, speaker: Speaker, part: Exchanged, body: Body, late: bool) -> Taken | Refused:
    try:
        lines = lines_in(inflate(body, part.coding))
        # The device is not there: what it said of its clock and its health is of another day.
        return take_in(world, lines, f"Bearer {speaker.token}", live=False, late=late)
    except (BundleDamaged, Busy):
        raise
    except TenggatError as error:
        return Refused(error.code, error.detail[:500])


def _file(world: Services, speaker: Speaker, part: File, body: Body) -> File:
    """Take in a file's bytes as an upload; what became of it."""
    try:
        with reading(world.engine) as connection:
            seat = devices.seat_of(connection, speaker.token)
        if seat is None or seat.revoked:
            raise NotSignedIn("no files are taken from this device")
        upload = uploads.begin(world, seat, part.case, part.attachment, part.size, None)
        if not upload.done:
            uploads.take_in(world, upload, 0, body.pieces(), part.size)
        code, text = ARRIVED, None
    except AlreadyArrived:
        code, text = ARRIVED, None
    except BundleDamaged:
        raise
    except TenggatError as error:
        code, text = error.code, error.extra.get("text")
    return File(part.case, part.attachment, code=code, text=text)


def _write_answer(
    world: Services,
    pair: Pair,
    request: str,
    to: bytes,
    taken: list[Taken | Refused],
    files: list[File],
    into: bundle.Writable,
) -> int:
    disk.make_folder(world.files.folder)
    # Not in the system's folder for such files: what is in it is not sealed yet.
    with tempfile.SpooledTemporaryFile(_SPOOL, dir=str(world.files.folder)) as spool:
        parts = _answers(world, taken, files, spool)
        return bundle.write(
            into,
            "answer",
            request,
            to,
            pair.sign,
            secrets.token_bytes(48),
            parts,
        )


def _answers(
    world: Services, taken: list[Taken | Refused], files: list[File], spool: "tempfile.SpooledTemporaryFile[bytes]"
) -> Iterator[tuple[Head, Iterable[bytes]]]:
    """The answer's parts. Pulls come last: what they bring says which files have arrived."""
    with reading(world.engine) as connection:
        epoch = head(connection).epoch
    yield bundle.Server(epoch, devices.stamp(world.sources.clock())), ()
    for file in files:
        yield file, ()
    for one in taken:
        if isinstance(one, Refused):
            yield one, ()
            continue
        spool.seek(0)
        spool.truncate()
        for piece in deflate(answer(world, one), _CODING):
            spool.write(piece)
        size = spool.tell()
        if size > bundle.MAX_BUNDLE // 4:
            raise TooLarge("the answer is too large to be carried")
        spool.seek(0)
        yield Exchanged(_CODING, size), iter(lambda: spool.read(256 * 1024), b"")
