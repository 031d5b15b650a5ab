"""What a browser wrote on its last day (sync/rescue.py), carried out at the server: the same commands under the same
keys, in the name of whoever the instance belongs to.

The file is not sealed and proves nothing but what a token in it proves. So its commands go in as the person to whom
their instance was bound when the device itself spoke; as the guest whose token is in it; or, for an account's device
that never reached the server, as the person whom the admin names.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import text

from server.access import accounts, devices
from server.access.devices import Seat
from server.exchange.exchanging import apply
from server.exchange.request import RequestBody
from server.services import Services
from server.store.database import reading
from sync import rescue
from sync.codec import line_of
from sync.decoding import decoder
from sync.errors import Conflict, Invalid, NotFound
from sync.messages import MAX_COMMANDS, PROTOCOL, Hello, RequestEnd, Result
from sync.rescue import Carried, Rescue


class WhoseIsIt(Invalid):
    """Neither its instance nor a token says whose commands these are: an admin must."""

    code = "whose_is_it"


@dataclass
class Rescued:
    """What became of the commands in such a file."""

    name: str
    """As the file says whose it is."""
    results: list[Result] = field(default_factory=list)
    files_left: int = 0
    """Photos and documents whose bytes stayed on the device."""


def import_rescue(world: Services, content: bytes, login: str | None = None) -> Rescued:
    """Carry out what is in the file; again does nothing twice. `login`: whose it is, where nothing else says so.

    Raises `Malformed` for any other file, `WhoseIsIt`, `NotFound` for no such login, `Conflict` where the instance is
    another person's: then nothing of that instance was done.
    """
    found = rescue.read(content)
    left = found.files_left if isinstance(found.files_left, int) else 0
    rescued = Rescued(found.person.name if found.person else "", files_left=left)
    for instance, entries in found.by_instance():
        seat = _seat(world, found, instance, login)
        for start in range(0, len(entries), MAX_COMMANDS):
            rescued.results += _carry_out(world, seat, instance, entries[start : start + MAX_COMMANDS])
    return rescued


def _carry_out(world: Services, seat: Seat, instance: str, entries: Sequence[Carried]) -> list[Result]:
    lines = [entry.line.encode("utf-8", "surrogatepass") for entry in entries]
    hello = line_of(Hello(PROTOCOL, instance))
    body = RequestBody(iter([[hello, *lines, line_of(RequestEnd(len(lines)))]]))
    # The device says nothing of an epoch, and will not come with what it sent before: this is all there is.
    return [decoder(Result).decode(line) for line in apply(world, body, seat, None)]


def _seat(world: Services, found: Rescue, instance: str, login: str | None) -> Seat:
    with reading(world.engine) as connection:
        bound = devices.seat_of_instance(connection, instance)
        named = connection.execute(_BY_LOGIN, {"login": accounts.canonical(login)}).scalar() if login else None
    if login and named is None:
        raise NotFound(f"there is no account {login}")
    if bound is not None:
        if named is not None and named != bound.person:
            raise Conflict(f"these commands are {bound.name}'s, by the device that they were typed on")
        return bound
    if devices.is_known(world.engine, instance):
        raise Conflict("the account of the device that these commands were typed on is closed")
    if named is not None:
        return devices.bind_unseen(world.engine, instance, named, world.sources)
    if found.token:
        # A guest's device that never reached the server: its person begins now, as at its first exchange.
        return devices.admit(world.engine, f"Bearer {found.token}", instance, True, world.sources)
    name = found.person.name if found.person else "somebody"
    raise WhoseIsIt(f"the device never reached this server, so only you can say whose this is: {name}? Use --for LOGIN")


_BY_LOGIN = text("SELECT id FROM person WHERE login = :login AND disabled IS NULL")
