"""The encrypted store: what lies on the disk tells nothing, a wrong key says so and destroys nothing, and it is as safe
from several threads and from sudden deaths as the plain one."""

import base64
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from client.files.fetching import Fetching
from client.store import Store
from client.store.cipher import NoCipher, NotSealed, WrongKey, sealed_opener, subkey
from client.store.database import StoreBroken, database_errors
from client.transport import Unreachable
from schemas.catalogue.model import City
from tests.pictures import write_jpeg
from tests.unit.client.conftest import Bench
from tests.unit.client.test_fetching import Shelf, listed

KEY = bytes(range(32))
OTHER = bytes(range(1, 33))

NAME = "Pemohon Bernama Khas"
NIK = "3374019876543210"
NOTE = "catatan yang tidak boleh terbaca"
FILE = "ktp-pemohon-khas.jpg"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "profil" / "device.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    made = Store(path, key=KEY)
    yield made
    made.close()


def case(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


def forms(text: str) -> list[bytes]:
    """What to look for: as it is, in UTF-16, and in base64 at each of its three places."""
    found = [text.encode(), text.encode("utf-16-le"), text.encode("utf-16-be")]
    for shift in range(3):
        # But for the letters at both ends, which depend on what stands beside it.
        found.append(base64.b64encode(b"." * shift + text.encode())[4:-4])
    return found


def everything(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in sorted(folder.glob("**/*")) if path.is_file()}


def readable(folder: Path, known: list[bytes]) -> set[tuple[str, bytes]]:
    """Which of those can be read where, in a file or in a name."""
    found = {(path.name, one) for path, content in everything(folder).items() for one in known if one in content}
    names = b"\0".join(str(path).encode() for path in folder.glob("**/*"))
    return found | {("names", one) for one in known if one in names}


def a_day(bench: Bench, tmp_path: Path) -> list[bytes]:
    """Somebody works in this store; what must not be readable of it then."""
    photo = write_jpeg(tmp_path / FILE, "khas", (900, 700))
    case_id = bench.desk.new("krk", {"name": NAME, "nik": NIK})
    bench.desk.attach(case_id, "ktp", photo)
    bench.desk.edit(case_id, {"address": NOTE})
    with bench.store.transaction():
        bench.store.meta.set("token", "tanda-masuk-khas")
        bench.store.meta.set("typing", {"x": NOTE})
    kept = bench.store.files.uploads()[0]
    content = bench.store.blobs.read(kept.sha256)
    pieces = [content[n : n + 24] for n in range(0, len(content) - 24, 4096)]
    words = [NAME, NIK, NOTE, Path(FILE).stem, "tanda-masuk-khas", case_id, kept.sha256]
    return [form for word in words for form in forms(word)] + pieces + [b"SQLite format 3"]


@pytest.mark.parametrize("store_key", [KEY], ids=["sealed"])
def test_nothing_of_a_day_can_be_read_on_the_disk(make_bench: Any, tmp_path: Path, city: City) -> None:
    bench: Bench = make_bench("profil/device")
    folder = bench.store.path.parent
    secret = a_day(bench, tmp_path)
    # In the middle of it: what was written lies in the log still.
    assert (folder / "device.sqlite-wal").stat().st_size > 4096
    assert readable(folder, secret) == set()
    # And in the middle of a download, of which a part came.
    shelf = Shelf()
    _, attachment = listed(bench, shelf)
    content = os.urandom(64) * 4000
    part = bench.store.blobs.part(f"{attachment.id}-original")
    with part.open("ab+") as into:
        into.write(content[:200_000])
    assert list(folder.glob("**/*.part"))
    known = [*secret, content[:24], content[64_000:64_024], attachment.id.encode()]
    assert readable(folder, known) == set()
    bench.store.close()
    assert readable(folder, known) == set()


@pytest.mark.parametrize("store_key", [None], ids=["plain"])
def test_that_test_would_find_it(make_bench: Any, tmp_path: Path, city: City) -> None:
    bench: Bench = make_bench("profil/device")
    secret = a_day(bench, tmp_path)
    found = readable(bench.store.path.parent, secret)
    names = {name for name, _ in found}
    assert "device.sqlite-wal" in names and "names" in names and len(found) > 8
    assert NAME.encode() in {one for _, one in found}


def test_a_file_that_is_known_is_not_recognised(tmp_path: Path) -> None:
    """Neither by its name, nor by its size to the byte, nor by being the same in two profiles."""
    one, two = Store(tmp_path / "a" / "x", key=KEY), Store(tmp_path / "b" / "x", key=OTHER)
    content = os.urandom(203_417)
    sha256 = one.blobs.put([content])[0]
    assert two.blobs.put([content])[0] == sha256
    [first], [second] = (list(s.blobs.folder.glob("*/*")) for s in (one, two))
    assert first.name != second.name and sha256 not in (first.name, second.name)
    assert first.read_bytes()[16:64] != second.read_bytes()[16:64]
    one.blobs.put([os.urandom(203_500)])
    sizes = {p.stat().st_size for p in one.blobs.folder.glob("*/*")}
    assert len(sizes) == 1, "files of nearly one size are of one size"
    one.close()
    two.close()


def test_a_wrong_key_says_so_and_destroys_nothing(store: Store, path: Path, tmp_path: Path) -> None:
    with store.transaction():
        store.outbox.add("case.edit", case(1), {"note": NOTE}, "2026-03-16T02:00:00Z", 0)
    # As after a kill: the newest is in the log alone.
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in ("device.sqlite", "device.sqlite-wal"):
        shutil.copyfile(path.with_name(name), copy / name)
    before = everything(copy)
    for wrong in (OTHER, bytes(32)):
        with pytest.raises(WrongKey, match="nothing was changed"):
            Store(copy / "device.sqlite", key=wrong)
    with pytest.raises(StoreBroken):
        Store(copy / "device.sqlite")
    after = everything(copy)
    assert {name: after[name] for name in before} == before
    again = Store(copy / "device.sqlite", key=KEY)
    assert again.outbox.entries()[0].data == {"note": NOTE}
    again.close()


def test_a_key_for_a_plain_file_is_refused_and_it_stays_plain(tmp_path: Path) -> None:
    path = tmp_path / "device.sqlite"
    plain = Store(path)
    plain.meta.set("a", 1)
    plain.close()
    before = path.read_bytes()
    with pytest.raises(NotSealed):
        Store(path, key=KEY)
    assert path.read_bytes() == before
    again = Store(path)
    assert again.meta.get("a") == 1
    again.close()


def test_a_damaged_file_is_told_and_left_alone(path: Path) -> None:
    Store(path, key=KEY).close()
    content = bytearray(path.read_bytes())
    for place in (100, len(content) - 100):
        damaged = bytearray(content)
        damaged[place] ^= 1
        path.write_bytes(damaged)
        with pytest.raises(StoreBroken):
            opened = Store(path, key=KEY)
            try:
                opened._db.execute("PRAGMA integrity_check").fetchall()
                for (name,) in opened._db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                    opened._db.execute(f'SELECT * FROM "{name}"').fetchall()
            except database_errors() as error:
                raise StoreBroken(str(error)) from None
            finally:
                opened.close()
        assert path.read_bytes() == damaged


def test_without_sqlcipher_it_says_what_to_install(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sqlcipher3", None)
    with pytest.raises(NoCipher, match="tenggat"):
        Store(path, key=KEY)
    Store(path.with_name("plain.sqlite")).close()


def test_each_purpose_has_a_key_of_its_own() -> None:
    purposes = ["tenggat database", "tenggat files", "tenggat parts of files", "tenggat names of files"]
    assert len({subkey(KEY, one) for one in purposes} | {KEY}) == 5
    assert subkey(KEY, "x") != subkey(OTHER, "x")


def test_the_log_is_kept_and_every_commit_waits_for_the_disk(store: Store) -> None:
    def ask(pragma: str) -> Any:
        return store._db.execute(f"PRAGMA {pragma}").fetchone()[0]

    assert (ask("journal_mode"), ask("synchronous"), ask("foreign_keys"), ask("temp_store")) == ("wal", 2, 1, 2)
    assert ask("cipher_version")


def test_a_download_goes_on_where_it_was_broken_off(tmp_path: Path, make_bench: Any, city: City) -> None:
    class Breaking(Shelf):
        def fetch(self, path: str, headers: Any, into: Any, progress: Any, **more: Any) -> Any:
            begin = into.tell()
            answer = super().fetch(path, headers, into, progress, **more)
            if len(self.asked) == 1:
                # The network ended in the middle.
                whole = into.seek(0, 2)
                into.seek(0)
                content = into.read(whole)
                into.seek(0)
                into.truncate()
                into.write(content[: begin + (whole - begin) // 2])
                raise Unreachable("broke")
            return answer

    bench: Bench = make_bench()
    shelf = Breaking()
    bench.store.meta.set("token", "t")
    record, attachment = listed(bench, shelf)
    fetching = Fetching(bench.store, shelf)  # type: ignore[arg-type]
    with pytest.raises(Unreachable):
        fetching.original(record.id, attachment)
    assert fetching.original(record.id, attachment) == attachment.sha256
    assert shelf.asked[1][1] is not None, "only the rest was asked for"
    assert bench.store.blobs.sound(attachment.sha256)


# Several threads.


@pytest.fixture(params=[None, KEY], ids=["plain", "sealed"])
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "device.sqlite", key=request.param)
    yield made
    made.close()


def test_eight_threads_share_a_store(shared: Store) -> None:
    rounds, threads = 25, 8
    start = threading.Barrier(threads)

    def work(n: int) -> int:
        start.wait()
        seen = 0
        for turn in range(rounds):
            with shared.transaction():
                # Two rows that only belong together, a read between them, and sometimes nothing of it.
                first = shared.outbox.add("case.edit", case(n), {"turn": turn}, "2026-03-16T02:00:00Z", 0)
                shared.meta.set(f"count-{n}", turn + 1)
                assert shared.meta.get(f"count-{n}") == turn + 1 and first
            with pytest.raises(KeyError), shared.transaction():
                shared.outbox.add("case.edit", case(100 + n), {}, "2026-03-16T02:00:00Z", 0)
                raise KeyError
            shared.meta.set(f"alone-{n}-{turn}", turn)
            name = shared.blobs.put([f"{n % 2} {turn}".encode() * 500])[0]
            assert shared.blobs.sound(name)
            seen = max(seen, shared.outbox.waiting()[0])
        return seen

    with ThreadPoolExecutor(threads) as pool:
        seen = list(pool.map(work, range(threads)))
    entries = shared.outbox.entries()
    assert len(entries) == rounds * threads == max(seen)
    assert [entry.seq for entry in entries] == list(range(1, rounds * threads + 1)), "no number twice, none lost"
    for n in range(threads):
        assert [e.data["turn"] for e in entries if e.case == case(n)] == list(range(rounds))
        assert shared.meta.get(f"count-{n}") == rounds
    assert shared.outbox.entries(case=case(100)) == []
    assert len(list(shared.blobs.folder.glob("??/*"))) == 2 * rounds


def test_one_reads_while_another_stores(shared: Store) -> None:
    inside, read = threading.Event(), threading.Event()

    def stores() -> None:
        with shared.transaction():
            shared.meta.set("a", "new")
            inside.set()
            assert read.wait(10)

    shared.meta.set("a", "old")
    thread = threading.Thread(target=stores)
    thread.start()
    assert inside.wait(10)
    assert shared.meta.get("a") == "old", "neither waited for nor seen before it is whole"
    read.set()
    thread.join()
    assert shared.meta.get("a") == "new"


def test_connections_of_threads_that_ended_are_given_back(shared: Store) -> None:
    for _ in range(40):
        thread = threading.Thread(target=lambda: shared.meta.get("a"))
        thread.start()
        thread.join()
    assert len(_open_files(shared)) <= 6, "three of a connection, and what SQLite keeps for the next one"


def test_a_thread_gives_its_connection_back_and_gets_another(shared: Store) -> None:
    shared.meta.set("a", "kept")
    shared.rest()
    shared.rest()
    assert not _open_files(shared)
    assert shared.meta.get("a") == "kept"


def _open_files(store: Store) -> list[str]:
    links = [os.path.realpath(link) for link in Path("/proc/self/fd").iterdir()]
    return [link for link in links if link.startswith(str(store.path.resolve()))]


def test_a_store_that_is_closed_under_others_ends_their_work_and_nothing_else(tmp_path: Path) -> None:
    """In a process of its own: what went wrong here was the end of the whole process, once in some tens of times."""
    ended = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", _CLOSER, tmp_path], capture_output=True, text=True
    )
    assert (ended.returncode, ended.stdout) == (0, "StoreClosed\n" * 160), ended.stderr


_CLOSER = """
import sys, threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from client.store import Store

started = threading.Barrier(5)

def reads(store):
    started.wait()
    try:
        while True:
            store._database.execute("SELECT * FROM meta ORDER BY value || key").fetchall()
    except Exception as error:
        return type(error).__name__

with ThreadPoolExecutor(4) as pool:
    for turn in range(40):
        store = Store(Path(sys.argv[1]) / f"{turn}.db", key=bytes(32))
        with store.transaction():
            for n in range(300):
                store.meta.set(f"key-{n}", "x" * 500)
        ends = [pool.submit(reads, store) for _ in range(4)]
        started.wait()
        store.close()
        for end in ends:
            print(end.result(20))
"""


# Sudden deaths: a real process, really killed.

_WRITER = """
import sys
from pathlib import Path
from client.store import Store
store = Store(Path(sys.argv[1]), key=bytes(range(32)))
n = store.meta.get("n") or 0
while True:
    n += 1
    with store.transaction():
        store.outbox.add("case.edit", f"00000000-0000-4000-8000-{n:012d}", {"n": n}, "2026-03-16T02:00:00Z", 0)
        store.meta.set("n", n)
    sha256, _ = store.blobs.put([b"%d" % n * 30_000])
    print(n, sha256, flush=True)
"""


def test_killed_at_any_moment_it_opens_again_with_all_that_was_said_to_be_kept(path: Path) -> None:
    said: dict[int, str] = {}
    for lines in (1, 2, 5, 9, 14, 3):
        writer = subprocess.Popen([sys.executable, "-c", _WRITER, str(path)], stdout=subprocess.PIPE, text=True)
        assert writer.stdout is not None
        for _ in range(lines):
            n, sha256 = writer.stdout.readline().split()
            said[int(n)] = sha256
        writer.send_signal(signal.SIGKILL)
        writer.wait(30)
        writer.stdout.close()
        store = Store(path, key=KEY)
        kept = [entry.data["n"] for entry in store.outbox.entries()]
        assert kept == list(range(1, (store.meta.get("n") or 0) + 1)) and len(kept) >= max(said)
        assert all(store.blobs.sound(sha256) for sha256 in said.values())
        store.close()


def test_an_opener_gives_the_same_connection_each_time(path: Path) -> None:
    first = sealed_opener(KEY)
    path.parent.mkdir()
    one = first(path)
    one.execute("CREATE TABLE t (x)")
    two = sealed_opener(KEY)(path)
    assert two.execute("SELECT count(*) FROM t").fetchone()[0] == 0
    one.close()
    two.close()
