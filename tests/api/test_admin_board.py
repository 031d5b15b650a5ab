"""The board, a device's page, and what an admin asks of a device there."""

import json
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest
from sqlalchemy import text

from server.access import asking, audit, devices, roster
from server.admin import pulse
from server.store.database import writing
from tests.api.admin import Desk, signed_in
from tests.api.device import Device, new_id
from tests.api.sending import Sender, draft, entry, picture
from tests.conftest import Server


@pytest.fixture(autouse=True)
def short_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stream ends after its first look."""
    monkeypatch.setattr(pulse, "LASTS", 0.0)


@pytest.fixture
def desk(server: Server) -> Desk:
    return signed_in(server, "admin", login="admin")


def survey_device(server: Server, scope: str = "office:distaru") -> Device:
    return Device(server.app, server.staff("surveyor", scopes=(scope,))[1], guest=False)


def id_of(server: Server, device: Device) -> str:
    (row,) = server.rows("SELECT device_id FROM instance WHERE id = :id", id=device.instance)
    return str(row[0])


def names(desk: Desk) -> list[str]:
    return [one.words for one in desk.shown.all("a") if (one.get("id") or "").startswith("device-")]


def test_an_empty_board_says_how_to_begin(desk: Desk) -> None:
    desk.open("/admin/board")
    assert desk.heading == "Papan sinkron"
    assert "tenggat-server device invite" in desk.words


def test_each_device_with_all_that_is_known_of_it(server: Server, desk: Desk) -> None:
    device = survey_device(server)
    device.exchange()
    server.clock.move(hours=1)
    device.exchange(
        app="tenggat 0.0.1",
        clock="2026-03-16T11:30:00+07:00",
        health={
            "waiting": 4,
            "files": 2,
            "bytes": 12_345,
            "oldest": "2026-03-14T08:00:00+07:00",
            "free": 200_000_000,
            "refused": 3,
            "conflicts": 1,
        },
    )
    desk.sign_in()
    desk.open("/admin/board")
    for told in (
        "Dinas Penataan Ruang",
        "4 perintah, 12 KB",
        "2 berkas",
        "sejak 2 hari",
        "200 MB",
        "1 jam maju",
        "Ditolak: 3",
        "Bertentangan: 1",
        "tenggat 0.0.1",
        "Minta data diagnosis",
    ):
        assert told in desk.words, told
    desk.language = "en"
    desk.open("/admin/board")
    assert "Commands wait (4), the oldest for 2 days, though this device is in contact." in desk.words
    assert "Old version" in desk.words


def test_what_was_set_aside_sent_half_and_not_heard_of_is_told_too(server: Server, desk: Desk) -> None:
    device = Device(server.app, server.staff("front_desk")[1], guest=False)
    broken = b"\xff\xd8\xff" + b"no picture" * 50
    whole, refused = entry(picture()), entry(broken)
    first, second = draft(device, whole), draft(device, refused)
    Sender(device).create(first, whole)
    Sender(device).send(second, refused, broken)
    device.exchange(b'{"t":"command","seq":3,"kind":')
    device.exchange(others=[{"t": "check"}])
    heard = server.clock().isoformat(timespec="seconds")
    for failed in (1, 2):
        server.clock.move(days=1)
        device.exchange(others=[{"t": "check"}], health={"failed": failed, "trouble": "unreachable", "ended": heard})
    desk.sign_in()
    desk.open("/admin/board")
    cells = {one["data-label"]: one.words for one in desk.shown.all("td") if one.get("data-label")}
    told = {
        "Kontak terakhir": "baru sajaTerakhir utuh: 2 hari lalu",
        "Menunggu": "tidak adaUnggahan: 1 berjalan, 85 KB, 1 ditolak",
        "Ditolak dan disisihkan": "Karantina: 1Isi berbeda: 3",
    }
    assert {label: cells.get(label) for label in told} == told


def test_one_that_a_file_brought_says_so_and_when(server: Server, desk: Desk) -> None:
    person, _ = server.staff("surveyor", scopes=("office:distaru",))
    server.execute("DELETE FROM device WHERE person_id = :id", id=person)
    seat = devices.bind_unseen(server.engine, new_id(), person, server.world.sources)
    server.clock.move(days=2)
    desk.sign_in()
    desk.open("/admin/board")
    assert "Isi perangkat ini dibawa ke sini lewat file 2 hari lalu" in desk.words
    assert "Datang lewat file: 2 hari lalu" in desk.words
    desk.open(f"/admin/devices/{seat.device}")
    assert "Datang lewat fileSenin, 16 Maret 2026" in desk.words and "Didaftarkan" not in desk.words
    desk.open(f"/admin/people/{person}")
    assert "Datang lewat file: 2 hari lalu" in desk.words


def test_the_worst_comes_first_and_the_rest_is_found_by_filters(server: Server, desk: Desk) -> None:
    fine, silent, stuck = (survey_device(server) for _ in range(3))
    other = survey_device(server, "office:dlh")
    silent.exchange()
    server.clock.move(days=4)
    fine.exchange()
    other.exchange(health={"refused": 1})
    stuck.exchange(health={"waiting": 1, "oldest": "2026-03-15T00:00:00Z"})
    Device(server.app).exchange()
    desk.sign_in()
    desk.open("/admin/board")
    assert names(desk) == ["Petugas 3", "Petugas 4", "Petugas 2", "Petugas 1"]
    for query, expected in (
        ({"q": "petugas 3"}, ["Petugas 3"]),
        ({"q": "PETUGAS3"}, ["Petugas 3"]),
        ({"q": id_of(server, fine)[:8]}, ["Petugas 1"]),
        ({"q": "100%"}, []),
        ({"q": "petugas_3"}, []),
        ({"q": "petugas!"}, []),
        ({"office": "dlh"}, ["Petugas 4"]),
        ({"office": "bulan"}, []),
        ({"role": "surveyor"}, ["Petugas 3", "Petugas 4", "Petugas 2", "Petugas 1"]),
        ({"role": "planner"}, []),
        ({"trouble": "stuck"}, ["Petugas 3"]),
        ({"trouble": "bad"}, ["Petugas 3"]),
        ({"trouble": "warn"}, ["Petugas 4", "Petugas 2"]),
        ({"trouble": "good"}, ["Petugas 1"]),
        ({"silent": "4"}, ["Petugas 2"]),
        ({"whose": "guest"}, ["Tamu"]),
        ({"whose": "nobody", "silent": "x", "page": "-1", "trouble": "?", "role": "?"}, 4),
        ({"page": "99999"}, 4),
    ):
        desk.open("/admin/board", **query)
        assert desk.status == 200
        assert names(desk) == expected or len(names(desk)) == expected, query
    desk.open("/admin/board", trouble="stuck")
    assert [one.words for one in desk.shown.all("a", cls="chip")] == [
        "4 Semua",
        "1 Tersendat",
        "2 Perlu dilihat",
        "1 Baik",
    ]


def test_many_devices_come_in_pages(server: Server, desk: Desk) -> None:
    for _ in range(52):
        survey_device(server)
    desk.open("/admin/board")
    assert len(names(desk)) == 50
    desk.follow("Berikutnya")
    assert len(names(desk)) == 2
    assert "Halaman 2 dari 2" in desk.words
    desk.follow("Sebelumnya")
    assert len(names(desk)) == 50


def test_of_too_many_devices_an_offices_own_are_all_seen(
    server: Server, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roster, "MOST", 3)
    survey_device(server, "office:distaru/33.74.10").exchange()
    for _ in range(4):
        # With work on them: they stand before any that has none.
        Device(server.app).exchange(health={"waiting": 1})
    warned = "Hanya 3 perangkat pertama yang dilihat"
    supervisor = signed_in(server, "supervisor", scopes=("office:distaru",))
    for one, query in ((supervisor, {}), (desk, {"office": "distaru"})):
        one.open("/admin/board", whose="all", **query)
        assert names(one) == ["Petugas 1"]
        assert warned not in one.words
    desk.open("/admin/board", whose="all")
    assert names(desk) == ["Tamu"] * 3
    assert warned in desk.words
    desk.open("/admin/board", whose="all", silent="9")
    assert names(desk) == [] and warned in desk.words, "what was not looked at may be silent"


def test_a_supervisor_sees_their_own_offices_and_can_change_nothing(server: Server) -> None:
    ours, theirs = survey_device(server, "office:distaru/33.74.10"), survey_device(server, "office:dlh")
    ours.exchange()
    theirs.exchange()
    desk = signed_in(server, "supervisor", scopes=("office:distaru",))
    assert desk.heading == "Papan sinkron"
    assert names(desk) == ["Petugas atasan"] or names(desk) == ["Petugas 1"]
    desk.open("/admin/board", office="dlh")
    assert names(desk) == []
    desk.open(f"/admin/devices/{id_of(server, ours)}")
    assert desk.status == 200
    assert "Cabut" not in desk.words
    for path in (f"/admin/devices/{id_of(server, theirs)}", f"/admin/devices/{id_of(server, theirs)}/history.svg"):
        assert desk.client.get(path).status_code == 404
    for path in ("revoke", "resync", "diagnose"):
        response = desk.client.post(f"/admin/devices/{id_of(server, ours)}/{path}", data={"csrf": "x"})
        assert response.status_code == 403
    for path in ("/admin/audit", "/admin/quarantine", "/admin/health"):
        assert desk.client.get(path).status_code in (403, 404), path


def test_a_devices_page_asks_before_it_is_revoked(server: Server, desk: Desk) -> None:
    device = survey_device(server)
    device.exchange(health={"waiting": 3})
    desk.open(f"/admin/devices/{id_of(server, device)}")
    desk.follow("Cabut perangkat…")
    assert "Ini tidak bisa dibatalkan" in desk.words
    assert "3 hal menunggu di perangkat ini" in desk.words
    assert server.rows("SELECT revoked FROM device WHERE seen IS NOT NULL") == [(None,)], "nothing was done by asking"
    desk.send("/revoke", why="lost")
    assert "Perangkat dicabut." in desk.words
    assert "belum menyerahkan isinya" in desk.words
    assert "Hilang" in desk.words
    assert device.exchange().hello["wipe"]
    entry = audit.entries(server.engine)[0]
    assert (entry.action, entry.person, entry.details) == ("device.revoke", desk.person, {"why": "lost"})


def test_a_reason_that_is_none_is_refused(server: Server, desk: Desk) -> None:
    device = survey_device(server)
    device.exchange()
    desk.open(f"/admin/devices/{id_of(server, device)}/revoke")
    desk.send("/revoke", why="because")
    assert desk.status == 422
    assert server.rows("SELECT count(*) FROM device WHERE revoked IS NOT NULL") == [(0,)]


def test_a_resync_and_a_diagnosis_are_asked_for_and_shown(server: Server, desk: Desk) -> None:
    device = survey_device(server)
    device.exchange()
    path = f"/admin/devices/{id_of(server, device)}"
    desk.open(path)
    desk.send("/resync")
    assert "akan sinkron ulang pada kontak berikutnya" in desk.words
    desk.send("/diagnose")
    assert "datang pada kontak berikutnya" in desk.words
    answer = device.exchange()
    assert answer.one("reset")["why"] == "asked"
    assert answer.hello["diagnose"]
    headers = {"Authorization": f"Bearer {device.token}"}
    told = {"outbox": {"sent": 7}, "platform": "Linux 6.1 x86_64"}
    assert server.app.test_client().post("/api/v1/diagnoses", json=told, headers=headers).status_code == 204
    desk.open(path)
    assert '"sent": 7' in desk.words
    link = next(one["href"] for one in desk.shown.all("a") if one.words == "Unduh (JSON)")
    response = desk.client.get(link)
    assert json.loads(response.get_data())["platform"] == "Linux 6.1 x86_64"
    assert "attachment" in response.headers["Content-Disposition"]
    assert desk.client.get(f"{path}/diagnoses/2020-01-01T00:00:00Z.json").status_code == 404
    assert [one.action for one in audit.entries(server.engine)][:2] == ["device.diagnose", "device.resync"]


def test_the_history_is_drawn_and_told(server: Server, desk: Desk) -> None:
    device = survey_device(server)
    path = ""
    for hours, waiting in ((0, 0), (2, 5), (30, 3), (40, 3), (160, 0)):
        server.clock.move(hours=hours)
        device.exchange(health={"waiting": waiting, "files": 1, "free": 5_000_000_000})
        path = path or f"/admin/devices/{id_of(server, device)}"
        desk = signed_in(server, "admin", login=f"admin{hours}")
        svg = desk.client.get(f"{path}/history.svg")
        assert svg.mimetype == "image/svg+xml"
        root = ElementTree.fromstring(svg.get_data())
        assert not [one for one in root.iter() if one.tag.endswith(("script", "style", "image"))]
        days = [one.text for one in root.iter() if one.tag.endswith("text") and "/" in (one.text or "")]
        assert len(days) == len(set(days)), "no day is named twice"
    desk.open(path)
    assert len([one for one in desk.shown.all("tr") if one.inside("table")]) == 6
    assert "Foto dan dokumen" in desk.words


@pytest.mark.parametrize("id_", ["x", "%", "..", "0" * 36, "'--"])
def test_what_is_no_device_is_not_there(desk: Desk, id_: str) -> None:
    for path in ("", "/history.svg", "/revoke", "/diagnoses/x.json"):
        assert desk.client.get(f"/admin/devices/{id_}{path}").status_code == 404


# ---- Live ----


def _events(desk: Desk, since: str, **headers: str) -> str:
    response = desk.client.get("/admin/board/events", query_string={"since": since, "auto": "1"}, headers=headers)
    assert response.mimetype == "text/event-stream"
    return response.get_data(as_text=True)


def test_a_change_is_told_and_nothing_else(server: Server, desk: Desk) -> None:
    # Made before, because making an account is a deed that the board hears of.
    one, other = survey_device(server), survey_device(server)
    desk.open("/admin/board")
    mark = next(one for one in desk.shown.elements if one.get("data-live") is not None)["data-mark"]
    assert "changed" not in _events(desk, mark)
    one.exchange()
    told = _events(desk, mark)
    assert "event: changed" in told
    found = told.split("id: ")[1].split("\n")[0]
    assert "changed" not in _events(desk, mark, **{"Last-Event-ID": found}), "who was told is not told again"
    other.exchange()
    assert "changed" not in _events(desk, mark, **{"Last-Event-ID": found}), "within one second nobody can tell"
    server.clock.move(seconds=1)
    assert "changed" in _events(desk, mark, **{"Last-Event-ID": found}), "and so it is told once that is over"


@pytest.fixture
def mark(server: Server) -> Callable[[], str]:
    """The board's mark at a second of which all is noted, so that what comes next has to change it by itself."""

    def settled() -> str:
        server.clock.move(seconds=1)
        return pulse.mark(server.engine, server.clock())

    return settled


def test_a_device_that_is_turned_away_is_told(server: Server, mark: Callable[[], str]) -> None:
    device = survey_device(server)
    device.exchange()
    before = mark()
    device.token = "x" * 43
    assert device.post(device.body()).status_code == 401
    assert pulse.mark(server.engine, server.clock()) != before


def test_uploads_and_a_diagnosis_are_told(server: Server, mark: Callable[[], str]) -> None:
    device = Device(server.app, server.staff("front_desk")[1], guest=False)
    broken = b"\xff\xd8\xff" + b"no picture" * 50
    whole, refused = entry(picture()), entry(broken)
    first, second = draft(device, whole), draft(device, refused)
    before = mark()
    Sender(device).create(first, whole)
    assert pulse.mark(server.engine, server.clock()) != before
    before = mark()
    Sender(device).send(second, refused, broken)
    assert pulse.mark(server.engine, server.clock()) != before
    asking.ask_diagnosis(server.engine, server.world.sources, id_of(server, device), "cli")
    before = mark()
    headers = {"Authorization": f"Bearer {device.token}"}
    assert server.app.test_client().post("/api/v1/diagnoses", json={}, headers=headers).status_code == 204
    assert pulse.mark(server.engine, server.clock()) != before


def test_a_minute_that_passes_is_told(server: Server, desk: Desk, mark: Callable[[], str]) -> None:
    before = mark()
    server.clock.move(seconds=1)
    assert "changed" not in _events(desk, before), "but not each second"
    server.clock.move(minutes=1)
    assert "changed" in _events(desk, before)


def test_looking_for_changes_walks_through_no_table(server: Server) -> None:
    if server.engine.dialect.name == "postgresql":
        with writing(server.engine) as connection:
            # In a table that is empty a walk is the shortest way; this says whether there is another.
            connection.execute(text("SET LOCAL enable_seqscan = off"))
            plan = connection.execute(text(f"EXPLAIN {pulse.MARK.text}")).scalars().all()
        walks = [line for line in plan if "Seq Scan" in line]
    else:
        plan = [row[3] for row in server.rows(f"EXPLAIN QUERY PLAN {pulse.MARK.text}")]
        walks = [line for line in plan if line.startswith("SCAN") and "USING" not in line and line != "SCAN held"]
    assert walks == [], plan


def test_streams_are_bounded_and_given_back(server: Server, desk: Desk) -> None:
    opened = [desk.client.get("/admin/board/events?auto=1", buffered=False) for _ in range(pulse.WATCHING)]
    refused = desk.client.get("/admin/board/events?auto=1")
    assert refused.status_code == 503
    assert refused.headers["Retry-After"] == "20"
    for response in opened:
        response.close()
    assert desk.client.get("/admin/board/events?auto=1").status_code == 200


def test_without_a_session_a_stream_ends(server: Server, desk: Desk) -> None:
    server.clock.move(hours=1)
    assert desk.client.get("/admin/board/events?auto=1").status_code == 401


def test_without_javascript_the_page_refreshes_itself_and_keeps_nobody_signed_in(desk: Desk) -> None:
    html = desk.open("/admin/board", trouble="bad").html
    assert (
        '<noscript><meta http-equiv="refresh" content="60; url=/admin/board?trouble=bad&amp;page=1&amp;auto=1">' in html
    )
    assert "auto=1" not in "".join(one["href"] for one in desk.shown.all("a"))


def test_devices_on_postgresql(make_server: Any, postgres_url: str) -> None:
    server = make_server(database=postgres_url)
    desk = signed_in(server, "admin", login="admin")
    device = survey_device(server)
    device.exchange(health={"waiting": 1, "oldest": "2026-03-14T00:00:00Z"})
    desk.open("/admin/board", q="Petugas", office="distaru", role="surveyor", trouble="stuck", silent="0")
    assert names(desk) == ["Petugas 1"]
    desk.open(f"/admin/devices/{id_of(server, device)}")
    desk.follow("Cabut perangkat…")
    desk.send("/revoke", why="stolen")
    assert "Perangkat dicabut." in desk.words
    assert "changed" in _events(desk, "")
