"""Photos and documents over HTTP: bytes first, and their state told truthfully."""

import io
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from PIL import Image

from tests.desktop.conftest import Laptop, Refused, Window
from tests.pictures import PDF, write_jpeg

Jpeg = Callable[[str], bytes]


@pytest.fixture
def guest(laptop: Laptop) -> Window:
    laptop.window.make()
    laptop.window.desk("city")
    laptop.network.offline = True
    return laptop.window


def test_a_photo_is_kept_small_and_nothing_is_attached_yet(guest: Window, tmp_path: Path) -> None:
    large = write_jpeg(tmp_path / "besar.jpg", "besar", (3_000, 2_000)).read_bytes()
    kept = guest.keep(large, "rumah depan.JPG")
    assert set(kept) == {"sha256", "size", "type", "name", "taken", "place", "accuracy"}
    assert kept["type"] == "image/jpeg" and kept["size"] < len(large) and kept["taken"] is None
    assert guest.keep(large)["sha256"] == kept["sha256"], "the same bytes once more"
    assert guest.desk("waiting_files") == []


def test_what_cannot_be_kept_says_why(guest: Window) -> None:
    def why(content: bytes, types: str = "image,pdf", max_mb: int = 5) -> str:
        with pytest.raises(Refused) as refused:
            guest.keep(content, types=types, max_mb=max_mb)
        return refused.value.code

    assert why(b"") == "broken_file"
    assert why(b"just words") == "wrong_type"
    assert why(PDF, types="image") == "wrong_type"
    assert why(b"\xff\xd8\xff" + b"0" * 100) == "broken_file"
    assert why(b"\0\0\0\x18ftypheic" + b"0" * 100) == "heic"
    assert why(PDF[:-7]) == "broken_file"
    assert why(PDF[:9] + b"%" + b"x" * 1_100_000 + PDF[9:], max_mb=1) == "too_large"
    assert why(PDF, types="nonsense") == why(PDF, types="") == why(PDF, max_mb=0) == "invalid"


def test_each_file_says_where_it_is(laptop: Laptop, guest: Window, jpeg: Jpeg) -> None:
    case = str(uuid4())
    attachment = guest.desk("attach", case, "ktp", guest.keep(jpeg("ktp"), "ktp.jpg"), "krk")
    assert guest.desk("list")[0]["id"] == case, "a file alone begins a draft"
    [state] = guest.desk("files", case)
    assert state["attachment"] == attachment and state["state"] == "waiting" and state["here"] and state["thumbnail"]
    assert set(state) == {"attachment", "sha256", "here", "thumbnail", "sent", "size", "state", "trouble"}
    [waiting] = guest.desk("waiting_files")
    assert waiting["case"] == case and waiting["document"] == "ktp" and waiting["name"] == "ktp.jpg"
    assert guest.desk("status")["files"] == {"waiting": 1, "bytes": state["size"], "sent": 0}
    laptop.network.offline = False
    guest.desk("sync")
    [state] = guest.desk("files", case)
    assert state["state"] == "arrived" and state["sent"] == state["size"] and guest.desk("waiting_files") == []


def test_what_is_attached_and_taken_away_before_it_left_leaves_nothing_to_say(guest: Window, jpeg: Jpeg) -> None:
    case = str(uuid4())
    guest.desk("edit", case, {"name": "x"}, "krk")
    attachment = guest.desk("attach", case, "ktp", guest.keep(jpeg("ktp")))
    assert guest.desk("attach", case, "ktp", guest.keep(jpeg("ktp"))) == attachment, "the same photo once more"
    guest.desk("detach", case, attachment)
    guest.desk("detach", case, attachment)
    [entry] = guest.desk("case", case)["entries"]
    assert "attach" not in entry["data"] and "detach" not in entry["data"] and guest.desk("files", case) == []


def test_bytes_come_from_here_small_or_whole(guest: Window, tmp_path: Path, jpeg: Jpeg) -> None:
    case = str(uuid4())
    photo = write_jpeg(tmp_path / "rumah.jpg", "rumah", (1_200, 900)).read_bytes()
    picture = guest.desk("attach", case, "ktp", guest.keep(photo), "krk")
    whole = guest.file(case, picture, "original")
    assert whole.headers["Content-Type"] == "image/jpeg" and whole.headers["Cache-Control"] == "no-store"
    assert "sandbox" in whole.headers["Content-Security-Policy"]
    small = Image.open(io.BytesIO(guest.file(case, picture, "thumbnail").content))
    assert max(small.size) == 320
    document = guest.desk("attach", case, "land_proof", guest.keep(PDF, "bukti.pdf", "pdf"), "krk")
    assert guest.file(case, document, "original").content == PDF
    for asked, code in (((case, document, "thumbnail"), "no_thumbnail"), ((case, "x", "original"), "not_found")):
        with pytest.raises(Refused) as refused:
            guest.file(*asked)
        assert refused.value.code == code
    with pytest.raises(Refused) as refused:
        guest.file(case, picture, "enormous")
    assert refused.value.code == "invalid"


def test_files_of_a_half_typed_form_stay_and_come_along(laptop: Laptop, jpeg: Jpeg) -> None:
    window = laptop.signed_in("surveyor")
    case, other = str(uuid4()), str(uuid4())
    kept = window.keep(jpeg("depan"))
    claims = {name: value for name, value in kept.items() if value is not None}
    typed = {
        "action": "survey_done", "form": {"road_width": 6.5}, "note": "basah",
        "attach": [{"id": str(uuid4()), "document": "survey_photos"} | claims],
    }  # fmt: skip
    window.desk("keep_typing", case, "survey_done", typed)
    window.desk("keep_typing", other, "survey_done", {"action": "survey_done"})
    assert window.desk("typing", case, "survey_done") == typed
    assert window.desk("typing", other, "survey_done") == {"action": "survey_done"}
    assert window.desk("files", case)[0]["here"] and window.desk("waiting_files") == []
    with pytest.raises(Refused) as refused:
        window.desk("sign_out")
    assert refused.value.code == "unsent" and refused.value.body["files"] == 1
    window.desk("keep_typing", case, "survey_done", None)
    assert window.desk("typing", case, "survey_done") is None
    gone = {**typed, "attach": [typed["attach"][0] | {"sha256": "0" * 64}]}
    with pytest.raises(Refused) as refused:
        window.desk("keep_typing", case, "survey_done", gone)
    assert refused.value.code == "no_such_file"


def test_nothing_of_it_lies_on_the_disk_in_between(
    guest: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A photo on its way into the encrypted store, or out of it, must not be found in a folder for passing things."""
    made: list[str] = []
    for name in ("NamedTemporaryFile", "TemporaryFile", "mkstemp"):
        monkeypatch.setattr(f"tempfile.{name}", lambda *_, name=name, **__: made.append(name))
    monkeypatch.setattr("waitress.buffers.FileBasedBuffer.__init__", lambda *_: made.append("buffer"))
    monkeypatch.setattr("bottle.NamedTemporaryFile", lambda *_, **__: made.append("bottle"))
    photo = write_jpeg(tmp_path / "berat.jpg", "berat", (1_500, 1_500), noise=True).read_bytes()
    assert len(photo) > 1_000_000
    case = str(uuid4())
    attachment = guest.desk("attach", case, "ktp", guest.keep(photo), "krk")
    assert guest.file(case, attachment, "original").content
    guest.post("/desk/import", b"x" * 3_000_000)
    assert made == []
