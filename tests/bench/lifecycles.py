"""`python -m tests.bench.lifecycles [--cases N] [--database sqlite|postgres]`: complaints from report to rating, four
commands each, one exchange a command, in a city that already has so many cases. One JSON line.

The load is made on the same machine: sixteen desks at once, each an officer of one kecamatan and the citizens who write
to them. Every exchange is a whole one: a token and an instance of one's own, a cursor, what changed, and a digest.
"""

import argparse
import http.client
import json
import shutil
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import zstandard
from sqlalchemy import text

from schemas.catalogue.model import City
from server.access import devices
from server.access.staff import add_staff
from server.commands.batch import Sender
from server.commands.incoming import Incoming, read
from server.domain.actor import Actor, person_scope
from server.opening import open_city
from server.services import Services
from server.settings import Settings
from server.store.database import writing
from sync.cursor import Cursor, encode, scopes_hash
from tests.bench import stage
from tests.bench.material import complaint, complaints, new_id
from tests.postgres import cluster

DESKS, CITIZENS = 16, 20
BASE = 10_000
"""Cases that come through the one way in; the others are copies of them."""
GOAL = 60, 0.200
WORKERS = 2


class Phone:
    """A device over one connection that stays open. It follows its cursor, and keeps no records."""

    def __init__(self, port: int, token: str, instance: str, *, guest: bool) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "zstd"}
        self._hello: dict[str, Any] = {
            "t": "hello",
            "protocol": 1,
            "instance": instance,
            "app": "bench/1",
            "guest": guest,
        }
        self._seq = 0
        self.scopes: list[str] = []
        self.epoch = ""

    def follow(self, position: int) -> None:
        """As if everything until there had been pulled."""
        self.exchange(limit=1)
        self._hello["cursor"] = encode(Cursor(self.epoch, position, scopes_hash(self.scopes)))

    def act(self, case: str, action: str, **data: Any) -> dict[str, Any]:
        """The result of one command."""
        self._seq += 1
        told = {"action": action} | data
        line = {"t": "command", "seq": self._seq, "kind": "case.act", "case": case, "at": "", "data": told}
        [result] = [one for one in self.exchange(line) if one["t"] == "result"]
        if result["status"] != "applied":
            raise RuntimeError(f"{action}: {result}")
        return result

    def exchange(self, *commands: dict[str, Any], **hello: Any) -> list[dict[str, Any]]:
        lines = [self._hello | hello, *commands, {"t": "end", "commands": len(commands)}]
        body = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
        try:
            response, answer = self._post(body)
        except (ConnectionError, http.client.HTTPException):
            # Nothing was said on it for half a minute, so the server has ended it. The same bytes may come again.
            self._connection.close()
            response, answer = self._post(body)
        if response.status != 200:
            raise RuntimeError(f"{response.status}: {answer!r}")
        if response.getheader("Content-Encoding") == "zstd":
            answer = zstandard.ZstdDecompressor().decompressobj().decompress(answer)
        heard = [json.loads(line) for line in answer.splitlines()]
        self.epoch, self.scopes = heard[0]["epoch"], heard[0]["scopes"]
        self._hello |= {"epoch": self.epoch, "cursor": heard[-1].get("cursor") or self._hello.get("cursor")}
        for line in heard:
            if line["t"] == "promises":
                self._hello["promises"] = line["version"]
        return heard

    def close(self) -> None:
        self._connection.close()

    def _post(self, body: bytes) -> tuple[http.client.HTTPResponse, bytes]:
        self._connection.request("POST", "/api/v1/sync", body, self._headers)
        response = self._connection.getresponse()
        return response, response.read()


class Desk(threading.Thread):
    """One officer and their citizens: report, pass on, resolve, rate; and from the beginning."""

    def __init__(self, number: int, officer: Phone, citizens: list[Phone], city: City, leave: threading.Event) -> None:
        super().__init__(daemon=True)
        self._rng = Random(f"desk {number}")
        self._officer = officer
        self._citizens = citizens
        self._city = city
        self._areas = [a.code for a in city.areas if a.kind == "kelurahan" and a.parent == kecamatan(city, number)]
        self._leave = leave
        self.seconds: list[tuple[float, float]] = []
        """When each exchange ended, and how long it took."""
        self.ended: list[float] = []
        self.fault: Exception | None = None

    def run(self) -> None:
        try:
            while not self._leave.is_set():
                self._lifecycle()
        except Exception as fault:
            self.fault = fault
        for phone in (self._officer, *self._citizens):
            phone.close()

    def _lifecycle(self) -> None:
        citizen, case = self._rng.choice(self._citizens), new_id(self._rng)
        fields = complaint(self._rng, self._city) | {"area": self._rng.choice(self._areas)}
        done = {"done": "Lubang sudah ditutup dengan aspal.", "done_on": f"{datetime.now(UTC):%Y-%m-%d}"}
        self._timed(citizen, case, "submit", service="lapor", set=fields)
        self._timed(self._officer, case, "dispatch", form={})
        self._timed(self._officer, case, "resolve", form=done)
        self._timed(citizen, case, "rate", form={"rating": "good"})
        self.ended.append(time.perf_counter())

    def _timed(self, phone: Phone, case: str, action: str, **data: Any) -> None:
        begun = time.perf_counter()
        phone.act(case, action, **data)
        ended = time.perf_counter()
        self.seconds.append((ended, ended - begun))


def kecamatan(city: City, number: int) -> str:
    codes = sorted(area.code for area in city.areas if area.kind == "kecamatan")
    return codes[number % len(codes)]


# ---- A city that is full ----


def fill(world: Services, city: City, cases: int) -> None:
    """So many cases: the first through the one way in, the others their copies, set-based, with what was processed and
    told of them. Their lines still say the original's id: only the size matters here. The copies have no date that is
    yet to come, as most of a city's cases after some years: else the day's first job would look at all of them."""
    base = min(cases, BASE)
    person = "filler"
    sender = Sender(Actor(person, person, frozenset({"citizen"}), frozenset({person_scope(person)})), str(UUID(int=1)))
    for start in range(0, base, 500):
        batch = []
        for seq, (case, fields) in enumerate(complaints(start, min(500, base - start), city), start + 1):
            data = {"service": "lapor", "action": "submit", "set": fields}
            line = {"t": "command", "seq": seq, "kind": "case.act", "case": case, "at": "", "data": data}
            item = read(seq, json.dumps(line).encode())
            assert isinstance(item, Incoming)
            batch.append(item)
        assert all(b'"applied"' in line for line in world.commands.apply(sender, batch))
    postgres = world.engine.dialect.name == "postgresql"
    tail = "lpad(to_hex({n}), 12, '0')" if postgres else "printf('%012x', {n})"
    for copy in range(1, cases // base):
        values = {"shift": copy * base, "copy": f"-{copy}", "base": base}
        with writing(world.engine) as connection:
            for statement in _COPIES:
                shifted = tail.format(n="born + :shift"), tail.format(n="pos + :shift"), tail.format(n="seq + :shift")
                connection.execute(text(statement.format(born=shifted[0], pos=shifted[1], seq=shifted[2])), values)
            connection.execute(text("UPDATE feed_head SET pos = pos + :base"), {"base": base})
    with world.engine.connect().execution_options(isolation_level="AUTOCOMMIT" if postgres else "SERIALIZABLE") as free:
        free.exec_driver_sql("VACUUM ANALYZE" if postgres else "ANALYZE")
        if not postgres:
            free.exec_driver_sql("COMMIT")
            free.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


_COPIES = (
    "INSERT INTO case_record (born, id, version, service, stage, number, due, scopes, state, line, own_line)"
    " SELECT born + :shift, substr(id, 1, 24) || {born}, version, service, stage, number || CAST(:copy AS VARCHAR),"
    " NULL, scopes, state, line, own_line FROM case_record WHERE born <= :base",
    "INSERT INTO reach (scope, born, pos, present)"
    " SELECT scope, born + :shift, pos + :shift, present FROM reach WHERE born <= :base",
    "INSERT INTO feed (pos, case_id, version, kind, instance, seq, person_id, at)"
    " SELECT pos + :shift, substr(case_id, 1, 24) || {pos}, version, kind, instance, seq + :shift, person_id, at"
    " FROM feed WHERE pos <= :base",
    "INSERT INTO command (instance, seq, hash, status, case_id, kind, person_id, received, result, payload)"
    " SELECT instance, seq + :shift, hash, status, substr(case_id, 1, 24) || {seq}, kind, person_id, received, result,"
    " payload FROM command WHERE seq <= :base AND kind = 'case.act'",
)


def people(world: Services, city: City) -> list[tuple[str, list[str]]]:
    """For each desk the officer's token, and its citizens'."""
    offices = sorted({office.code for office in city.offices})
    found = []
    for number in range(DESKS):
        scopes = [f"office:{office}/{kecamatan(city, number)}" for office in offices]
        person = add_staff(
            world.engine, city, world.sources, login=f"desk{number}", password=stage.PASSWORD, name=f"Petugas {number}",
            roles=["complaint_officer"], scopes=scopes,
        )  # fmt: skip
        tokens = [world.sources.new_token() for _ in range(CITIZENS + 1)]
        with writing(world.engine) as connection:
            devices.new_device(connection, world.sources, person, tokens[0])
        found.append((tokens[0], tokens[1:]))
    return found


# ---- The measurement ----


def measure(folder: Path, url: str | None, cases: int, seconds: float, workers: int) -> dict[str, Any]:
    settings = Settings(data=folder, database=url, web=None)
    world = open_city(settings)
    city = world.rules.current.city
    begun = time.perf_counter()
    fill(world, city, cases)
    tokens = people(world, city)
    with world.engine.connect() as connection:
        head = connection.execute(text("SELECT pos FROM feed_head")).scalar_one()
        there = connection.execute(text("SELECT count(*) FROM case_record")).scalar_one()
    world.engine.dispose()
    print(f"{there} cases in {time.perf_counter() - begun:.0f} s", file=sys.stderr)
    with _served(folder, url, workers) as port:
        leave, desks = threading.Event(), []
        for number, (officer, citizens) in enumerate(tokens):
            ids = Random(f"instances {number}")
            phones = [Phone(port, token, new_id(ids), guest=n > 0) for n, token in enumerate([officer, *citizens])]
            for phone in phones:
                phone.follow(head)
            desks.append(Desk(number, phones[0], phones[1:], city, leave))
        for desk in desks:
            desk.start()
        time.sleep(min(5, seconds / 3))
        first = time.perf_counter()
        time.sleep(seconds)
        last = time.perf_counter()
        leave.set()
        for desk in desks:
            desk.join(60)
            if desk.fault:
                raise desk.fault
    # Where nothing was answered in all that time, it took longer than that.
    took = sorted(lasted for desk in desks for at, lasted in desk.seconds if first <= at <= last) or [seconds]
    ended = sum(first <= at <= last for desk in desks for at in desk.ended)
    rate, slow = ended / (last - first), took[int(len(took) * 0.95)]
    return {
        "bench": "lifecycles",
        "database": "postgres" if url else "sqlite",
        "cases": there,
        "workers": workers,
        "lifecycles": sum(len(desk.ended) for desk in desks),
        "lifecycles_a_second": round(rate, 1),
        "commands_a_second": round(len(took) / (last - first), 1),
        "median": round(statistics.median(took), 4),
        "p95": round(slow, 4),
        "longest": round(took[-1], 4),
        "goal": f">= {GOAL[0]} a second, p95 < {GOAL[1]} s, with the load on the same cores",
        "ok": rate >= GOAL[0] and slow < GOAL[1],
    }


@contextmanager
def _served(folder: Path, url: str | None, workers: int) -> Iterator[int]:
    port = stage.free_port()
    on = ("--database", url) if url else ()
    words = ("--data", str(folder), *on, "serve", "--port", str(port), "--workers", str(workers))
    with stage.process(port, "-m", "server.cli", *words):
        yield port


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.lifecycles", description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="postgres")
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--workers", type=int, default=WORKERS)
    parser.add_argument("--strict", action="store_true", help="exit with 1 where the goal is missed")
    given = parser.parse_args()
    folder = stage.scratch() / "lifecycles"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if given.database == "sqlite":
        line = measure(folder, None, given.cases, given.seconds, given.workers)
    else:
        with cluster(durable=True) as databases:
            databases.run("ALTER SYSTEM SET max_wal_size = '4GB'")
            databases.run("SELECT pg_reload_conf()")
            url = databases.make_with_tables("city")
            line = measure(folder, url, given.cases, given.seconds, given.workers)
    print(json.dumps(line), flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    sys.exit(1 if given.strict and not line["ok"] else 0)


if __name__ == "__main__":
    main()
