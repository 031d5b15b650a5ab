"""The same tables and the same way on PostgreSQL."""

from collections.abc import Callable

from tests.api.device import Device
from tests.api.sending import Sender, code, draft, entry, picture
from tests.conftest import Server

PHOTO = picture()


def test_uploads_on_postgresql(make_server: Callable[..., Server], postgres_url: str) -> None:
    server = make_server(database=postgres_url)
    sender, other = Sender(Device(server.app)), Sender(Device(server.app))
    file, again, theirs = entry(PHOTO), entry(PHOTO, document_="pbb"), entry(PHOTO)
    case = draft(sender.device, file, again)
    upload = sender.begin(case, file)
    assert sender.patch(upload, 0, PHOTO[:1000]).headers["Upload-Offset"] == "1000"
    upload = sender.begin(case, file)
    assert sender.offset(upload) == 0
    assert sender.patch(upload, 0, PHOTO).status_code == 204
    assert code(sender.create(case, again)) == (409, "already_arrived"), "one hash, two files of a case"
    assert sender.get(case, file).get_data() == PHOTO
    known = sender.create(draft(sender.device, third := entry(PHOTO)), third)
    assert known.headers["Upload-Offset"] == str(len(PHOTO))
    assert "Upload-Offset" not in other.create(draft(other.device, theirs), theirs).headers
    assert code(other.create(case, file)) == (404, "not_found")
    broken = PHOTO[:500]
    wrong = entry(broken)
    case = draft(sender.device, wrong)
    assert code(sender.send(case, wrong, broken)) == (422, "broken_file")
    assert code(sender.create(case, wrong)) == (422, "broken_file")
    server.clock.move(days=8)
    last = entry(picture(seed=3))
    sender.begin(draft(sender.device, last), last)
    assert [row.attachment_id for row in server.rows("SELECT attachment_id FROM upload")] == [last["id"]]
