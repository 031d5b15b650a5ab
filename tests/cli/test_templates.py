"""The city's texts on an officer's device: fetched at a sync, used offline, never in the way of what was typed."""

import pytest

from server.access import reply_templates
from tests.cli.conftest import Make, Person
from tests.conftest import Server


def add(server: Server, title: str, text: str, services: tuple[str, ...] = (), actions: tuple[str, ...] = ()) -> str:
    wanted = reply_templates.checked(server.city, title, text, services, actions)
    return reply_templates.add(server.engine, server.world.sources, wanted, "cli").id


LONG = "Laporan Anda sudah kami teruskan ke regu lapangan."


@pytest.fixture
def complaint(server: Server, person: Make) -> tuple[Person, str]:
    """An officer whose device holds the texts and a complaint that is being handled, and has no network any more."""
    add(server, "Sudah diteruskan", LONG, ("lapor",), ("answer", "forward"))
    add(server, "Sudah selesai", "Sudah dikerjakan regu lapangan kemarin.", ("lapor",), ("resolve",))
    add(server, "Surat sudah terbit", "Surat Anda sudah terbit.", ("krk",))
    number = person("warga").filed("lapor", category="road")
    officer = person("aduan", "complaint_officer")
    officer.run("sync")
    officer.run("act", number, "dispatch", "--note", "ya")
    officer.run("sync")
    officer.network.offline = True
    return officer, number


def test_a_text_is_put_in_with_no_network(complaint: tuple[Person, str]) -> None:
    officer, number = complaint
    listed = officer.flat("act", number)
    assert "templat (--template): Sudah diteruskan" in listed
    assert listed.count("Sudah selesai") == 1, "for its own action only"
    assert "Surat sudah terbit" not in listed, "for its own service only"
    officer.run("act", number, "answer", "--template", "sudah diteruskan")
    [entry] = officer.store().outbox.entries()[-1:]
    assert entry.data["form"] == {"answer": LONG}


def test_what_was_typed_stays_behind_it(complaint: tuple[Person, str]) -> None:
    officer, number = complaint
    officer.run("act", number, "answer", "answer=Regu datang hari Senin.", "--template", "answer=Sudah diteruskan")
    [entry] = officer.store().outbox.entries()[-1:]
    assert entry.data["form"]["answer"] == f"{LONG}\n\nRegu datang hari Senin."


def test_a_reason_takes_one_too(complaint: tuple[Person, str]) -> None:
    officer, number = complaint
    officer.run("act", number, "forward", "office=dlh", "--template", "diteruskan")
    [entry] = officer.store().outbox.entries()[-1:]
    assert (entry.data["note"], entry.data["form"]) == (LONG, {"office": "dlh"})


def test_one_that_is_unclear_or_has_no_place_is_said_and_nothing_is_done(complaint: tuple[Person, str]) -> None:
    officer, number = complaint
    before = len(officer.store().outbox.entries())
    said = officer.flat("act", number, "answer", "--template", "Sudah selesai", exits=1)
    assert "Yang ada untuk tindakan ini: Sudah diteruskan" in said
    assert "tidak ada tempat" in officer.flat("act", number, "mark_duplicate", "--template", "x", exits=1)
    assert len(officer.store().outbox.entries()) == before


def test_a_device_asks_once_an_hour_and_fetches_only_what_changed(server: Server, person: Make) -> None:
    add(server, "Satu", "teks")
    officer, citizen = person("aduan", "complaint_officer"), person("warga")
    asked = lambda who: [call for call in who.network.calls if "templates" in call]  # noqa: E731
    officer.run("sync")
    citizen.run("sync")
    assert (len(asked(officer)), len(asked(citizen))) == (1, 0)
    server.clock.move(minutes=59)
    officer.run("sync")
    assert len(asked(officer)) == 1
    add(server, "Dua", "teks")
    server.clock.move(minutes=1)
    officer.run("sync")
    held = officer.store().meta.get("templates")
    assert [one["title"] for one in held["templates"]] == ["Dua", "Satu"]
    server.clock.move(days=-3)
    officer.run("sync")
    assert len(asked(officer)) == 3, "a clock that was set back"
    assert officer.store().meta.get("templates") == held


def test_nothing_of_them_stays_for_whoever_comes_next(server: Server, person: Make) -> None:
    add(server, "Satu", "teks")
    officer = person("aduan", "complaint_officer")
    assert officer.store().meta.get("templates")
    officer.run("sign-out")
    assert officer.store().meta.get("templates") is None


def test_a_page_of_somebody_in_between_is_not_kept(server: Server, person: Make) -> None:
    add(server, "Satu", "teks")
    officer = person("aduan", "complaint_officer")
    held = officer.store().meta.get("templates")
    server.clock.move(hours=2)
    fetch = officer.network.fetch

    def between(path: str, headers: object, into: object, *rest: object, **more: object) -> object:
        answer = fetch(path, {}, into, *rest, **more)  # type: ignore[arg-type]
        if "templates" in path:
            into.seek(0)  # type: ignore[attr-defined]
            into.truncate()  # type: ignore[attr-defined]
            into.write(b'{"version": 1}')  # type: ignore[attr-defined]
            return type(answer)(200)
        return answer

    officer.network.fetch = between  # type: ignore[method-assign]
    officer.run("sync")
    assert officer.store().meta.get("templates") == held
