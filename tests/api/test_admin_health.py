"""The health page: what an admin looks at before people call."""

import pytest

from server.admin.health import speed_of
from tests.api.admin import Desk, signed_in
from tests.api.device import Device
from tests.api.test_quarantine import submit
from tests.conftest import Server


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


def test_speed_is_read_off_the_histogram() -> None:
    name = "tenggat_http_request_duration_seconds_bucket"
    told = "\n".join(
        [
            f'{name}{{le="0.1",route="/api/v1/sync"}} 50.0',
            f'{name}{{le="0.5",route="/api/v1/sync"}} 94.0',
            f'{name}{{le="1.0",route="/api/v1/sync"}} 96.0',
            f'{name}{{le="+Inf",route="/api/v1/sync"}} 100.0',
            f'{name}{{le="0.1",route="/other"}} 1000.0',
        ]
    )
    speed = speed_of(told, "/api/v1/sync")
    assert (speed.count, speed.half, speed.most) == (100, 0.1, 1.0)
    assert speed_of(told, "/none").count == 0
    assert speed_of("", "/api/v1/sync").count == 0


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
    known = server.world.keys.seal_id
    desk.open("/admin/health")
    assert known in desk.words and "Belum dibuat" not in desk.words
    assert "Tidak punya tanggal akhir" in desk.words
