"""Files handed out: to whom, and how."""

from urllib.parse import unquote

import pytest

from tests.catalogue_files import file as manifest_file
from tests.conftest import Server

from .conftest import Make
from .device import Device, new_id
from .filing import act, fields
from .filing import file as filed
from .sending import Sender, code, document, draft, entry, picture

PHOTO = picture()


@pytest.fixture
def sender(guest: Device) -> Sender:
    guest.exchange()
    return Sender(guest)


def complaint(server: Server, device: Device, content: bytes, **given: str) -> tuple[str, dict[str, object]]:
    """A complaint with one photo whose bytes arrived."""
    case, file = new_id(), entry(content, document_="photos", name="Rumah Warga Satu.jpg", place=[-6.98, 110.41])
    values = fields(server, "lapor", **given)
    data = {"service": "lapor", "action": "submit", "set": values, "attach": [file]}
    result = device.exchange(device.command("case.act", case, data)).result
    assert result["status"] == "applied", result
    assert Sender(device).send(case, file, content).status_code == 204
    return case, file


def test_headers(sender: Sender) -> None:
    file = entry(PHOTO)
    case = draft(sender.device, file)
    sender.send(case, file, PHOTO)
    for small in (False, True):
        answer = sender.get(case, file, small=small)
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "Authorization" in answer.headers["Vary"], "one browser, two people"
        assert answer.headers["Content-Disposition"].startswith("inline")
        assert "Access-Control-Allow-Origin" not in answer.headers
    assert sender.get(case, file).headers["ETag"] == f'"{file["sha256"]}"'
    assert sender.get(case, file, small=True).headers["ETag"] != f'"{file["sha256"]}"'


def test_ranges_and_what_has_not_changed(sender: Sender) -> None:
    file = entry(PHOTO)
    case = draft(sender.device, file)
    sender.send(case, file, PHOTO)
    part = sender.get(case, file, Range="bytes=100-299")
    assert (part.status_code, part.get_data()) == (206, PHOTO[100:300])
    assert part.headers["Content-Range"] == f"bytes 100-299/{len(PHOTO)}"
    assert sender.get(case, file, Range="bytes=-5").get_data() == PHOTO[-5:]
    beyond = sender.get(case, file, Range=f"bytes={len(PHOTO)}-")
    assert code(beyond) == (416, "wrong_range")
    assert beyond.headers["Content-Range"] == f"bytes */{len(PHOTO)}"
    for odd in ("bytes=x-", "bytes=5-1", "furlongs=1-2", "bytes=0-1,5-6"):
        assert sender.get(case, file, Range=odd).status_code in {200, 206, 416}
    tag = f'"{file["sha256"]}"'
    assert sender.get(case, file, If_None_Match=tag).status_code == 304
    assert sender.get(case, file, If_None_Match='"x"').status_code == 200
    assert sender.get(case, file, Range="bytes=0-9", If_Range=tag).status_code == 206
    assert sender.get(case, file, Range="bytes=0-9", If_Range='"x"').get_data() == PHOTO


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("foto.jpg", "foto.jpg"),
        ("", "ktp.jpg"),
        ("../../etc/passwd", "etc passwd.jpg"),
        ("foto.html", "foto.jpg"),
        ('a"; filename="b.exe', "a ; filename= b.jpg"),
        ("x\u202egpj.exe", "x\u202egpj.jpg"),
        ("Surat tanah – Pak Budi.JPG", "Surat tanah – Pak Budi.jpg"),
        ("..", "ktp.jpg"),
        ("地図.png", "地図.jpg"),
        ("n" * 200, "n" * 100 + ".jpg"),
    ],
)
def test_names_are_safe_in_headers_and_on_disks(sender: Sender, given: str, expected: str) -> None:
    file = entry(PHOTO, name=given)
    case = draft(sender.device, file)
    sender.send(case, file, PHOTO)
    header = sender.get(case, file).headers["Content-Disposition"]
    assert header.isascii() and "\r" not in header and "\n" not in header
    _, star, name = header.partition("filename*=UTF-8''")
    assert (unquote(name) if star else header.partition("filename=")[2].strip('"')) == expected


def test_only_who_may_see_the_case(server: Server, sender: Sender, staff: Make) -> None:
    case, file = complaint(server, sender.device, PHOTO)
    office = Sender(staff("complaint_officer", scopes=("office:diskominfo",)))
    elsewhere = Sender(staff("front_desk", scopes=("office:disdag",)))
    stranger = Sender(Device(server.app))
    for other in (office, elsewhere, stranger):
        other.device.exchange()
    assert sender.get(case, file).get_data() == PHOTO
    assert office.get(case, file).get_data() == PHOTO
    assert office.get(case, file, small=True).status_code == 200
    nothing = [
        sender.get(new_id(), file),
        sender.get(case, entry(PHOTO)),
        elsewhere.get(case, file),
        stranger.get(case, file),
        stranger.get(case, file, small=True),
        sender.get("x", file),
    ]
    assert {code(answer) for answer in nothing} == {(404, "not_found")}
    told = {answer.get_data().replace(answer.json["request"].encode(), b"") for answer in nothing}
    assert len(told) == 1, "but for the request's own name, one cannot tell which it was"
    assert code(sender.get(case, file, Authorization=None)) == (401, "not_signed_in")
    server.execute('DELETE FROM "grant"')
    assert code(office.get(case, file)) == (404, "not_found"), "a scope that was taken away"


def test_an_anonymous_reporters_file_has_no_name(server: Server, sender: Sender, staff: Make) -> None:
    case, file = complaint(server, sender.device, PHOTO, anonymous="office")
    office = Sender(staff("complaint_officer", scopes=("office:diskominfo",)))
    office.device.exchange()
    shown = office.get(case, file)
    assert shown.get_data() == PHOTO
    assert "Warga" not in str(shown.headers)
    assert "photos.jpg" in shown.headers["Content-Disposition"]
    assert "Warga" in sender.get(case, file).headers["Content-Disposition"]


def test_a_pdf_has_no_small_picture(sender: Sender) -> None:
    content = document()
    file = entry(content, "application/pdf", name="surat.pdf")
    case = draft(sender.device, file)
    sender.send(case, file, content)
    assert code(sender.get(case, file, small=True)) == (404, "no_thumbnail")
    assert sender.get(case, file).headers["Content-Disposition"] == "inline; filename=surat.pdf"


def test_an_officers_photos_are_theirs_to_send(server: Server, sender: Sender, staff: Make) -> None:
    """A survey's photos; also after the case left their sight, and when the survey came too late."""
    case = filed(server, sender.device)
    act(staff("front_desk"), case, "accept")
    surveyor = Sender(staff("surveyor"))
    surveyor.device.exchange()
    krk = server.city.service("krk")
    kind = next(d for d in krk.documents if d.form == "visit")
    name = next(a.code for a in krk.actions if a.form == "visit")
    content = picture(seed=9)
    file = manifest_file(kind, new_id(), content)
    from tests.catalogue_values import answers

    form = answers(server.city, krk.form("visit").fields, {})
    result = act(surveyor.device, case, name, form=form, attach=[file]).result
    assert result["status"] == "applied", result
    server.execute('DELETE FROM "grant"')
    surveyor.device.exchange()
    assert code(surveyor.get(case, file)) == (404, "not_found")
    assert surveyor.send(case, file, content).status_code == 204
    other = Sender(staff("surveyor"))
    assert other.get(case, file).get_data() == content
    assert code(other.create(case, file)) == (404, "not_found")
