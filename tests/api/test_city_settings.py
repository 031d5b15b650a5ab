"""Settings of the city: typed, checked, noted in the log, and heeded by what they are about."""

from typing import Any

import pytest

from server.access import audit, city_settings, roster
from server.access.city_settings import CitySettings
from server.store.database import reading
from sync.errors import Invalid, NotFound
from tests.conftest import Server

from .conftest import Make
from .under_way import under_way


def test_defaults_hold_until_somebody_chooses(server: Server) -> None:
    as_it_comes = CitySettings(silent_days=3, notice_days=2, notice_email=True, admin_factor=True)
    assert city_settings.as_set(server.engine) == as_it_comes
    changed = city_settings.change(
        server.engine, {"silent_days": " 5 ", "notice_days": "2", "notice_email": "off"}, "cli", server.clock()
    )
    assert changed == ["silent_days", "notice_email"], "what stays as it was is not changed"
    held, chosen = city_settings.standing(server.engine)
    assert held == CitySettings(silent_days=5, notice_email=False)
    assert chosen.keys() == {"silent_days", "notice_email"}
    rows = audit.entries(server.engine, action="setting.")
    assert [(row.target, row.details) for row in rows[::-1]] == [
        ("silent_days", {"before": 3, "after": 5}),
        ("notice_email", {"before": True, "after": False}),
    ]


@pytest.mark.parametrize(
    ("name", "typed"),
    [("silent_days", t) for t in ("0", "61", "", "3.5", "-1", "1_0", "٣", "9" * 40, "on")]
    + [("notice_days", "31"), ("notice_email", "maybe"), ("notice_email", "2")],
)
def test_what_cannot_be_taken_changes_nothing_of_what_came_with_it(server: Server, name: str, typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        city_settings.change(server.engine, {"notice_days": "7", name: typed}, "cli", server.clock())
    assert name in refused.value.extra["problems"]
    assert city_settings.as_set(server.engine) == CitySettings()
    assert not audit.entries(server.engine, action="setting.")


def test_two_who_change_settings_at_once_both_come_to_an_end(
    make_server: Any, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits for a setting with the log in their hands: on PostgreSQL that is a deadlock."""
    server = make_server("two", database=postgres_url)

    def change(**typed: str) -> list[str]:
        return city_settings.change(server.engine, typed, "cli", server.clock())

    with under_way(server, monkeypatch, lambda: change(notice_days="7"), (audit, "note")):
        assert change(silent_days="5", notice_days="6") == ["silent_days", "notice_days"]
    assert city_settings.as_set(server.engine) == CitySettings(silent_days=5, notice_days=6)


def test_a_setting_that_there_is_not(server: Server) -> None:
    with pytest.raises(NotFound, match="silent_days"):
        city_settings.change(server.engine, {"loud_days": "1"}, "cli", server.clock())


@pytest.mark.parametrize("stored", ["'0'", "'\"x\"'", "'nothing'", "'[1]'", "'true'"])
def test_a_stored_value_of_another_version_counts_as_the_default(server: Server, stored: str) -> None:
    server.execute(
        "INSERT INTO setting (name, value, changed, person)"
        f" VALUES ('silent_days', {stored}, '', ''), ('of_tomorrow', '1', '', '')"
    )
    assert city_settings.as_set(server.engine) == CitySettings()


def test_silence_is_as_long_as_the_city_says(server: Server, staff: Make) -> None:
    staff("surveyor").exchange()
    server.clock.move(days=4)

    def silent() -> Any:
        with reading(server.engine) as connection:
            return len(roster.silent(connection, server.clock()))

    assert silent() == 1
    city_settings.change(server.engine, {"silent_days": "5"}, "cli", server.clock())
    assert silent() == 0
    server.clock.move(days=1, seconds=1)
    assert silent() == 1
