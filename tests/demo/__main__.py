"""`make demo`: a server, a citizen's device and a surveyor's, no network, a cut, a kill, and every case with its date.

Exits with 1 if anything it says is untrue.
"""

import sqlite3
import tempfile
import threading
import time
from contextlib import closing
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
from PIL import Image

from client.view import LocalCase
from schemas.documents import counted
from schemas.explain import date_in_words, explain, moment_in_words
from schemas.ledger import replay
from schemas.promise import PromiseTable, lookup
from tests.cable import Cable
from tests.catalogue_values import answers
from tests.demo.stage import Phone, Server
from tests.demo.telling import check, end, say, scene

MANY = 1_500


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="tenggat-demo-") as folder:
        server = Server(Path(folder) / "server")
        try:
            tell(Path(folder), server)
        finally:
            server.kill()
    end()


def tell(folder: Path, server: Server) -> None:
    scene("A server, and two devices on one cable")
    server.start()
    with Cable(server.port) as cable:
        citizen = Phone(folder, "citizen", cable.port)
        surveyor = Phone(folder, "surveyor", cable.port, "survei")
        counter = Phone(folder, "counter", server.port, "loket")
        say("The citizen has no account: a guest. The surveyor is signed in. Both have the catalogue.")
        krk, complaint = file_offline(cable, citizen)
        cut_in_the_middle(cable, citizen, krk, complaint, folder)
        accept(counter, krk)
        survey_offline(cable, surveyor, citizen, krk)
        kill_while_applying(folder, server, cable)
        show_dates(citizen, counter, krk, complaint)


def file_offline(cable: Cable, citizen: Phone) -> tuple[str, str]:
    scene("No network: the citizen files a KRK application and a complaint")
    cable.plugged = False
    desk = citizen.desk
    krk, complaint = desk.new("krk"), desk.new("lapor")
    place = next(area for area in desk.city.areas if area.name == "Bulusan")
    desk.edit(
        krk, answers(desk.city, desk.city.service("krk").fields, {"area": place.code, "street": "Jalan Tirto Agung"})
    )
    for code in desk.possible.document_problems(desk.case(krk)):
        desk.attach(krk, code, photo(citizen.folder, code))
    report = {"area": place.code, "title": "Lampu jalan padam", "text": "Tiga lampu padam sejak pekan lalu."}
    desk.edit(complaint, answers(desk.city, desk.city.service("lapor").fields, report))
    for case in (krk, complaint):
        desk.submit(case)
    check(citizen.waiting == 2, "Both are on this device, and nothing else is claimed: no number, no received time.")
    check(citizen.sync() is not None, "A sync says that the server cannot be reached, and loses nothing.")
    table = msgspec.json.decode(citizen.store.meta.get("promise_table"), type=PromiseTable)
    expected = lookup(table, "lapor", table.first)
    assert expected is not None, "the table begins today"
    say(f"If the complaint arrives today, it is resolved by {date_in_words(expected['resolve'], 'en')} at the latest.")
    return krk, complaint


def photo(folder: Path, name: str, size: tuple[int, int] = (400, 300)) -> Path:
    """A picture with something to see in every corner, as a camera would write it."""
    path = folder / f"{name}.jpg"
    Image.effect_noise(size, 60).convert("RGB").save(path, "JPEG", quality=80)
    return path


def cut_in_the_middle(cable: Cable, citizen: Phone, krk: str, complaint: str, folder: Path) -> None:
    scene("The network comes back, and breaks in the middle of the exchange")
    cable.plugged = True
    cable.cut_after(300)
    why = citizen.sync()
    check(cable.cuts == 1 and why is not None, f"The answer was cut after 300 bytes: {why}")
    applied = rows(folder, "SELECT count(*) FROM feed")[0][0]
    check(applied == 2, "The server had applied both commands before the cut; the device cannot know that.")
    check(citizen.sync() is None, "The device sends the same bytes again, and this time hears the end.")
    again = rows(folder, "SELECT count(*) FROM feed WHERE kind != 'case.arrived'")[0][0]
    check(again == 2, "Each command was applied once, although it was sent twice.")
    for case_id in (krk, complaint):
        case = citizen.desk.case(case_id)
        record = case.record
        check(
            record is not None and record.number is not None and record.received is not None,
            f"{case.service.name.en}: received as {case.number}, next date {case.record and case.record.due}.",
        )
    check(citizen.waiting == 0, "Nothing waits on the device any more.")
    files = citizen.files(krk)
    check(
        bool(files) and all(file.arrived for file in files),
        f"The application did not wait for its {len(files)} documents; they came after it, and each was verified.",
    )


def accept(counter: Phone, krk: str) -> None:
    scene("At the counter: the application is complete, the legal clock starts")
    counter.sync()
    case = counter.desk.case(krk)
    counter.desk.opened(case)
    counter.desk.act(krk, next(a.code for a in counter.desk.possible.actions(case) if a.to == "survey"))
    counter.sync()
    record = counter.desk.case(krk).record
    assert record is not None, "the counter sees every case of its office"
    check(record.stage == "survey", "The case waits for its survey.")
    check(any(ledger.limit == "decision" for ledger in record.limits), "The limit for the decision is running.")


def survey_offline(cable: Cable, surveyor: Phone, citizen: Phone, krk: str) -> None:
    scene("The surveyor takes the day's cases along, to where there is no network")
    surveyor.sync()
    cable.plugged = False
    desk = surveyor.desk
    case = desk.case(krk)
    action = next(a for a in desk.possible.actions(case) if a.form is not None and a.to == "analysis")
    form = answers(desk.city, case.service.form(action.form or "").fields)
    pictures = [photo(surveyor.folder, f"site {number}", (1200, 900)) for number in (1, 2, 3)]
    after = desk.act(krk, action.code, form, files={"survey_photos": pictures})
    check(after.stage == "analysis" and after.moved, "The survey is on the device; the new stage is shown as expected.")
    cable.plugged = True
    cable.cut_sending_after(60_000)
    why = surveyor.sync()
    check(why is not None and surveyor.waiting == 0, f"In the evening the survey is in; its photos were cut off: {why}")
    citizen.sync()
    check(counted(citizen.files(krk))[0] < len(citizen.files(krk)), "The citizen reads how many photos have arrived.")
    check(surveyor.sync() is None, "The photos go on where they were cut.")
    citizen.sync()
    arrived, all_ = counted(citizen.files(krk))
    check(arrived == all_, f"{arrived} of {all_} photos and documents have arrived.")
    record = citizen.desk.case(krk).record
    check(record is not None and record.stage == "analysis", "The citizen sees that the survey is done.")
    check(record is not None and record.opened is not None, "The citizen sees that an officer has opened the case.")


def kill_while_applying(folder: Path, server: Server, cable: Cable) -> None:
    scene(f"SIGKILL while the server applies a batch of {MANY} commands")
    phone = Phone(folder, "many", cable.port)
    fields = answers(phone.desk.city, phone.desk.city.service("lapor").fields)
    with phone.store.transaction():
        for _ in range(MANY):
            phone.desk.submit(phone.desk.new("lapor", fields))
    before = rows(folder, "SELECT count(*) FROM feed")[0][0]
    outcome: list[str | None] = []
    sending = threading.Thread(target=lambda: outcome.append(phone.sync()))
    sending.start()
    done = before
    while done == before and sending.is_alive():
        time.sleep(0.002)
        done = rows(folder, "SELECT count(*) FROM feed")[0][0]
    server.kill()
    sending.join()
    done = rows(folder, "SELECT count(*) FROM feed")[0][0] - before
    check(0 < done < MANY, f"The server died with {done} of them applied, and said nothing to the device.")
    check(outcome[0] is not None and phone.waiting == MANY, "The device still holds every one of them.")
    server.start()
    check(phone.sync() is None and phone.waiting == 0, "The server is back; the device sends all of it again.")
    check(rows(folder, "SELECT count(*) FROM feed")[0][0] - before == MANY, "Every command was applied once.")
    twice = rows(folder, "SELECT count(*) FROM (SELECT instance, seq FROM feed GROUP BY 1, 2 HAVING count(*) > 1)")
    check(twice[0][0] == 0, "None was applied twice.")
    numbers = rows(folder, "SELECT count(number), count(DISTINCT number) FROM case_record")[0]
    check(numbers[0] == numbers[1] == MANY + 2, f"{numbers[0]} cases, {numbers[1]} numbers, none given twice.")


def show_dates(citizen: Phone, counter: Phone, krk: str, complaint: str) -> None:
    citizen.sync()
    for case_id in (krk, complaint):
        show(citizen.desk.case(case_id), citizen.desk.city.timezone)
    check(
        citizen.store.digest(scopes := scope_names(citizen)) == [tuple(pair) for pair in recount(citizen, scopes)],
        "What the citizen's device holds adds up to what the server says it should.",
    )
    counter.sync()


def show(case: LocalCase, timezone: str) -> None:
    record = case.record
    assert record is not None, "the case was received"
    scene(f"{record.number}: {case.service.name.en} — {record.title}")
    zone = ZoneInfo(timezone)
    today = datetime.now(zone).date()
    for step in record.steps:
        label = case.service.stage(step.stage).label
        at = moment_in_words(datetime.fromisoformat(step.at).astimezone(zone), "en")
        say(f"{at}: {label.en} ({label.id}), by {step.name or step.role}")
    for ledger in record.limits:
        label = case.service.limit(ledger.limit).label
        say(f"[bold]{label.en}: {date_in_words(ledger.due, 'en')}[/] ({ledger.state})")
        for sentence in explain(ledger, label, "en", today):
            say(f"    {sentence}")
        check(replay(ledger) == ledger.due, "The date follows from its ledger alone.")


def scope_names(phone: Phone) -> list[str]:
    return [row[0] for row in rows_of(phone.store.path, "SELECT name FROM scope ORDER BY bit")]


def recount(phone: Phone, scopes: list[str]) -> list[tuple[int, str]]:
    """The server's digest for these scopes, as its last `end` told it, fetched once more."""
    server = rows_of(phone.store.path.parent / "server" / "tenggat.sqlite3", 'SELECT name, "count", "sum" FROM scope')
    told = {name: (count, f"{total % 2**64:016x}") for name, count, total in server}
    return [told.get(name, (0, f"{0:016x}")) for name in scopes]


def rows(folder: Path, sql: str) -> list[tuple[int, ...]]:
    """Straight from the server's file, past everything that could flatter."""
    return rows_of(folder / "server" / "tenggat.sqlite3", sql)


def rows_of(path: Path, sql: str) -> list[tuple[int, ...]]:
    with closing(sqlite3.connect(path, timeout=15)) as database:
        return database.execute(sql).fetchall()


if __name__ == "__main__":
    main()
