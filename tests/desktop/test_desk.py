"""A day at the desk over HTTP: the same calls as the screens make, against a real server, with and without a
network."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from client.files.room import RESERVE
from client.store.blobs import Blobs
from schemas.documents import wanted
from server.bundles.importing import import_bundle
from sync.bundle import MAX_BUNDLE
from sync.errors import Malformed
from tests.conftest import Server
from tests.desktop.conftest import CITY, Laptop, Refused, Window, complete
from tests.desktop.seat import until
from tests.pictures import write_pdf

Jpeg = Callable[[str], bytes]


def draft(laptop: Laptop, jpeg: Jpeg, **given: Any) -> str:
    """A complete draft of the laptop's own, typed letter by letter where it matters, with its photos."""
    window, server = laptop.window, laptop.network.server
    case, values = str(uuid4()), complete(server, **given)
    for name, value in values.items():
        window.desk("edit", case, {name: value}, "krk")
    for document in wanted(server.city.service("krk"), values):
        if document.required:
            kept = window.keep(jpeg(f"{case} {document.code}"), f"{document.code}.jpg")
            window.desk("attach", case, document.code, kept, "krk")
    return case


@pytest.fixture
def guest(laptop: Laptop) -> Window:
    """A profile of nobody in particular, that knows the city."""
    laptop.window.make()
    assert laptop.window.desk("city")["services"]
    return laptop.window


def test_the_main_job(laptop: Laptop, guest: Window, jpeg: Jpeg) -> None:
    laptop.network.offline = True
    case = draft(laptop, jpeg)
    guest.desk("submit", case)
    [row] = guest.desk("list")
    assert row["id"] == case and row["waiting"] == 1 and row["mine"] and row["number"] is None
    assert row["title"] and row["stage"] == "draft"
    status = guest.desk("status")
    assert status["waiting"] == 1 and status["files"]["waiting"] > 0 and status["oldest"]
    with pytest.raises(Refused) as refused:
        guest.desk("sync")
    assert refused.value.code == "unreachable"
    laptop.network.offline = False
    assert set(guest.desk("sync")) == {"exchanges", "sent", "received", "dropped", "mended", "refused"}
    parts = guest.desk("case", case)
    assert parts["record"]["stage"] == "completeness" and parts["record"]["number"].startswith("KRK-")
    assert [entry["state"] for entry in parts["entries"]] == ["acknowledged"]
    assert guest.desk("case", parts["record"]["number"].lower())["id"] == case, "by its number as well"
    files = guest.desk("files", case)
    assert files and {file["state"] for file in files} == {"arrived"} and all(file["here"] for file in files)
    status = guest.desk("status")
    assert status["waiting"] == 0 and status["files"] == {"waiting": 0, "bytes": 0, "sent": 0}
    assert status["last_error"] is None and status["last_success"]
    assert guest.desk("waiting_files") == [] and guest.desk("person")["kind"] == "guest"
    assert guest.desk("promises") is not None


def test_each_letter_amends_the_same_command_and_a_try_without_a_network_freezes_nothing(
    laptop: Laptop, guest: Window
) -> None:
    laptop.network.offline = True
    case = str(uuid4())
    for typed in ("T", "Te", "Tet", "Tetangga"):
        guest.desk("edit", case, {"name": typed}, "krk")
        with pytest.raises(Refused):
            guest.desk("sync")
    [entry] = guest.desk("case", case)["entries"]
    assert entry["state"] == "queued" and entry["data"]["set"] == {"name": "Tetangga"}
    assert set(entry) == {
        "instance", "seq", "state", "case", "kind", "queued_at", "sent_at", "base", "after", "data", "size", "result",
    }  # fmt: skip
    guest.desk("undo", {"instance": entry["instance"], "seq": entry["seq"]})
    assert guest.desk("list") == [] and guest.desk("outbox", "settled")[0]["seq"] == entry["seq"]


def test_a_captive_portal_is_not_our_server_and_freezes_nothing(laptop: Laptop, guest: Window) -> None:
    case = str(uuid4())
    laptop.network.wifi = True
    guest.desk("edit", case, {"name": "Tetangga"}, "krk")
    with pytest.raises(Refused) as refused:
        guest.desk("sync")
    assert refused.value.code == "not_our_server"
    assert guest.desk("status")["last_error"]["code"] == "not_our_server"
    assert guest.desk("outbox")[0]["state"] == "queued"


def test_refusals_go_by_the_words_that_the_screens_know(laptop: Laptop, guest: Window, jpeg: Jpeg) -> None:
    def code(method: str, *given: Any) -> str:
        with pytest.raises(Refused) as refused:
            guest.desk(method, *given)
        assert refused.value.body["detail"] and refused.value.status < 500
        return refused.value.code

    case = str(uuid4())
    assert code("edit", case, {"name": "x"}) == "no_such_case"
    assert code("edit", case, {"name": "x"}, "nonsense") == "no_such_service"
    assert code("edit", case, {"nonsense": "x"}, "krk") == "invalid"
    assert code("edit", "no uuid", {"name": "x"}, "krk") == "malformed"
    assert code("submit", case) == "no_such_case"
    guest.desk("edit", case, {"name": "x"}, "krk")
    assert code("submit", case) == "invalid"
    assert code("act", case, {"action": "accept"}) == "forbidden"
    assert code("choose", case, "name", "ours") == "nothing_to_choose"
    assert code("undo", {"instance": 1, "seq": 999}) == "frozen"
    assert code("retry", {"instance": 1, "seq": 1}) == "frozen" == code("give_up", {"instance": 1, "seq": 1})
    kept = guest.keep(jpeg("satu"))
    assert code("attach", case, "nonsense", kept) == "unknown_document"
    assert code("attach", case, "ktp", kept | {"sha256": "0" * 64}) == "no_such_file"
    assert code("attach", case, "ktp", kept | {"size": 10**12}) == "invalid_file"
    assert code("sign_in", "nobody", "nothing") == "wrong_credentials"
    assert code("sign_out") == "unsent"


def test_what_is_wrong_is_told_by_field(guest: Window) -> None:
    case = str(uuid4())
    guest.desk("edit", case, {"nik": "12"}, "krk")
    with pytest.raises(Refused) as refused:
        guest.desk("submit", case)
    problem = refused.value.body["problems"]["nik"]
    assert problem["code"] == "wrong_length" and set(problem["text"]) == {"id", "en"}


def test_an_officers_day(laptop: Laptop, network_case: str) -> None:
    window = laptop.signed_in("front_desk")
    [row] = [row for row in window.desk("list") if row["number"] == network_case]
    assert not row["mine"] and not row["opened"] and row["due"] and row["touched"]
    window.desk("opened", row["id"])
    window.desk("opened", row["id"])
    assert [entry["kind"] for entry in window.desk("outbox", "queued", "sent")] in (["case.open"], [])
    window.desk("keep_typing", row["id"], "accept", {"action": "accept", "note": "lengkap", "form": {}})
    assert window.desk("typing", row["id"], "accept") == {"action": "accept", "note": "lengkap"}
    with pytest.raises(Refused) as refused:
        window.desk("act", row["id"], {"action": "request_correction", "items": []})
    assert refused.value.code == "items_required"
    window.desk("act", row["id"], {"action": "accept", "note": "lengkap"})
    assert window.desk("typing", row["id"], "accept") is None
    window.desk("sync")
    assert window.desk("case", network_case)["record"]["stage"] != "completeness"
    assert {entry["state"] for entry in window.desk("outbox")} == {"acknowledged"}


@pytest.fixture
def network_case(laptop: Laptop, jpeg: Jpeg) -> str:
    """Somebody else's case, received whole by the server; its number."""
    laptop.window.make("Warga")
    laptop.window.desk("city")
    case = draft(laptop, jpeg)
    laptop.window.desk("submit", case)
    laptop.window.desk("sync")
    found: str = laptop.window.desk("case", case)["record"]["number"]
    laptop.window.gate("lock")
    return found


def test_an_action_waits_for_bytes_that_are_on_their_way(laptop: Laptop, server: Server, jpeg: Jpeg) -> None:
    laptop.window.make("Warga")
    laptop.window.desk("city")
    case = draft(laptop, jpeg)
    laptop.window.desk("submit", case)
    opened = laptop.bridge.gate.desk()
    for upload in opened.store.files.uploads():
        opened.store.blobs.drop([upload.sha256])
    laptop.window.desk("sync")
    laptop.window.gate("lock")
    window = laptop.signed_in("front_desk")
    assert {file["state"] for file in window.desk("files", case)} == {"elsewhere"}
    with pytest.raises(Refused) as refused:
        window.desk("act", case, {"action": "accept"})
    assert refused.value.code == "documents_waiting" and refused.value.body["documents"]


def test_what_waits_is_carried_by_a_file_to_another_laptop(laptop: Laptop, guest: Window) -> None:
    laptop.network.offline = True
    case = str(uuid4())
    guest.desk("edit", case, {"name": "Tetangga"}, "krk")
    content = guest.post("/desk/export", []).content
    told = json.loads(content)
    assert told["format"] == "tenggat-outbox" and told["server"] == CITY and len(told["entries"]) == 1
    assert guest.desk("outbox")[0]["state"] == "sent", "what is in a file cannot change any more"
    guest.make("Laptop Lain")
    assert guest.post("/desk/import", content).json() == {"taken": 1, "known": 0}
    assert guest.post("/desk/import", content).json() == {"taken": 0, "known": 1}
    laptop.network.offline = False
    guest.desk("sync")
    assert guest.desk("case", case)["record"]["fields"] == {"name": "Tetangga"}
    answer = guest.post("/desk/import", b"not a file of ours")
    assert answer.status_code == 400 and answer.json()["code"] == "malformed"


def met(guest: Window) -> None:
    """The server knows this guest, and the guest the server: somebody who has typed nothing is nobody yet."""
    guest.desk("edit", str(uuid4()), {"name": "Yang pertama"}, "krk")
    guest.desk("sync")


def carried(laptop: Laptop, made: dict[str, Any]) -> bytes:
    """What the page is given of a bundle, and only once."""
    found = laptop.window.get(f"/desk/bundle/{made['name']}")
    assert found.headers["Content-Disposition"] == f'attachment; filename="{made["name"]}"'
    assert len(found.content) == made["bytes"] == int(found.headers["Content-Length"])
    assert laptop.window.get(f"/desk/bundle/{made['name']}").status_code == 404
    return found.content


def test_what_waits_goes_to_the_server_in_a_locked_file_and_its_answer_comes_back(
    laptop: Laptop, guest: Window, jpeg: Jpeg
) -> None:
    met(guest)
    laptop.network.offline = True
    case = draft(laptop, jpeg, name="Nama yang tak boleh terbaca")
    guest.desk("submit", case)
    waits = guest.desk("status")
    made = guest.post("/desk/bundle", []).json()
    assert (made["commands"], made["files"], made["left"]) == (waits["waiting"], waits["files"]["waiting"], 0)
    content = carried(laptop, made)
    assert b"Nama yang" not in content and b"krk" not in content
    answer = io.BytesIO()
    # A file takes longer than a network: what was heard before is older by a second at least.
    laptop.network.server.clock.move(seconds=1)
    import_bundle(laptop.network.server.world, io.BytesIO(content), answer)
    told = guest.post("/desk/import", answer.getvalue()).json()
    assert told == {"taken": made["commands"], "known": 0, "heard": NOTHING_BAD}
    again = guest.post("/desk/import", answer.getvalue()).json()
    assert again == {"taken": 0, "known": made["commands"], "heard": NOTHING_BAD | {"late": True}}
    parts = guest.desk("case", case)
    assert parts["record"]["number"].startswith("KRK-") and parts["record"]["stage"] == "completeness"
    assert {file["state"] for file in guest.desk("files", case)} == {"arrived"}


NOTHING_BAD = {
    "problems": [], "refused": 0, "files_refused": 0, "late": False, "more": False, "upgrade": False, "wiped": False,
}  # fmt: skip


def answered(laptop: Laptop, content: bytes) -> bytes:
    """As the city's admin takes a locked file in."""
    laptop.network.server.clock.move(seconds=1)
    answer = io.BytesIO()
    import_bundle(laptop.network.server.world, io.BytesIO(content), answer)
    return answer.getvalue()


def test_what_the_server_refused_in_a_file_is_told(
    laptop: Laptop, guest: Window, jpeg: Jpeg, monkeypatch: pytest.MonkeyPatch
) -> None:
    met(guest)
    laptop.network.offline = True
    case = draft(laptop, jpeg)
    guest.desk("edit", case, {"name": "Nama"}, "krk")
    content = carried(laptop, guest.post("/desk/bundle", []).json())
    with monkeypatch.context() as patch:
        patch.setattr("server.bundles.importing.take_in", _refuse)
        told = guest.post("/desk/import", answered(laptop, content)).json()
    [problem] = told["heard"]["problems"]
    assert problem["code"] == "malformed" and problem["detail"] and told["heard"]["late"]
    assert guest.desk("status")["waiting"], "it waits on"


def _refuse(*_: Any, **__: Any) -> Any:
    raise Malformed("no such protocol here")


def test_a_wipe_that_came_in_a_file_shuts_the_gate(laptop: Laptop, guest: Window) -> None:
    met(guest)
    laptop.network.offline = True
    guest.desk("edit", str(uuid4()), {"name": "Tetangga"}, "krk")
    content = carried(laptop, guest.post("/desk/bundle", []).json())
    server = laptop.network.server
    server.execute("UPDATE device SET revoked = :now", now=server.clock().isoformat())
    told = guest.post("/desk/import", answered(laptop, content)).json()
    assert told["heard"]["wiped"]
    standing = guest.standing()
    assert standing["open"] is None and standing["profiles"][0]["wiped"]
    assert laptop.ended[-1][1].wiped, "the system's notice as well"


def test_a_locked_file_of_somebody_else_is_carried_and_its_answer_given_back(
    laptop: Laptop, guest: Window, jpeg: Jpeg
) -> None:
    met(guest)
    laptop.network.offline = True
    case = draft(laptop, jpeg)
    guest.desk("submit", case)
    made = guest.post("/desk/bundle", []).json()
    content = carried(laptop, made)
    guest.gate("lock")
    laptop.network.server.clock.move(seconds=1)
    guest.make("Petugas Kantor")
    offline = guest.post("/desk/import", content)
    assert offline.json()["code"] == "unreachable"
    folder = laptop.bridge.gate.desk().store.path.with_name("device.sqlite.carried")
    assert not list(folder.iterdir())
    laptop.network.offline = False
    told = guest.post("/desk/import", content).json()
    assert (told["taken"], told["known"], told["carried"]["later"]) == (0, 0, 0)
    assert [path.name for path in folder.iterdir()] == [told["carried"]["name"]]
    answer = guest.get(f"/desk/bundle/{told['carried']['name']}").content
    until(lambda: not list(folder.iterdir()), "an answer that is let go of")
    assert guest.desk("outbox") == [] == guest.desk("list"), "nothing of it is this profile's"
    guest.gate("lock")
    laptop.network.offline = True
    guest.gate("open", profile="petugas-survei", secret="284617")
    assert guest.post("/desk/import", answer).json()["taken"] == made["commands"]
    assert {file["state"] for file in guest.desk("files", case)} == {"arrived"}


def in_pieces(window: Window, content: bytes, size: int) -> list[Any]:
    """A file handed over as the page does with a large one; what each piece was answered."""
    of = len(content)
    return [
        window.post(f"/desk/import?at={at}&of={of}", content[at : at + size]).json() for at in range(0, of, size)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("plans", "size"), [(20_000, 16 * 1024), pytest.param(18_000_000, 16_000_000, marks=pytest.mark.long)]
)
def test_a_locked_file_may_come_in_pieces_however_large_it_is(
    laptop: Laptop, guest: Window, tmp_path: Path, plans: int, size: int
) -> None:
    met(guest)
    laptop.network.offline = True
    case = str(uuid4())
    guest.desk("edit", case, {"name": "Tetangga"}, "krk")
    for place in range(4):
        plan = write_pdf(tmp_path / "rencana.pdf", str(place), plans).read_bytes()
        guest.desk("attach", case, "drawings", guest.keep(plan, f"{place}.pdf", "pdf", 20))
    made = guest.post("/desk/bundle", []).json()
    content = carried(laptop, made)
    assert len(content) > 4 * plans and made["files"] == 4
    guest.gate("lock")
    laptop.network.server.clock.move(seconds=1)
    guest.make("Petugas Kantor")
    laptop.network.offline = False
    *before, told = in_pieces(guest, content, size)
    assert [one["at"] for one in before] == [(place + 1) * size for place in range(len(before))] != []
    assert (told["taken"], told["known"], told["carried"]["later"]) == (0, 0, 0)
    answer = guest.get(f"/desk/bundle/{told['carried']['name']}").content
    folder = laptop.bridge.gate.desk().store.path.with_name("device.sqlite.carried")
    # It goes once its last byte was read, which whoever reads it is told first.
    until(lambda: not list(folder.iterdir()), "an answer that is let go of")
    guest.gate("lock")
    laptop.network.offline = True
    guest.gate("open", profile="petugas-survei", secret="284617")
    assert in_pieces(guest, answer, 500)[-1]["taken"] == made["commands"], "an answer may come so too"
    assert {file["state"] for file in guest.desk("files", case)} == {"arrived"}
    assert not list(laptop.bridge.gate.desk().store.path.with_name("device.sqlite.carried").iterdir())


def test_pieces_that_make_no_locked_file_are_refused_and_leave_nothing(
    laptop: Laptop, guest: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    met(guest)
    laptop.network.offline = True
    guest.desk("edit", str(uuid4()), {"name": "Tetangga"}, "krk")
    content = carried(laptop, guest.post("/desk/bundle", []).json())
    folder = laptop.bridge.gate.desk().store.path.with_name("device.sqlite.carried")

    def why(at: int, of: int, piece: bytes) -> str:
        return str(guest.post(f"/desk/import?at={at}&of={of}", piece).json()["code"])

    assert why(100, len(content), content[100:200]) == "malformed", "the first is missing"
    assert why(0, MAX_BUNDLE + 1, content[:100]) == "too_large"
    assert why(0, 200, b'{"format": "tenggat-outbox"') == "too_large", "what anybody can read is not laid on the disk"
    with monkeypatch.context() as patch:
        patch.setattr(Blobs, "free", lambda _: RESERVE)
        assert why(0, len(content), content[:100]) == "storage_full"
    assert not list(folder.iterdir())
    guest.post(f"/desk/import?at=0&of={len(content)}", content[:100])
    assert why(50, len(content), content[50:150]) == why(100, 150, content[100:200]) == "malformed"
    assert why(100, len(content), b"") == "malformed"
    assert why(100, len(content), b"x" * (len(content) - 100)) == "bundle_damaged"
    assert not list(folder.iterdir())


@pytest.mark.parametrize("anew", ["opened", "started"])
def test_what_a_taking_left_that_broke_off_is_gone_when_its_profile_is_opened_next(
    laptop: Laptop, guest: Window, anew: str
) -> None:
    met(guest)
    guest.desk("edit", str(uuid4()), {"name": "Tetangga"}, "krk")
    whole = guest.post("/desk/bundle", []).json()
    path = laptop.bridge.gate.desk().store.path.with_name("device.sqlite.carried") / whole["name"]
    content = path.read_bytes()
    guest.post(f"/desk/import?at=0&of={len(content)}", content[:100])
    assert len(list(path.parent.iterdir())) == 2
    if anew == "opened":
        guest.gate("lock")
        guest.gate("open", profile="petugas-survei", secret="284617")
    else:
        # As a writing leaves it whose program was killed.
        path.with_name(f".{path.name}.1.part").write_bytes(content[:100])
        laptop.restart()
    assert list(path.parent.iterdir()) == [path], "and what was written whole still waits"


def test_what_is_held_by_another_program_does_not_keep_the_window_from_starting(
    laptop: Laptop, guest: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on Windows, while something looks for viruses in it."""
    folder = laptop.bridge.gate.desk().store.path.with_name("device.sqlite.carried")
    folder.mkdir(exist_ok=True)
    rubbish = [folder / "taking", folder / ".tenggat.1.part"]
    for path in rubbish:
        path.write_bytes(b"half")
    unlink = Path.unlink

    def held(path: Path, missing_ok: bool = False) -> None:
        if path in rubbish:
            raise PermissionError(13, "used by another process", str(path))
        unlink(path, missing_ok)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", held)
        laptop.restart()
    assert all(path.exists() for path in rubbish)
    laptop.restart()
    assert not any(path.exists() for path in rubbish), "and goes when it was let go of"


def test_a_newer_locked_file_takes_the_place_of_one_that_nobody_fetched(laptop: Laptop, guest: Window) -> None:
    met(guest)
    laptop.network.offline = True
    guest.desk("edit", str(uuid4()), {"name": "Satu"}, "krk")
    first = guest.post("/desk/bundle", []).json()
    guest.desk("edit", str(uuid4()), {"name": "Dua"}, "krk")
    second = guest.post("/desk/bundle", []).json()
    assert (first["commands"], second["commands"]) == (1, 2)
    folder = laptop.bridge.gate.desk().store.path.with_name("device.sqlite.carried")
    assert [path.name for path in folder.iterdir()] == [second["name"]]
    carried(laptop, second)
    until(lambda: not list(folder.iterdir()), "a file that is let go of")
    for name in ("..%2fdevice.sqlite", "%2e%2e", "other.tenggat", second["name"]):
        assert guest.get(f"/desk/bundle/{name}").status_code == 404, name


def test_a_locked_file_that_does_not_fit_is_refused_before_anything_is_frozen(
    laptop: Laptop, guest: Window, jpeg: Jpeg, monkeypatch: pytest.MonkeyPatch
) -> None:
    met(guest)
    laptop.network.offline = True
    draft(laptop, jpeg)
    with monkeypatch.context() as patch:
        patch.setattr(Blobs, "free", lambda _: RESERVE)
        refused = guest.post("/desk/bundle", [])
    assert (refused.status_code, refused.json()["code"]) == (507, "no_room_for_bundle")
    assert set(refused.json()["text"]) == {"id", "en"} and refused.json()["needed"] > 0
    assert {entry["state"] for entry in guest.desk("outbox")} == {"acknowledged", "queued"}
    assert not list(laptop.bridge.gate.desk().store.path.with_name("device.sqlite.carried").iterdir())
    assert guest.post("/desk/bundle", []).status_code == 200


def test_a_locked_file_needs_to_know_its_server(laptop: Laptop) -> None:
    laptop.network.offline = True
    laptop.window.make()
    refused = laptop.window.post("/desk/bundle", [])
    assert (refused.status_code, refused.json()["code"]) == (401, "not_signed_in")


def test_nothing_typed_is_lost_when_the_program_ends(laptop: Laptop, guest: Window) -> None:
    laptop.network.offline = True
    case = str(uuid4())
    guest.desk("edit", case, {"name": "Tetangga"}, "krk")
    window = laptop.restart()
    window.gate("open", profile="petugas-survei", secret="284617")
    assert window.desk("case", case)["entries"][0]["data"]["set"] == {"name": "Tetangga"}
