"""Uploads by the rules of tus 1.0.0: each rule by its section of the specification."""

from pathlib import Path

import pytest

from schemas.documents import MB
from server.access import throttle
from server.domain.attaching import MAX_FILES
from server.files import errors, pictures, rows, tus, uploads
from sync.messages import MAX_ATTACH
from tests.conftest import Server

from .conftest import Make
from .device import Device, new_id
from .filing import file as filed
from .sending import MEDIA, Sender, checksum, code, coded, document, draft, entry, picture, stands

PHOTO = picture()


@pytest.fixture
def sender(guest: Device) -> Sender:
    guest.exchange()
    return Sender(guest)


# ---- The whole way ----


def test_a_photo_arrives_and_comes_back(sender: Sender, server: Server) -> None:
    file = entry(PHOTO)
    case = draft(sender.device, file)
    assert stands(sender.device, case) == [False]
    assert code(sender.get(case, file)) == (409, "not_arrived")
    upload = sender.begin(case, file)
    assert upload.startswith("/api/v1/uploads/")
    middle = len(PHOTO) // 2
    first = sender.patch(upload, 0, PHOTO[:middle])
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, str(middle))
    assert stands(sender.device, case) == [False]
    second = sender.patch(upload, middle, PHOTO[middle:])
    assert (second.status_code, second.headers["Upload-Offset"]) == (204, str(len(PHOTO)))
    assert "Upload-Expires" not in second.headers, "it is finished"
    assert stands(sender.device, case) == [True]
    back = sender.get(case, file)
    assert (back.status_code, back.mimetype, back.get_data()) == (200, "image/jpeg", PHOTO)
    assert sender.offset(upload) == len(PHOTO), "a lost answer is made up for"
    (blob,) = server.rows("SELECT * FROM blob")
    assert (blob.sha256, blob.size, blob.type) == (file["sha256"], len(PHOTO), "image/jpeg")
    assert server.world.files.parts.all() == set()


@pytest.mark.parametrize(
    ("type_", "content"),
    [
        ("image/png", picture("PNG", (90, 70))),
        ("image/webp", picture("WEBP")),
        ("application/pdf", document()),
        ("application/pdf", b"\xef\xbb\xbf\n" + document()),
        ("image/jpeg", picture(progressive=True)),
    ],
)
def test_every_type_that_is_taken(sender: Sender, type_: str, content: bytes) -> None:
    file = entry(content, type_)
    case = draft(sender.device, file)
    assert sender.send(case, file, content).status_code == 204
    back = sender.get(case, file)
    assert (back.mimetype, back.get_data()) == (type_, content)
    small = sender.get(case, file, small=True)
    assert small.status_code == (404 if type_ == "application/pdf" else 200)


def test_pieces_of_one_byte_and_of_none(sender: Sender) -> None:
    content = document(40)
    file = entry(content, "application/pdf")
    case = draft(sender.device, file)
    upload = sender.begin(case, file)
    for at in range(len(content)):
        assert sender.patch(upload, at, b"").headers["Upload-Offset"] == str(at)
        assert sender.patch(upload, at, content[at : at + 1]).headers["Upload-Offset"] == str(at + 1)
    assert stands(sender.device, case) == [True]


# ---- Options, versions, headers ----


def test_options_say_what_is_spoken(server: Server) -> None:
    response = server.app.test_client().options("/api/v1/uploads")
    assert response.status_code == 204
    assert response.headers["Tus-Resumable"] == response.headers["Tus-Version"] == "1.0.0"
    assert set(response.headers["Tus-Extension"].split(",")) == {
        "creation", "creation-with-upload", "checksum", "termination", "expiration",
    }  # fmt: skip
    assert response.headers["Tus-Max-Size"] == str(20 * 1024 * 1024)
    assert response.headers["Tus-Checksum-Algorithm"] == "sha1,sha256"


@pytest.mark.parametrize("version", [None, "0.2.2", "1.0", "2.0.0", "1.0.0 "])
def test_another_version_is_refused_before_anything_is_done(sender: Sender, version: str | None) -> None:
    file = entry(PHOTO)
    case = draft(sender.device, file)
    upload = sender.begin(case, file)
    for answer in (
        sender.create(case, file, Tus_Resumable=version),
        sender.ask("HEAD", upload, Tus_Resumable=version),
        sender.patch(upload, 0, PHOTO, Tus_Resumable=version),
        sender.ask("DELETE", upload, Tus_Resumable=version),
    ):
        assert answer.status_code == (412 if version != "1.0.0 " else answer.status_code)
        assert answer.headers["Tus-Resumable"] == "1.0.0"
        if version != "1.0.0 ":
            assert answer.headers["Tus-Version"] == "1.0.0"
    if version != "1.0.0 ":
        assert sender.offset(upload) == 0


def test_every_answer_names_the_version(sender: Sender) -> None:
    for answer in (
        sender.ask("HEAD", f"/api/v1/uploads/{new_id()}"),
        sender.ask("PUT", "/api/v1/uploads"),
        sender.ask("POST", "/api/v1/uploads", Authorization=None),
        sender.ask("GET", f"/api/v1/uploads/{new_id()}"),
    ):
        assert answer.status_code in {401, 404, 405}
        assert answer.headers["Tus-Resumable"] == "1.0.0"


def test_head_is_never_kept_by_a_cache(sender: Sender) -> None:
    file = entry(PHOTO)
    upload = sender.begin(draft(sender.device, file), file)
    head = sender.ask("HEAD", upload)
    assert head.headers["Cache-Control"] == "no-store"
    assert (head.headers["Upload-Offset"], head.headers["Upload-Length"]) == ("0", str(len(PHOTO)))
    assert head.get_data() == b""


def test_head_tells_what_the_upload_is_of(sender: Sender) -> None:
    """§ Creation, Upload-Metadata: HEAD tells it as the creation did."""
    file = entry(PHOTO)
    case = draft(sender.device, file)
    told = f"filename {coded('kucing.jpg')},is_mine, case {coded(case)},attachment {coded(file['id'])}"
    begun = sender.create(case, file, Upload_Metadata=told)
    assert sender.ask("HEAD", begun.headers["Location"]).headers["Upload-Metadata"] == told
    longer = f"{told},more {coded('x' * 2_000)}"
    assert code(sender.create(case, file, Upload_Metadata=longer)) == (400, "malformed")


@pytest.mark.parametrize("type_", [None, "application/octet-stream", "image/jpeg"])
def test_a_body_of_another_type(sender: Sender, type_: str | None) -> None:
    file = entry(PHOTO)
    case = draft(sender.device, file)
    upload = sender.begin(case, file)
    assert code(sender.patch(upload, 0, PHOTO, Content_Type=type_)) == (415, "wrong_media")
    assert code(sender.create(case, file, PHOTO, Content_Type=type_)) == (415, "wrong_media")
    assert sender.offset(upload) == 0


@pytest.mark.parametrize("offset", [None, "", "-1", "x", "1.5", "9" * 40, "٣"])
def test_an_offset_that_is_no_number(sender: Sender, offset: str | None) -> None:
    file = entry(PHOTO)
    upload = sender.begin(draft(sender.device, file), file)
    headers = {"Upload_Offset": offset if offset is None or offset.isascii() else offset.encode().decode("latin-1")}
    assert code(sender.patch(upload, 0, PHOTO, **headers)) == (400, "malformed")


def test_methods_by_another_name(sender: Sender) -> None:
    """§ X-HTTP-Method-Override."""
    file = entry(PHOTO)
    case = draft(sender.device, file)
    upload = sender.begin(case, file)
    half = sender.ask("POST", upload, PHOTO[:10], X_HTTP_Method_Override="PATCH", Content_Type=MEDIA, Upload_Offset="0")
    assert (half.status_code, half.headers["Upload-Offset"]) == (204, "10")
    assert sender.ask("POST", upload, X_HTTP_Method_Override="HEAD").headers["Upload-Offset"] == "10"
    assert code(sender.ask("POST", upload)) == (405, "wrong_method")
    assert sender.ask("POST", upload, X_HTTP_Method_Override="DELETE").status_code == 204
    assert sender.ask("HEAD", upload).status_code == 410


# ---- Creation ----


def test_creation_with_upload(sender: Sender) -> None:
    file = entry(PHOTO)
    case = draft(sender.device, file)
    first = sender.create(case, file, PHOTO[:100])
    assert (first.status_code, first.headers["Upload-Offset"]) == (201, "100")
    assert sender.patch(first.headers["Location"], 100, PHOTO[100:]).status_code == 204
    other = entry(picture(seed=2), document_="pbb")
    case = draft(sender.device, other, case=case)
    whole = sender.create(case, other, picture(seed=2), Upload_Checksum=checksum(picture(seed=2), "sha1"))
    assert (whole.status_code, whole.headers["Upload-Offset"]) == (201, str(other["size"]))
    assert stands(sender.device, case) == [True, True]


@pytest.mark.parametrize(
    "given",
    [
        "",
        "case",
        "attachment {attachment}",
        "case {case}",
        "case %%%,attachment {attachment}",
        "case {case},case {case},attachment {attachment}",
        "case /w==,attachment {attachment}",
        "case Li4vLi4=,attachment {attachment}",
        "case {case},attachment AAAA",
        ",,,",
        "case {case} x,attachment {attachment}",
    ],
)
def test_metadata_that_names_no_file(sender: Sender, given: str) -> None:
    file = entry(PHOTO)
    case = draft(sender.device, file)
    text = given.format(case=coded(case), attachment=coded(file["id"]))
    assert code(sender.create(case, file, Upload_Metadata=text)) == (400, "malformed")
    assert code(sender.create(case, file, Upload_Metadata=None)) == (400, "malformed")


def test_other_metadata_is_passed_over(sender: Sender) -> None:
    file = entry(PHOTO)
    case = draft(sender.device, file)
    text = f"filename {coded('kucing.jpg')}, is_secret,case {coded(case)},attachment {coded(file['id'])},raw /w=="
    assert sender.create(case, file, Upload_Metadata=text).status_code == 201


@pytest.mark.parametrize("length", [None, "0", "-5", "x", "1", "9" * 17])
def test_the_length_is_the_manifests(sender: Sender, length: str | None) -> None:
    file = entry(PHOTO)
    case = draft(sender.device, file)
    expected = (413, "too_large") if length == "9" * 17 else (400, "malformed")
    assert code(sender.create(case, file, Upload_Length=length)) == expected


def test_the_manifest_goes_first(sender: Sender, server: Server) -> None:
    file = entry(PHOTO)
    case = draft(sender.device, file)
    assert code(sender.create(case, entry(PHOTO))) == (404, "not_found")
    assert code(sender.create(new_id(), file)) == (404, "not_found")
    sender.send(case, file, PHOTO)
    assert code(sender.create(case, file)) == (409, "already_arrived")
    assert server.rows("SELECT count(*) AS n FROM upload")[0].n == 1


def test_a_new_creation_takes_the_place_of_the_old(sender: Sender, server: Server) -> None:
    file = entry(PHOTO)
    case = draft(sender.device, file)
    old = sender.begin(case, file)
    sender.patch(old, 0, PHOTO[:500])
    new = sender.begin(case, file)
    assert sender.ask("HEAD", old).status_code == 404
    assert sender.offset(new) == 0
    assert server.world.files.parts.all() == set(), "its bytes went along"
    assert sender.patch(new, 0, PHOTO).status_code == 204


def test_what_one_has_shown_to_have_is_not_sent_again(sender: Sender, server: Server, staff: Make) -> None:
    first, second = entry(PHOTO), entry(PHOTO, document_="pbb")
    case = draft(sender.device, first)
    sender.send(case, first, PHOTO)
    other = draft(sender.device, second)
    known = sender.create(other, second)
    assert (known.status_code, known.headers["Upload-Offset"]) == (201, str(len(PHOTO)))
    assert sender.offset(known.headers["Location"]) == len(PHOTO)
    assert stands(sender.device, other) == [True]
    assert sender.get(other, second).get_data() == PHOTO
    # Who only knows the hash has to send the bytes; they are stored once all the same.
    stranger = Sender(Device(server.app))
    third = entry(PHOTO)
    theirs = draft(stranger.device, third)
    begun = stranger.create(theirs, third)
    assert "Upload-Offset" not in begun.headers
    assert code(stranger.get(theirs, third)) == (409, "not_arrived")
    assert stranger.patch(begun.headers["Location"], 0, PHOTO).status_code == 204
    assert stranger.get(theirs, third).get_data() == PHOTO
    assert len(list(server.world.files.blobs.all())) == 1


def test_a_hash_vouches_for_one_type_and_one_size(sender: Sender) -> None:
    """What arrived for one file is not what another one promised, though both name its hash."""
    file, document_, small = entry(PHOTO), entry(PHOTO, "application/pdf", "drawings"), entry(PHOTO, document_="pbb")
    small["size"] = 5
    case = draft(sender.device, file, document_, small)
    assert sender.send(case, file, PHOTO).status_code == 204
    assert stands(sender.device, case) == [True, False, False]
    for other, content, refusal in (
        (document_, PHOTO, (415, "wrong_type")),
        (small, PHOTO[:5], (460, "hash_mismatch")),
    ):
        begun = sender.create(case, other)
        assert "Upload-Offset" not in begun.headers, "its bytes are asked for"
        assert code(sender.patch(begun.headers["Location"], 0, content)) == refusal
    assert stands(sender.device, case) == [True, False, False]


# ---- Who may ----


def test_anothers_upload_is_no_upload(sender: Sender, server: Server, staff: Make) -> None:
    file = entry(PHOTO)
    case = draft(sender.device, file)
    upload = sender.begin(case, file)
    for other in (Sender(Device(server.app)), Sender(staff("front_desk"))):
        other.device.exchange()
        for answer in (
            other.ask("HEAD", upload),
            other.patch(upload, 0, PHOTO),
            other.ask("DELETE", upload),
            other.create(case, file),
            other.get(case, file),
        ):
            assert answer.status_code == 404
    assert sender.offset(upload) == 0


def test_a_case_that_is_seen_is_not_yet_ones_own(server: Server, sender: Sender, staff: Make) -> None:
    """An officer sees the applicant's missing file, and cannot put in its place what they like."""
    case = filed(server, sender.device)
    desk = Sender(staff("front_desk"))
    desk.device.exchange()
    theirs = desk.device.held[case]["attachments"][0]
    assert code(desk.create(case, theirs)) == (404, "not_found")
    assert sender.create(case, theirs).status_code == 201


def test_a_guest_who_signs_up_goes_on(sender: Sender, server: Server) -> None:
    file = entry(PHOTO)
    case = draft(sender.device, file)
    upload = sender.begin(case, file)
    sender.patch(upload, 0, PHOTO[:100])
    account = {"login": "warga-satu", "password": "kata sandi panjang", "name": "Warga Satu"}
    client = server.app.test_client()
    client.post("/api/v1/accounts", json=account)
    answer = client.post(
        "/api/v1/devices",
        json={"login": "warga-satu", "password": "kata sandi panjang"},
        headers={"Authorization": f"Bearer {sender.device.token}"},
    )
    assert answer.json is not None
    sender.device.token, sender.device.guest = answer.json["token"], False
    assert sender.offset(upload) == 100
    assert sender.patch(upload, 100, PHOTO[100:]).status_code == 204
    assert sender.get(case, file).get_data() == PHOTO


def test_a_revoked_device_sends_nothing(sender: Sender, server: Server) -> None:
    file = entry(PHOTO)
    case = draft(sender.device, file)
    upload = sender.begin(case, file)
    server.execute("UPDATE device SET revoked = '2026-03-16T02:00:00Z'")
    assert code(sender.patch(upload, 0, PHOTO)) == (401, "not_signed_in")
    assert code(sender.get(case, file)) == (401, "not_signed_in")


# ---- The page ----


def test_the_protocol_names_each_refusal_and_number() -> None:
    page = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text(encoding="utf-8").partition("\n## 15.")[2]
    told = {
        kind.code
        for kind in vars(errors).values()
        if getattr(kind, "__module__", "") == errors.__name__ and "code" in vars(kind)
    }
    assert len(told) > 12
    for word in sorted(told):
        assert f"`{word}`" in page, word
    for number in (
        f"{MAX_ATTACH} in one command", f"{MAX_FILES} on a case", f"{rows.LIFE.days} days", f"side {pictures.LONGEST}",
        f"{uploads.MOST_BEGUN:,} uploads in {throttle.WINDOW // 60} minutes", f"{uploads.MOST_OPEN} open",
        *(f"{most // 1_000_000}" for most in pictures.MOST_PIXELS.values()), f"{MB:,} bytes",
        *(f"`{algorithm}`" for algorithm in tus.ALGORITHMS),
    ):  # fmt: skip
        assert number in page, number
