"""A backup is whole or is not there; what is wrong with one is found and named; nothing is put over a city unasked."""

import json
import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from server.backup import taking
from server.backup.shelf import KEYS, MANIFEST, BackupBroken, Shelf, at
from server.backup.verifying import verify
from server.bundles import keys as key_files
from server.bundles import renewing
from server.cli import main
from server.files.errors import StorageFull
from sync.errors import Busy, Conflict, Invalid, NotFound
from tests.api.device import Device
from tests.api.filing import file
from tests.backup.city import city_of, restore, take
from tests.cli.conftest import Make
from tests.conftest import Server

Servers = Callable[..., Server]


@pytest.fixture
def busy_city(server: Server, person: Make) -> Server:
    """A city with a case, its photos, and keys."""
    server.world.keys.make()
    person("warga").filed()
    return server


def _files(shelf: Path) -> list[Path]:
    return sorted(path for path in (shelf / "files" / "blobs").rglob("*") if path.is_file())


def test_a_backup_says_what_is_in_it_and_is_found_whole(busy_city: Server, tmp_path: Path) -> None:
    found = take(busy_city, tmp_path / "shelf")
    said = found.manifest
    assert (said.cases, said.blobs) == (1, len(_files(tmp_path / "shelf"))) and said.blobs > 0
    assert set(said.files) == {"tenggat.sqlite3", "keys/seal.key", "keys/sign.key"}
    assert sorted(path.name for path in found.folder.iterdir()) == ["keys", MANIFEST, "tenggat.sqlite3"]
    assert found.folder.stat().st_mode & 0o077 == 0, "personal data lies in it"
    verify(found)


def test_the_second_one_copies_only_what_is_new(busy_city: Server, person: Make, tmp_path: Path) -> None:
    first = take(busy_city, tmp_path / "shelf")
    before = {path: path.stat().st_ino for path in _files(tmp_path / "shelf")}
    busy_city.clock.move(days=1)
    person("lain").filed()
    second = take(busy_city, tmp_path / "shelf")
    after = {path: path.stat().st_ino for path in _files(tmp_path / "shelf")}
    assert before.items() < after.items() and len(after) == second.manifest.blobs
    assert [backup.name for backup in Shelf(tmp_path / "shelf").all()] == [first.name, second.name]


def test_old_ones_go_with_what_only_they_had(busy_city: Server, tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "shelf")
    take(busy_city, shelf.folder)
    kept = len(_files(shelf.folder))
    [gone] = busy_city.rows("SELECT sha256 FROM blob ORDER BY sha256 LIMIT 1")
    for table in ("blob_holder", "blob"):
        busy_city.execute(f"DELETE FROM {table} WHERE sha256 = :s", s=gone.sha256)
    busy_city.clock.move(days=1)
    newest = take(busy_city, shelf.folder)
    assert len(_files(shelf.folder)) == kept
    assert len(taking.drop_old(shelf, 1)) == 1
    assert [backup.name for backup in shelf.all()] == [newest.name]
    assert len(_files(shelf.folder)) == kept - 1 and not shelf.files.has(gone.sha256)
    verify(newest)


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (lambda b: (b.folder / "tenggat.sqlite3").write_bytes(b"no database"), "tenggat.sqlite3 was changed"),
        (lambda b: (b.folder / KEYS / "seal.key").unlink(), "keys/seal.key is missing"),
        (lambda b: _files(b.folder.parent)[0].unlink(), "are missing"),
        (lambda b: _files(b.folder.parent)[0].write_bytes(b"x"), "were changed"),
    ],
)
def test_what_is_wrong_with_a_backup_is_named(
    busy_city: Server, tmp_path: Path, harm: Callable[..., object], told: str
) -> None:
    found = take(busy_city, tmp_path / "shelf")
    harm(found)
    with pytest.raises(BackupBroken, match=told):
        verify(found)


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("DELETE FROM feed WHERE pos = (SELECT min(pos) + 1 FROM feed)", "the feed has a gap"),
        ("UPDATE case_record SET version = version + 1", "not as their last change left them"),
        ("DELETE FROM case_record", "there are 0 cases, the manifest says 1"),
        ("DELETE FROM person WHERE kind = 'guest'", "belong to rows that are not there"),
    ],
)
def test_a_database_that_does_not_hang_together_is_named(
    busy_city: Server, tmp_path: Path, statement: str, told: str
) -> None:
    """The manifest agrees with the file: what is wrong was wrong before it was taken."""
    found = take(busy_city, tmp_path / "shelf")
    with sqlite3.connect(found.database) as connection:
        connection.execute(statement)
    from server.backup.shelf import digest, write_manifest

    found.manifest.files["tenggat.sqlite3"] = digest(found.database)
    write_manifest(found.folder, found.manifest)
    with pytest.raises(BackupBroken, match=told):
        verify(at(found.folder))


KILLED = """
import os, signal, sys
from pathlib import Path
from server.backup import shelf, taking
from server.cli import main
at = sys.argv.pop(1)
def die(*_): os.kill(os.getpid(), signal.SIGKILL)
if at == "manifest": taking.write_manifest = die
elif at == "database": taking._take_files = die
elif at == "file": taking.disk.move = die
main(sys.argv[1:])
"""


@pytest.mark.parametrize("at_", ["database", "file", "manifest"])
def test_one_that_is_killed_is_no_backup_and_the_earlier_one_stays(
    busy_city: Server, person: Make, tmp_path: Path, at_: str
) -> None:
    first = take(busy_city, tmp_path / "shelf")
    person("lain").filed()
    shelf = tmp_path / "shelf"
    words = ["--data", str(tmp_path / "data"), "backup", str(shelf)]
    died = subprocess.run([sys.executable, "-c", KILLED, at_, *words], check=False, capture_output=True)
    assert died.returncode == -signal.SIGKILL, died.stderr
    assert [backup.name for backup in Shelf(shelf).all()] == [first.name]
    verify(first)
    busy_city.clock.move(days=1)
    second = take(busy_city, shelf)
    assert second.manifest.cases == 2
    assert not list(shelf.glob("*.part")), "what was left of it is gone"


def test_a_full_disk_says_so_and_leaves_nothing_half(
    busy_city: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(taking.shutil, "copyfile", full)
    with pytest.raises(StorageFull):
        take(busy_city, tmp_path / "shelf")
    assert Shelf(tmp_path / "shelf").all() == [] and not list((tmp_path / "shelf").glob("*.part"))


def test_two_at_once_into_one_shelf_are_refused(busy_city: Server, tmp_path: Path) -> None:
    with Shelf(tmp_path / "shelf").begin("2026-03-16T00-00-00Z"), pytest.raises(Busy):
        take(busy_city, tmp_path / "shelf")


def test_the_shelf_may_not_lie_among_what_is_kept(busy_city: Server, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="another disk"):
        take(busy_city, busy_city.world.files.folder / "shelf")


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_backup_taken_under_load_is_of_one_moment(
    make_server: Servers, kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Writers go on meanwhile, and whatever the snapshot has is whole: no case without its feed row, no file without
    its bytes."""
    city = make_server(database=request.getfixturevalue("postgres_url") if kind == "postgresql" else None)
    city.world.keys.make()
    phone, stop = Device(city.app), threading.Event()

    def write() -> None:
        while not stop.is_set():
            file(city, phone)

    writer = threading.Thread(target=write)
    writer.start()
    taken = []
    try:
        while len(taken) < 4 or taken[-1].manifest.cases < taken[0].manifest.cases + 3:
            city.clock.move(seconds=1)
            taken.append(take(city, tmp_path / "shelf"))
            assert len(taken) < 1_000 and writer.is_alive(), "nobody wrote anything"
    finally:
        stop.set()
        writer.join()
    positions = [backup.manifest.position for backup in taken]
    assert positions == sorted(positions) and positions[-1] > positions[0]


def test_what_is_written_while_postgresql_is_read_table_by_table_is_whole_or_not_in_it(
    make_server: Servers, postgres_url: str, tmp_path: Path
) -> None:
    """A case is filed after each table: what was read already knows nothing of it, and so must what comes after."""
    city = make_server(database=postgres_url)
    phone = Device(city.app)
    file(city, phone)

    def meanwhile(what: str, _done: int, _all: int | None) -> None:
        if what.startswith("database: "):
            file(city, phone)

    found = taking.take(city_of(city), Shelf(tmp_path / "shelf"), city.clock(), meanwhile)
    verify(found)
    assert found.manifest.cases == 1 < len(city.rows("SELECT id FROM case_record"))


def test_a_city_in_the_way_stays_unless_it_is_said(busy_city: Server, person: Make, tmp_path: Path) -> None:
    found = take(busy_city, tmp_path / "shelf")
    person("lain").filed()
    with pytest.raises(Conflict, match="2 cases"):
        restore(found, busy_city)
    assert len(busy_city.rows("SELECT id FROM case_record")) == 2
    restore(found, busy_city, "BARU", replace=True)
    assert len(busy_city.rows("SELECT id FROM case_record")) == 1
    assert [row.epoch for row in busy_city.rows("SELECT epoch FROM feed_head")] == ["BARU"]


def test_a_broken_backup_touches_nothing(busy_city: Server, make_server: Servers, tmp_path: Path) -> None:
    found = take(busy_city, tmp_path / "shelf")
    found.database.write_bytes(b"no database")
    with pytest.raises(BackupBroken):
        restore(found, busy_city, replace=True)
    assert len(busy_city.rows("SELECT id FROM case_record")) == 1


def test_keys_that_came_meanwhile_are_kept_beside(busy_city: Server, make_server: Servers, tmp_path: Path) -> None:
    found = take(busy_city, tmp_path / "shelf")
    other = make_server("other")
    meanwhile = other.world.keys.used.id
    factor = other.world.keys.folder / "factor.key"
    factor.write_text("meanwhile")
    (found.folder / KEYS / "factor.key").write_text("of the backup")
    restore(found, other)
    for _ in range(2):
        used, *former = other.world.keys.pairs
        assert used.id == busy_city.world.keys.used.id and [pair.id for pair in former] == [meanwhile]
        assert used.made == busy_city.world.keys.used.made, "a backup makes nothing younger"
        assert factor.read_text() == "of the backup"
        assert [path.read_text() for path in factor.parent.glob("*.replaced*")] == ["meanwhile"]
        other.clock.move(minutes=1)
        restore(found, other, replace=True)


def test_keys_that_were_renewed_since_the_backup_stay_in_use(busy_city: Server, tmp_path: Path) -> None:
    """A key that leaked and was renewed is not in use again because of a restore; one that was forgotten is not even
    there again."""
    keys = busy_city.world.keys
    first = take(busy_city, tmp_path / "shelf")
    old = keys.used
    renewing.renew(busy_city.world, "cli")
    restore(first, busy_city, replace=True)
    used, former = keys.pairs
    assert used.id != old.id == former.id
    busy_city.clock.move(minutes=1)
    second = take(busy_city, tmp_path / "shelf")
    renewing.forget(busy_city.world, "cli", keys.pairs[1:])
    for one in (first, second):
        restore(one, busy_city, replace=True)
        assert [pair.id for pair in keys.pairs] == [used.id]


def test_all_keys_are_in_a_backup_and_come_back(busy_city: Server, make_server: Servers, tmp_path: Path) -> None:
    keys = busy_city.world.keys
    for _ in range(3):
        busy_city.clock.move(days=1)
        renewing.renew(busy_city.world, "cli")
    gone = keys.pairs[-1]
    renewing.forget(busy_city.world, "cli", [gone])
    other = make_server("other")
    restore(take(busy_city, tmp_path / "shelf"), other)
    assert other.world.keys.told() == keys.told() and len(other.world.keys.pairs) == 3
    assert [pair.renewed for pair in other.world.keys.pairs] == [pair.renewed for pair in keys.pairs]
    assert gone.id in key_files.forgotten(other.world.keys.folder)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in other.world.keys.folder.iterdir()}
    assert modes == {0o600}


def test_a_backup_whose_keys_cannot_be_read_comes_back_all_the_same(
    busy_city: Server, make_server: Servers, tmp_path: Path
) -> None:
    (busy_city.world.keys.folder / "seal.key").write_text("broken")
    other = make_server("other")
    restore(take(busy_city, tmp_path / "shelf"), other)
    assert len(other.rows("SELECT id FROM case_record")) == 1 and other.world.keys.used.id


def test_the_commands_take_list_verify_and_bring_back(busy_city: Server, tmp_path: Path) -> None:
    def run(*words: str, exits: int = 0) -> str:
        result = CliRunner().invoke(main, ["--data", str(tmp_path / "data"), *words])
        assert result.exit_code == exits, result.output
        return result.output

    shelf = str(tmp_path / "shelf")
    assert "take one with" in run("backups", shelf, exits=1)
    assert "1 cases" in run("backup", shelf) and "verified" in run("backup", shelf, "--keep", "2")
    assert run("backup", shelf, "--quiet", "--keep", "1") == ""
    assert run("backups", shelf, "--verify").count("verified") == 1
    back = run("--data", str(tmp_path / "back"), "restore", shelf, "--yes")
    assert "restored as epoch" in back and "new numbers" in back
    assert "--replace" in run("--data", str(tmp_path / "back"), "restore", shelf, "--yes", exits=1)
    with sqlite3.connect(tmp_path / "back" / "tenggat.sqlite3") as connection:
        assert connection.execute("SELECT count(*) FROM case_record").fetchone() == (1,)
    _files(tmp_path / "shelf")[0].write_bytes(b"x")
    assert "were changed" in run("backups", shelf, "--verify", exits=1)
    assert "were changed" in run("backup", shelf, exits=1)
    assert "no database" in run("--data", str(tmp_path / "nowhere"), "backup", shelf, exits=1)


def test_a_path_that_is_no_backup(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "2026-03-16T02-00-00Z"):
        folder.mkdir(exist_ok=True)
        with pytest.raises(NotFound):
            at(folder)


def test_a_manifest_that_cannot_be_read_makes_no_backup(busy_city: Server, tmp_path: Path) -> None:
    found = take(busy_city, tmp_path / "shelf")
    (found.folder / MANIFEST).write_text(json.dumps({"format": 1}))
    assert Shelf(tmp_path / "shelf").all() == []
    shutil.rmtree(found.folder)
