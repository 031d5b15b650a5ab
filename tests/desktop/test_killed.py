"""The window's program is killed again and again, wherever it is, while somebody types, takes photos, sends in and
withdraws, and the server comes and goes. After each death the PIN opens the store, every page of it is sound, and all
that was acknowledged is there; in the end everything is at the server, once."""

import hashlib
import json
import os
import random
import secrets
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import requests

from client.vault import Profiles
from schemas.catalogue.load import city_folder, load_city
from tests.browser import backstage
from tests.browser.serving import ServerProcess
from tests.catalogue_values import WORDS, answers
from tests.desktop.conftest import PIN, Refused
from tests.desktop.headless import PROFILE, Headless
from tests.desktop.sound import sound
from tests.keyrings import FileKeyring, ring
from tests.pictures import JPEG_HEAD, write_jpeg

KILLS = 200 if os.environ.get("TENGGAT_SOAK") else 6
LONGEST = 1.5
"""Seconds of a life, counted from when somebody is in, or from its start."""
PATIENCE = 120.0


@dataclass
class Case:
    """What was acknowledged of one case, and what was asked without an answer: that may or may not have been done."""

    id: str
    fields: dict[str, Any] = field(default_factory=dict)
    asked: dict[str, Any] = field(default_factory=dict)
    photos: dict[str, str] = field(default_factory=dict)
    """The hash of each attachment."""
    submitted: bool = False
    submitting: bool = False
    withdrawn: bool = False


class Writer:
    """Somebody in front of the screens; `seed` says what is done next. What is done goes on over deaths."""

    def __init__(self, chance: random.Random, folder: Path) -> None:
        self.chance, self._folder = chance, folder
        self.cases: list[Case] = []
        self._touched: set[str] = set()
        """Cases that were worked on since everything was looked through."""
        self.kept = 0
        self.done = 0
        city = load_city(city_folder("semarang"))
        self._fields = answers(city, city.service("lapor").fields, {}, optional=False)

    def goes_on(self, program: Headless) -> None:
        """Until it is killed: `requests.RequestException`."""
        while True:
            deed = self.chance.choices(
                (self._begin, self._type, self._photograph, self._submit, self._withdraw, self._half_type),
                (2, 8, 4, 3, 1, 2),
            )[0]
            deed(program)
            self.done += 1

    def _begin(self, program: Headless) -> None:
        case = Case(str(UUID(int=self.chance.getrandbits(128), version=4)), asked=dict(self._fields))
        self.cases.append(case)
        self._touched.add(case.id)
        program.desk("edit", case.id, case.asked, "lapor")
        self._acknowledged(case)

    def _type(self, program: Headless) -> None:
        if case := self._draft():
            name = self.chance.choice(("title", "text"))
            case.asked = {name: f"{case.fields[name]} {self.chance.randrange(1000)}"[-70:].strip()}
            program.desk("edit", case.id, case.asked)
            self._acknowledged(case)

    def _acknowledged(self, case: Case) -> None:
        case.fields |= case.asked
        case.asked = {}

    def _photograph(self, program: Headless) -> None:
        case = self._draft()
        if case is None or len(case.photos) >= 3:
            return
        self.kept += 1
        size = self.chance.choice(((64, 48), (400, 300), (1200, 900)))
        path = write_jpeg(self._folder / f"{self.kept}.jpg", f"{self.kept}", size, noise=True)
        kept = program.keep(path.read_bytes(), path.name)
        try:
            attachment = program.desk("attach", case.id, "photos", kept)
        except Refused as refused:
            # Some that nobody heard of may be on it already.
            assert refused.code == "invalid_file", refused.body
            return
        case.photos[attachment] = kept["sha256"]

    def _submit(self, program: Headless) -> None:
        if case := self._draft():
            case.submitting = True
            program.desk("submit", case.id)
            case.submitted = True

    def _withdraw(self, program: Headless) -> None:
        sent = [case for case in self.cases if case.submitted and not case.withdrawn]
        if sent:
            case = self.chance.choice(sent)
            try:
                program.desk("act", case.id, {"action": "withdraw"})
                case.withdrawn = True
            except Refused as refused:
                # Not before the server received it; or it was done, and the answer died with the program.
                assert refused.status < 500, refused.body

    def _half_type(self, program: Headless) -> None:
        sent = [case for case in self.cases if case.submitted]
        if sent:
            case, text = self.chance.choice(sent), str(self.chance.randrange(1000))
            program.desk("keep_typing", case.id, "withdraw", {"action": "withdraw", "note": text})
            assert program.desk("typing", case.id, "withdraw")["note"] == text

    def _draft(self) -> Case | None:
        drafts = [case for case in self.cases if case.fields and not case.submitting]
        if not drafts:
            return None
        case = self.chance.choice(drafts)
        self._touched.add(case.id)
        return case

    def looks_through(self, program: Headless, others: int | None = 20) -> None:
        """Everything that was acknowledged is there, and nothing that nobody asked for: of the cases that were worked
        on since the last time, and of so many others (None: of all)."""
        rest = [case for case in self.cases if case.id not in self._touched]
        seen = rest if others is None else self.chance.sample(rest, min(others, len(rest)))
        for case in [*seen, *(case for case in self.cases if case.id in self._touched)]:
            found = program.desk("case", case.id)
            if found is None:
                assert not case.fields, f"{case.id} is lost"
                self.cases.remove(case)
                continue
            fields, sent = _state(found)
            for name, value in (case.fields | case.asked).items():
                allowed = {json.dumps(case.fields.get(name)), json.dumps(case.asked.get(name, case.fields.get(name)))}
                assert json.dumps(fields.get(name)) in allowed, (case.id, name, fields.get(name), value)
            if case.asked and all(fields.get(name) == value for name, value in case.asked.items()):
                self._acknowledged(case)
            case.asked = {}
            assert sent or not case.submitted, f"{case.id} was sent in, and is not"
            case.submitted = case.submitting = sent
            known = {file["attachment"] for file in program.desk("files", case.id)}
            assert case.photos.keys() <= known, f"photos of {case.id} are lost"
            for attachment in self.chance.sample(sorted(case.photos), min(1, len(case.photos))):
                content = program.file(case.id, attachment)
                assert hashlib.sha256(content).hexdigest() == case.photos[attachment]
                assert content.startswith(JPEG_HEAD), "what is looked for on the disk"
        self._touched.clear()


def _state(found: Any) -> tuple[dict[str, Any], bool]:
    """The fields of a case as a screen shows them: the server's, and over them what waits; and whether it was sent."""
    fields = dict((found["record"] or {}).get("fields") or {})
    sent = bool((found["record"] or {}).get("number"))
    for entry in found["entries"]:
        if entry["state"] != "done":
            fields |= entry["data"].get("set") or {}
        sent = sent or entry["data"].get("action") == "submit"
    return fields, sent


class City:
    """A server that is killed and begun again, by chance."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        backstage.prepare(folder)
        self.server, self._chance, self.up = ServerProcess(folder), chance, True
        self.server.start()

    def moves_on(self) -> None:
        if self.up and self._chance.random() < 0.3:
            self.server.kill()
            self.up = False
        elif not self.up and self._chance.random() < 0.7:
            self.server.start()
            self.up = True


@pytest.fixture
def chance() -> random.Random:
    seed = int(os.environ.get("TENGGAT_SEED") or secrets.randbelow(10**6))
    print(f"TENGGAT_SEED={seed}")
    return random.Random(seed)


@pytest.fixture
def city(tmp_path: Path, chance: random.Random) -> Iterator[City]:
    made = City(tmp_path / "server", chance)
    yield made
    made.server.kill()


def test_killed_again_and_again(
    tmp_path: Path, city: City, chance: random.Random, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "laptop" / "home"
    with Headless(home) as program:
        program.enter()
        program.gate("make", title="Warga", secret=PIN, server=city.server.address)
        program.desk("city")
    monkeypatch.setenv("TENGGAT_TEST_KEYRING", str(tmp_path / "laptop" / "keyring.json"))
    key = Profiles(home, ring(FileKeyring())).unlock(PROFILE, PIN)

    writer = Writer(chance, tmp_path / "camera")
    young = 0
    for number in range(KILLS):
        city.moves_on()
        young += not _lives(Headless(home), writer, chance)
        sound(home / PROFILE, key, tmp_path / "scratch")
        assert _readable(home.parent, writer) == []
        with Headless(home) as program:
            program.opens()
            try:
                writer.looks_through(program)
            except AssertionError as lost:
                raise AssertionError(f"after death {number + 1}: {lost}") from lost
            if chance.random() < 0.5:
                program.kill()

    early = len(city.server.commands())
    if not city.up:
        city.server.start()
    with Headless(home) as program:
        program.opens()
        _until_nothing_waits(program)
        writer.looks_through(program, others=None)
    photos = sum(len(case.photos) for case in writer.cases)
    assert early, "the server heard of some of it between two deaths"
    print(f"{KILLS} deaths, {young} before it was open; {writer.done} deeds, {len(writer.cases)} cases")
    print(f"{photos} photos; {early} commands were at the server before the last death")
    assert young < KILLS and writer.done >= KILLS
    _arrived(city.server, writer)


def _lives(program: Headless, writer: Writer, chance: random.Random) -> bool:
    """For a while, then it is dead; whether somebody was in it. Some die while they start, or look at the PIN."""
    death = threading.Timer(chance.uniform(0, LONGEST), program.kill)
    young = chance.random() < 0.2
    opened = False
    with program:
        try:
            if young:
                death.start()
            program.opens()
            opened = True
            if not young:
                death.start()
            writer.goes_on(program)
        except requests.RequestException:
            death.join()
        assert program.end() == -signal.SIGKILL
    return opened


def _readable(laptop: Path, writer: Writer) -> list[tuple[str, str]]:
    """Words of the day that can be read on the disk, by whoever finds the laptop: in its profiles or in its temporary
    folder."""
    words = {"a title": WORDS.encode(), "a database": b"SQLite format 3", "a photo": JPEG_HEAD}
    words |= {case.id: case.id.encode() for case in writer.cases}
    files = [path for place in ("home", "tmp") for path in (laptop / place).rglob("*") if path.is_file()]
    assert any(path.name == "device.sqlite" for path in files)
    contents = [(str(path), path.read_bytes()) for path in files]
    return [(path, word) for path, content in contents for word, spelt in words.items() if spelt in content]


def _until_nothing_waits(program: Headless) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            program.desk("sync")
        except Refused as refused:
            assert refused.status < 500 or refused.code == "unreachable", refused.body
        status = program.desk("status")
        if status["waiting"] == 0 and status["files"]["waiting"] == 0:
            assert status["refused"] == 0, program.desk("outbox", "refused")
            return
        time.sleep(0.2)
    raise AssertionError(f"something still waits: {program.desk('status')}")


def _arrived(server: ServerProcess, writer: Writer) -> None:
    """What was acknowledged, and each submission once."""
    for case in writer.cases:
        [(line,)] = server.rows("SELECT line FROM case_record WHERE id = ?", case.id)
        record = json.loads(line)
        assert {name: record["fields"].get(name) for name in case.fields} == case.fields
        assert bool(record.get("number")) == case.submitted
        arrived = {one["id"]: one["sha256"] for one in record.get("attachments", ()) if one["arrived"]}
        assert case.photos.items() <= arrived.items()
        for sha256 in case.photos.values():
            blob = server.data / "files" / "blobs" / sha256[:2] / sha256
            assert hashlib.sha256(blob.read_bytes()).hexdigest() == sha256
    numbers = server.numbers()
    assert len(numbers) == len(set(numbers)) == sum(case.submitted for case in writer.cases)
    # The arrival of bytes is the server's own word.
    commands = server.rows("SELECT instance, seq, status FROM command WHERE kind <> 'case.arrived'")
    assert {status for _, _, status in commands} == {"applied"}
    assert len({instance for instance, _, _ in commands}) == 1, "one device, which never was taken for a copy"
    assert sorted(seq for _, seq, _ in commands) == list(range(1, len(commands) + 1))
