"""The server's disk is full: a clear answer, nothing half done, and everything works once there is room again."""

import pytest

from tests.conftest import Server

from .device import Device, new_id
from .filing import edit


@pytest.mark.sqlite
def test_a_full_disk_is_busy_and_loses_nothing(server: Server, guest: Device) -> None:
    guest.exchange()
    with server.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        # SQLite itself refuses to grow the file: what a full disk looks like from inside a transaction.
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    commands = [edit(guest, new_id(), {"street": "x" * 5_000}) for _ in range(40)]
    full = guest.post(guest.body(commands))
    assert full.status_code == 503
    assert full.json is not None
    assert full.json["code"] == "busy"
    assert full.headers["Retry-After"]
    with server.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM command").scalar() == 0
        assert connection.exec_driver_sql("SELECT count(*) FROM case_record").scalar() == 0
        connection.exec_driver_sql("PRAGMA max_page_count = 1073741823")
    answer = guest.exchange(*commands)
    assert [result["status"] for result in answer.results] == ["applied"] * 40
