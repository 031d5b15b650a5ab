"""A case's list of files, for whoever asks: which one they may send bytes of, and which one they may be given.

A case that there is not, one that may not be seen and a file that is not on it are the same to the asker.
"""

from sqlalchemy import Connection, text

from schemas.record import Attachment, CaseRecord
from server.access.devices import Seat
from server.domain.actor import person_scope
from server.domain.case import Case
from sync.decoding import decoder
from sync.errors import NotFound

_case = decoder(Case)
_record = decoder(CaseRecord)


def to_send(connection: Connection, case_id: str, attachment_id: str, seat: Seat) -> Attachment:
    """The entry whose bytes this person may bring: one that they put there themselves, or one of their own case.

    Also where the case has left their sight since: an officer's photos of an act that was taken in belong to it.
    """
    row = connection.execute(_ROW, {"id": case_id}).one_or_none()
    if row is not None:
        case = _case.decode(row.state)
        mine = _may_see(row.scopes, seat) and seat.actor().owns(case.owner)
        for attachment in case.attachments:
            if attachment.id == attachment_id and (mine or attachment.by == seat.person):
                return attachment
    raise _nothing()


def to_read(connection: Connection, case_id: str, attachment_id: str, seat: Seat) -> Attachment:
    """The entry as it stands in the line that this person is sent of the case: to some it tells less."""
    row = connection.execute(_ROW, {"id": case_id}).one_or_none()
    if row is not None and _may_see(row.scopes, seat):
        own = person_scope(seat.person) in row.scopes.split()
        record = _record.decode(row.own_line if own and row.own_line is not None else row.line)
        for attachment in record.attachments:
            if attachment.id == attachment_id:
                return attachment
    raise _nothing()


def _may_see(scopes: str, seat: Seat) -> bool:
    return not set(seat.scopes).isdisjoint(scopes.split())


def _nothing() -> NotFound:
    return NotFound("there is no such file, or none that you may see")


_ROW = text("SELECT scopes, state, line, own_line FROM case_record WHERE id = :id")
