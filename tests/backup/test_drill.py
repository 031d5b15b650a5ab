"""The drill: yesterday's backup is restored under live devices, and what each of them did in the lost day comes back,
once, on either database, and from the one to the other."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from sync.outbox import State
from tests.backup.city import restore, take
from tests.cli.conftest import ADDRESS, PASSWORD, SURVEY, Make, Person
from tests.conftest import Server
from tests.wsgi_transport import WsgiTransport


@pytest.fixture(params=[("sqlite", "sqlite"), ("postgresql", "postgresql"), ("sqlite", "postgresql")], ids="-to-".join)
def kinds(request: pytest.FixtureRequest) -> tuple[str, str]:
    """What the city runs on, and what it runs on after it came back."""
    found: tuple[str, str] = request.param
    return found


@pytest.fixture
def server(make_server: Callable[..., Server], kinds: tuple[str, str], request: pytest.FixtureRequest) -> Server:
    return make_server(database=_url(kinds[0], request))


@pytest.fixture
def next_server(
    make_server: Callable[..., Server], kinds: tuple[str, str], request: pytest.FixtureRequest
) -> Callable[[], Server]:
    """The machine that stands in after the first one burnt: nothing of its is left."""

    def make() -> Server:
        url = _url(kinds[1], request)
        if kinds == ("postgresql", "postgresql"):
            _empty(url)
        return make_server("stand-in", database=url)

    return make


def _url(kind: str, request: pytest.FixtureRequest) -> str | None:
    return str(request.getfixturevalue("postgres_url")) if kind == "postgresql" else None


def _empty(url: str | None) -> None:
    import psycopg

    with psycopg.connect(str(url), autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")


def test_yesterdays_backup_and_every_devices_work_of_the_lost_day(
    server: Server, next_server: Callable[[], Server], person: Make, tmp_path: Path
) -> None:
    citizen, loket, survei = person("warga"), person("loket", "front_desk"), person("survei", "surveyor")
    aduan = person("aduan", "complaint_officer")
    early = citizen.filed()
    for device in (loket, aduan, survei):
        device.run("sync")
    backup = take(server, tmp_path / "shelf")

    # The day that will be lost at the server.
    server.clock.move(hours=20)
    loket.run("act", early, "accept")
    loket.run("sync")
    survei.run("sync")
    survei.run("act", early, "report_survey", *SURVEY, "--file", f"survey_photos={survei.photo('depan')}")
    survei.run("sync")
    late = citizen.filed("lapor", title="Lubang di tikungan")
    citizen.run("attach", citizen.draft("lapor", files=False, title="Masih ditulis"), "photos", citizen.photo("lubang"))
    citizen.run("sync")
    aduan.run("sync")
    aduan.run("act", late, "dispatch")
    aduan.run("sync")
    newcomer = person("pendatang")
    third = newcomer.filed("lapor", title="Lampu padam")
    waiting = newcomer.draft("lapor", title="Belum dikirim")
    newcomer.run("submit", waiting)
    before = _commands(server)
    photos = _photos(server)

    # The fire, and the next morning.
    after = next_server()
    restore(backup, after)
    _counts_on(after)
    server.clock.move(hours=4)
    people = (citizen, loket, survei, aduan, newcomer)
    for device in people:
        device.network = WsgiTransport(after.app)
    for _ in range(4):
        for device in people:
            device.run("sync")

    # Whatever was done that day is done, once: the same keys, the same words.
    assert _commands(after) >= before, "a command of the lost day did not come back"
    assert len(_commands(after)) == len(before) + 1, "something came back twice, or the one that waited did not come"
    titles = sorted(case["fields"].get("title", "") for case in _cases(after))
    assert titles == sorted(["", "Belum dikirim", "Lampu padam", "Lubang di tikungan", "Masih ditulis"])
    [krk] = [case for case in _cases(after) if case["service"] == "krk"]
    assert krk["number"] == early and [step["action"] for step in krk["steps"]][-2:] == ["accept", "report_survey"]
    assert all(attachment.get("arrived") for case in _cases(after) for attachment in case.get("attachments", ()))
    assert _photos(after) == photos
    # Numbers that people wrote down that day stand for nobody else's case.
    numbers = [case["number"] for case in _cases(after) if case.get("number")]
    assert len(numbers) == len(set(numbers)) == 4
    assert late not in numbers and third not in numbers
    # And everybody holds what the server holds.
    _agree(after, people)
    shown = citizen.run("show", early)
    assert "Survei lapangan: selesai" in shown and "Kode lacak" in shown


def test_who_signed_up_in_the_lost_day_keeps_their_words_until_they_are_back(
    server: Server, next_server: Callable[[], Server], person: Make, fresh: Person, tmp_path: Path
) -> None:
    backup = take(server, tmp_path / "shelf")
    fresh.run("sign-up", "warga", "--name", "Warga", "--server", ADDRESS, "--password-stdin", typed=f"{PASSWORD}\n")
    fresh.filed("lapor", title="Pohon tumbang")
    after = next_server()
    restore(backup, after)
    fresh.network = WsgiTransport(after.app)
    assert "masuk" in fresh.run("sync", exits=4).lower()
    assert "Pohon tumbang" in fresh.run("list")
    fresh.run("sign-up", "warga", "--name", "Warga", "--server", ADDRESS, "--password-stdin", typed=f"{PASSWORD}\n")
    fresh.run("sync")
    assert [case["fields"]["title"] for case in _cases(after)] == ["Pohon tumbang"]
    _agree(after, [fresh])


def _commands(server: Server) -> set[tuple[str, int, str]]:
    """Keys and outcomes of what people did; the server's own commands have new keys each time."""
    rows = server.rows("SELECT instance, seq, status FROM command WHERE kind NOT IN ('case.arrived', 'case.open')")
    return {(row.instance, row.seq, row.status) for row in rows}


def _cases(server: Server) -> list[dict[str, Any]]:
    return [json.loads(bytes(row.line)) for row in server.rows("SELECT line FROM case_record ORDER BY born")]


def _photos(server: Server) -> set[str]:
    found = {str(row.sha256) for row in server.rows("SELECT sha256 FROM blob")}
    assert all(server.world.files.blobs.has(sha256) for sha256 in found)
    return found


def _counts_on(server: Server) -> None:
    """PostgreSQL's own counters stand behind the rows that were brought."""
    if server.engine.dialect.name == "postgresql":
        [row] = server.rows("SELECT max(id) AS most, nextval(pg_get_serial_sequence('scope', 'id')) AS next FROM scope")
        assert row.next > row.most


def _agree(server: Server, people: Iterable[Person]) -> None:
    """Each device holds what it may see, in the version that the server has, and has nothing left to send."""
    for one in people:
        store = one.store()
        assert store.outbox.waiting()[0] == 0 and store.outbox.count(State.REFUSED) == 0, one.profile
        assert store.files.unsent()[0] == 0, one.profile
        me = store.meta.get("person")["id"]
        mine = {f"person:{me}", *(r.scope for r in server.rows('SELECT scope FROM "grant" WHERE person_id = :p', p=me))}
        seen = {
            row.id: row.version
            for row in server.rows("SELECT id, version, scopes FROM case_record")
            if mine & set(row.scopes.split())
        }
        assert store.records.versions() == seen, one.profile
        store.close()
