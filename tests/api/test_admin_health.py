"""The health page: what an admin looks at before people call."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from math import inf
from typing import Any

import pytest

from server.access import own_sessions
from server.access.devices import stamp
from server.bundles import renewing
from server.jobs import saying
from server.jobs.registry import JOBS
from server.jobs.runner import run_due
from server.notices import held
from server.observe import facts, speed
from server.observe.lag import Lag
from tests.api.admin import Desk, signed_in
from tests.api.device import Device
from tests.api.test_quarantine import submit
from tests.conftest import Clock, Server


@pytest.fixture
def desk(server: Server) -> Desk:
    return signed_in(server, "admin", login="admin")


def test_the_health_page_tells_what_to_look_at(server: Server, desk: Desk, guest: Device) -> None:
    guest.exchange(submit(server, guest))
    desk.open("/admin/health")
    assert desk.heading == "Kesehatan"
    for told in ("1 dalam 5 menit, 1 dalam 1 jam", "Posisi umpan1", "tidy_uploads", "forget_samples", "belum pernah"):
        assert told in desk.words, told
    desk.language = "en"
    desk.open("/admin/health")
    assert "not looked at here" in desk.words


def test_everybody_who_may_come_in_is_counted_who_has_no_second_factor(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = signed_in(server, "admin")

    def counted() -> list[str]:
        links = [one["href"] or "" for one in desk.open("/admin/health").all("a")]
        return [link for link in links if "factor=none" in link]

    assert [("role=admin" in link, "role=supervisor" in link) for link in counted()] == [(True, False), (False, True)]
    monkeypatch.setattr(own_sessions, "ROLES", own_sessions.ROLES - {"supervisor"})
    assert ["role=admin" in link for link in counted()] == [True]


def test_buckets_are_read_off_what_is_given_to_prometheus() -> None:
    name = "tenggat_http_request_duration_seconds_bucket"
    told = "\n".join(
        [
            f'{name}{{le="0.1",route="/api/v1/sync"}} 50.0',
            f'{name}{{le="+Inf",route="/api/v1/sync"}} 100.0',
            f'{name}{{le="0.1",route="/other"}} 1000.0',
        ]
    )
    assert speed.buckets_of(told, "/api/v1/sync") == {0.1: 50, inf: 100}
    assert speed.buckets_of(told, "/none") == speed.buckets_of("", "/api/v1/sync") == {}


def test_a_share_is_spread_evenly_in_its_bucket_and_beyond_the_last_one_there_is_no_telling() -> None:
    buckets = {0.1: 40.0, 0.5: 60.0, 1.0: 100.0, inf: 100.0}
    assert speed.speed_of(buckets) == speed.Speed(100, pytest.approx(0.3), pytest.approx(0.9375))
    assert speed.within({0.1: 90.0, inf: 100.0}, 0.95) == inf
    assert speed.speed_of({}) == speed.speed_of({0.1: 0.0, inf: 0.0}) == speed.Speed()


def test_a_server_that_turns_slow_after_weeks_is_slow_at_once_and_fast_again_ten_minutes_later() -> None:
    lately, weeks = speed.Lately(), {0.1: 1e6, 5.0: 1e6, inf: 1e6}
    slow = {0.1: 1e6, 5.0: 1e6 + 20, inf: 1e6 + 20}
    lately.keep(0, {})
    lately.keep(1_000_000, weeks)
    assert lately.speed(1_000_000, weeks) == speed.Speed()
    assert not lately.wants(1_000_059) and lately.wants(1_000_060)
    found = lately.speed(1_000_100, slow)
    assert found.count == 20 and found.most > 2
    lately.keep(1_000_100, slow)
    assert lately.speed(1_000_600, slow).count == 20
    assert lately.speed(1_000_601, slow).count == 0


@pytest.mark.usefixtures("read_to_the_end")
def test_exchanges_are_counted_lately(server: Server, desk: Desk, guest: Device) -> None:
    before = speed.now().count
    guest.exchange()
    guest.exchange()
    assert speed.now().count == before + 2


Shown = Callable[..., str]
NONE = speed.Speed()


@pytest.fixture
def shown(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Shown:
    """What the page says of a server that stands in some ways otherwise."""
    monkeypatch.setattr("server.observe.facts.FRESH", -1.0)
    desk.language = "en"

    def show(told: speed.Speed = NONE, **otherwise: Any) -> str:
        monkeypatch.setattr(facts, "look", lambda *asked: replace(look(*asked), **otherwise))
        monkeypatch.setattr(speed, "now", lambda: told)
        desk.open("/admin/health")
        return desk.words

    return show


look = facts.look


def test_how_fast_is_told_and_what_is_slow(shown: Shown) -> None:
    assert "Slow" not in shown(speed.Speed(9, 0.0123, 1.96))
    told = shown(speed.Speed(9, 0.0123, 2.04))
    assert "half of them ≤ 0.012 s, 95% ≤ 2.0 s" in told and "Slow" in told
    assert "95% more than 300 s" in (told := shown(speed.Speed(9, 1, inf))) and "Slow" in told and "inf" not in told


def test_numbers_are_written_as_the_readers_language_writes_them(shown: Shown, desk: Desk) -> None:
    shown(speed.Speed(9, 0.0376, 1.96), database_bytes=1_500_000_000)
    desk.language = "id"
    desk.open("/admin/health")
    assert "separuhnya ≤ 0,038 dtk, 95% ≤ 2,0 dtk" in desk.words and "1,5 GB" in desk.words
    desk.language = "en"
    desk.open("/admin/health")
    assert "half of them ≤ 0.038 s, 95% ≤ 2.0 s" in desk.words and "1.5 GB" in desk.words


def test_what_jobs_did_is_told_in_both_languages(server: Server, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.observe.facts.FRESH", -1.0)
    noted = [run_due(server.world, job, "me") for job in JOBS]
    assert all(noted) and all(saying.told(one or "", "en") == one for one in noted)
    desk.open("/admin/health")
    for told in ("0 unggahan kedaluwarsa dan 0 berkas sisa dibersihkan", "kalender belum pernah diubah", "Kirim surat"):
        assert told in desk.words
    assert not [one for one in noted if one and one in desk.words], "nothing is English there"
    server.execute("UPDATE job SET outcome = 'of an older program' WHERE name = 'send_notices'")
    desk.open("/admin/health")
    [english] = [one for one in desk.shown.all("span") if one.get("lang") == "en"]
    assert english.words == "of an older program"


def test_a_certificate_is_to_be_renewed_in_its_last_weeks_and_one_that_cannot_be_read_is_no_missing_one(
    shown: Shown, clock: Clock
) -> None:
    for days, soon in ((22, False), (20, True)):
        told = shown(certificate_named=True, certificate_ends=stamp(clock() + timedelta(days=days)))
        assert ("Renew it soon" in told) is soon and "Cannot be read" not in told
    told = shown(certificate_named=True, certificate_ends=None)
    assert "Cannot be read" in told and "is not set" not in told
    assert "is not set" in (told := shown()) and "Cannot be read" not in told


def test_little_room_is_told_of_each_disk(shown: Shown) -> None:
    files, database = "refuse photos and documents", "database’s disk is nearly full"
    for free, beside, of_files, of_database in (
        (3_000_000_000, None, False, False),
        (1_000_000_000, None, True, False),
        (3_000_000_000, 3_000_000_000, False, False),
        (3_000_000_000, 1_000_000_000, False, True),
    ):
        told = shown(disk_free=free, database_disk_free=beside)
        assert ((files in told), (database in told)) == (of_files, of_database)
        assert ("Disk left for the database" in told) is (beside is not None)


def test_queues_and_sizes_are_told(shown: Shown, clock: Clock) -> None:
    oldest = stamp(clock() - timedelta(hours=5))
    told = shown(
        notices=held.Counts(41, oldest, 43), uploads=47, upload_bytes=5_300_000, database_bytes=59_000_000, silent=61
    )
    for words in ("41 waiting", "for 5 hours", "43 failed", "under way: 47, 5 MB", "59 MB", "Silent for 3 days61"):
        assert words in told, (words, told)


def test_a_reader_that_stands_still_is_told(shown: Shown, clock: Clock) -> None:
    for hours, behind in ((2, False), (4, True)):
        told = shown(lags=(Lag("notices", 67, stamp(clock() - timedelta(hours=hours))), Lag("recount")))
        assert "67 positions" in told and ("Behind; look" in told) is behind
    assert "positions" not in shown(lags=(Lag("notices"), Lag("recount")))


def test_a_job_is_called_late_when_it_had_time_and_did_not_end_well(
    server: Server, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.observe.facts.FRESH", -1.0)
    desk.open("/admin/health")
    assert "terlambat" not in desk.words, "this server has just begun"
    server.clock.move(minutes=16)
    desk.open("/admin/health")
    assert "terlambat" in desk.words


def test_the_servers_keys_are_told_with_their_age(server: Server, desk: Desk) -> None:
    desk.open("/admin/health")
    assert "Belum dibuat" in desk.words
    known = server.world.keys.used.id
    desk.open("/admin/health")
    assert known in desk.words and "Belum dibuat" not in desk.words
    assert "Tidak punya tanggal akhir" in desk.words and "Diganti" not in desk.words
    renewing.renew(server.world, "cli")
    desk.open("/admin/health")
    assert "Diganti Senin, 16 Maret 2026" in desk.words
    assert known in desk.words and server.world.keys.used.id in desk.words
    (server.world.keys.folder / "seal.key").write_text("broken")
    desk.open("/admin/health")
    assert "ambil kembali dari cadangan" in desk.words and "Belum dibuat" not in desk.words
