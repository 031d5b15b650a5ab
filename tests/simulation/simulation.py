"""A whole city in one process, from one seed: who does what, and what goes wrong, drawn one step at a time.

`Simulation` is made once per process (the application is built once); `run(seed)` lives one city from its beginning
to the end, when faults stop, everybody syncs, and everything must add up.
"""

import logging
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any
from unittest import mock

from argon2 import PasswordHasher

from schemas.catalogue.model import City as Catalogue
from server.access import passwords
from server.access.staff import add_staff
from server.commands.batch import COMING
from server.domain import decide as deciding
from sync.outbox import KEEP_DAYS
from tests.postgres import Databases
from tests.simulation import disasters, invariants, photos
from tests.simulation.crashes import Killed
from tests.simulation.devices import PASSWORD, Device
from tests.simulation.invariants import Broken, Ledger
from tests.simulation.network import Network
from tests.simulation.people import POISON, People
from tests.simulation.post import Post
from tests.simulation.servers import Server
from tests.simulation.trace import Trace
from tests.simulation.world import World

STEPS = 120
LAST_ROUNDS = 12
"""In how many syncs each outbox must be empty once all is well."""

STAFF = (
    ("loket", ("front_desk",), ("office:distaru",)),
    ("survei", ("surveyor",), ("office:distaru/{a}", "office:distaru/{b}")),
    ("perencana", ("planner",), ("office:distaru",)),
    ("kasi", ("section_head", "supervisor"), ("office:distaru", "office:{home}")),
    ("pejabat", ("signer",), ("office:distaru",)),
    ("aduan", ("complaint_officer",), ("office:{home}",)),
    ("dpu", ("complaint_officer", "surveyor"), ("office:dpu",)),
)


@dataclass
class Report:
    """What came of one seed."""

    seed: int
    trace: Trace
    seconds: float
    fault: str | None = None

    def line(self) -> str:
        struck = sum(self.trace.struck.values())
        head = f"seed {self.seed:>6}  {self.trace.digest()}  {self.trace.steps} steps  {struck:>3} faults"
        return f"{head}  {self.seconds:.1f} s  {'FAILED: ' + self.fault if self.fault else 'ok'}"


class Simulation:
    """The process that cities live in."""

    def __init__(self, databases: Databases | None = None) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="tenggat-simulation-"))
        with quick():
            self.server = Server(self.folder, databases)

    def close(self) -> None:
        self.server.engine.dispose()
        self.server.disk.forget()
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, seed: int, *, tell: bool = False, steps: int = STEPS) -> Report:
        """One city. What breaks is in the report, not raised."""
        trace, began = Trace(tell=tell), perf_counter()
        fault = None
        with quick(), _small_pages(World(seed)):
            city = City(self, World(seed), trace)
            try:
                city.live(steps)
                city.settle()
            except Broken as error:
                fault = str(error)
            except (Exception, Killed) as error:
                fault = f"{type(error).__name__}: {error}"
                if tell:
                    raise
            finally:
                city.close()
        return Report(seed, trace, perf_counter() - began, fault)


class City:
    """One run: a server, its devices, and the books."""

    def __init__(self, simulation: Simulation, world: World, trace: Trace) -> None:
        self.world = world
        self.trace = trace
        self.server = simulation.server
        self.server.begin(world, trace)
        self.ledger = Ledger()
        self.network = Network(world, self.server, trace)
        self.network.meanwhile = self._meanwhile
        self.people = People(world)
        self.post = Post(self)
        self.folder = simulation.folder / "devices"
        self.devices: list[Device] = []
        self.backups: list[str] = []
        self.catalogue: Catalogue = self.server.services.city
        self._deep = False
        self._unasked: list[str] = []
        self._too_soon: list[str] = []
        self._echoes: defaultdict[str, photos.Echoes] = defaultdict(photos.Echoes)
        self._populate()
        self.ledger.epoch = self.epoch()

    # The people and their devices.

    def _populate(self) -> None:
        districts = sorted(a.code for a in self.catalogue.areas if a.kind == "kecamatan")
        home = self.catalogue.service("lapor").office
        names = {"a": districts[0], "b": districts[1], "home": home}
        offices = [f"office:{o}" for o in sorted({"distaru", "dpu", "dlh", home})]
        self.scopes = offices + [f"office:distaru/{d}" for d in districts[:4]]
        for login, roles, scopes in STAFF:
            given = sorted({scope.format(**names) for scope in scopes})
            add_staff(
                self.server.engine, self.catalogue, self.server.services.sources,
                login=login, password=PASSWORD, name=login.title(), roles=roles, scopes=given,
            )  # fmt: skip
            self._device(login, roles=roles, login=login).has_account = True
        self._device("kasi 2", roles=("section_head", "supervisor"), login="kasi").has_account = True
        for name in ("tamu 1", "tamu 2"):
            self._device(name)
        # Signs up on one device as a guest with work, then in on the second: both draft and edit the same cases.
        self._device("sari 1", login="sari")
        self._device("sari 2", login="sari")
        self._device("kuno", protocol=0)
        for device in self.devices:
            device.sync()
        # Work to begin with: without it the first hour is empty desks.
        for device in self.devices:
            if not device.staff:
                for step in (self.people.new, self.people.submit, self.people.new, self.people.submit, self.people.new):
                    step(device)
                self.ledger.typed |= invariants.device_marks(device)
                device.sync()
        for device in self.devices:
            device.sync()
            device.back_up()
        if self.world.chance.random() < 0.5:
            # From before anybody but officers had an account: who is brought back to it has to sign in again.
            self._back_up()
        if self.world.chance.random() < 0.7:
            for device in self.devices:
                if device.login == "sari":
                    self._account(device)
        self.trace.add("populated")

    def _device(self, name: str, **how: Any) -> Device:
        device = Device(
            name, self.folder / name.replace(" ", "-"), self.world, self.network, self.trace,
            sent=self.ledger.sent, heard=self._heard, checked=self._checked, dropped=self._dropped, **how,
        )  # fmt: skip
        self.devices.append(device)
        return device

    def _checked(self, device: Device) -> None:
        """A device found its digest to differ: only a damaged row on its disk explains that."""
        self.trace.saw("digest_mismatch")
        if device.fair:
            self._unasked.append(device.name)

    def _heard(self, device: Device) -> None:
        """Before each request, and after the last: what the device was told so far."""
        self.ledger.hear(device)
        self._echoes[device.name].hear(device)

    def _dropped(self, device: Device, names: list[str]) -> None:
        """A device lets go of bytes: never of those that somebody still waits for and whose hash it has not heard."""
        self.trace.saw("bytes_dropped", len(names))
        self.trace.saw("room_made", len(names) if device.capacity is not None else 0)
        awaited = photos.awaited(device) - self._echoes[device.name].hashes
        self._too_soon += [f"{device.name} {name}" for name in set(names) & awaited]
        if device.epoch != self.ledger.epoch:
            # In good faith: it has not heard yet that the server which had them was brought back to before.
            self.ledger.photos_gone |= set(names)

    # The scheduler.

    def live(self, steps: int) -> None:
        self.network.rate = self.world.chance.choice((0.0, 0.15, 0.3, 0.5))
        for number in range(steps):
            self.trace.steps += 1
            self._step()
            self._after_step()
            if number % 20 == 19:
                self.check()

    def _step(self) -> None:
        chance = self.world.chance
        self.world.move(chance.choice((1, 30, 600, 3600)) * chance.random())
        if chance.random() < 0.01:
            self._days(chance.choice((1, 3, 31)))
        kind = chance.choices(("person", "sync", "post", "disaster"), (46, 32, 12, 10))[0]
        # Two devices of one account are where edits meet.
        weights = [3 if d.login == "sari" else 2 if d.login in {"aduan", "dpu"} else 1 for d in self.devices]
        device = chance.choices(self.devices, weights)[0]
        if kind == "person":
            # People work in bursts, and on an offline stretch for long.
            for _ in range(chance.choice((1, 2, 2, 5))):
                self._person(device)
        elif kind == "sync":
            self._sync(device)
        elif kind == "post":
            self.post.step(device)
        else:
            self._disaster(device)

    def _days(self, days: int) -> None:
        self.world.move(86_400 * days)
        if days > KEEP_DAYS:
            # What somebody gave up more than `KEEP_DAYS` ago may be forgotten, and no sooner.
            for device in self.devices:
                self.ledger.gone |= invariants.device_marks(device, "settled")

    def _person(self, device: Device) -> None:
        before = invariants.device_marks(device)
        if self.network.rate and not device.busy and self.world.faults.random() < 0.04:
            device.fuse.light(self.world.faults.randrange(30))
        try:
            what = self.people.act(device)
        except Killed:
            device.rise()
            what = "killed"
        finally:
            device.fuse.douse()
        after = invariants.device_marks(device)
        # What one types over, or takes back, before it left is gone by one's own hand.
        self.ledger.typed |= after
        self.ledger.gone |= before - after
        self.trace.add(self.world.now.isoformat(), device.name, what)

    def _sync(self, device: Device) -> None:
        if device.busy:
            return
        if device.login == "sari" and not device.has_account and self.world.people.random() < 0.3:
            self._account(device)
        if self.network.rate and self.world.faults.random() < 0.08:
            device.fuse.light(self.world.faults.randrange(self.world.faults.choice((15, 90))))
        came = self._exchange(device)
        self.trace.saw(f"sync_{came}")
        self.trace.add(self.world.now.isoformat(), device.name, "sync", came)
        if came == "ok" and self.network.heard == self.server.changes:
            invariants.check_device(device, self.server)
            photos.check_scope(device)
            device.fair = True
            if device.revoked and device.store.meta.get("wiped"):
                device.revoked = False

    def _exchange(self, device: Device) -> str:
        return self.taking(device, device.sync)

    def taking(self, device: Device, how: Callable[[], str]) -> str:
        """What came of a device's hearing from the server, one way or another; the books know what it was told."""
        given_up = invariants.device_marks(device, "settled")
        held = photos.on_device(device) if device.revoked else set()
        came = how()
        self._heard(device)
        if device.store.meta.get("wiped") and not invariants.outbox(device):
            # A wipe leaves nothing, so also not what the person had taken back before it ever left.
            self.ledger.gone |= given_up
            # Bytes that had not been sent: what named them is in quarantine, with who lost the device.
            self.ledger.photos_gone |= held - photos.everywhere(self.server, self.devices)
        return came

    def _account(self, device: Device) -> None:
        """Sign up as the guest one is, or in where the account is there already."""
        from client import account

        first = next(d for d in self.devices if d.login == "sari" and d is not device)

        def enter() -> None:
            if first.has_account:
                device.knows_account = True
                account.sign_in(device.store, device.transport, "sari", PASSWORD)
            else:
                account.sign_up(device.store, device.transport, "sari", PASSWORD, "Sari")

        device.busy = True
        came = device.do(enter)
        device.busy = False
        if came == "ok" or came == "conflict":
            device.has_account = True
        self.trace.saw(f"account_{came}")
        self.trace.add(device.name, "account", came)

    def _disaster(self, device: Device) -> None:
        kinds = {
            "back_up": 5, "device_back_up": 6, "roll_back": 5, "restore": 4, "clock": 3, "grant": 6, "revoke": 1,
            "poison": 3, "hurt_row": 3, "notice": 2, "fill_disk": 3,
        }  # fmt: skip
        kind = self.world.faults.choices(list(kinds), list(kinds.values()))[0]
        if kind == "back_up":
            self._back_up()
        elif kind == "device_back_up":
            device.back_up()
            self.trace.add(device.name, "backed up")
        elif kind == "roll_back":
            disasters.roll_back(self, device)
        elif kind == "restore":
            disasters.restore(self)
        elif kind == "clock":
            disasters.skew_clock(self, device)
        elif kind == "grant":
            disasters.change_grant(self)
        elif kind == "revoke":
            disasters.revoke(self, device)
        elif kind == "poison":
            disasters.poison(self, device)
        elif kind == "hurt_row":
            disasters.hurt_row(self)
        elif kind == "notice":
            disasters.notice(self)
        elif kind == "fill_disk":
            disasters.fill_disk(self, device)

    def _back_up(self) -> None:
        name = f"backup-{len(self.backups)}"
        self.server.back_up(name)
        self.backups.append(name)
        self.trace.add("server backed up", name)
        if len(self.backups) % 2:
            disasters.renew_keys(self)

    def _meanwhile(self, name: str) -> None:
        """While an answer travels, its device's person goes on typing, others sync, grants change, disasters strike."""
        if self._deep or not self.network.rate or self.world.chance.random() >= 0.12:
            return
        self._deep = True
        device = next(d for d in self.devices if d.name == name)
        fuse = device.fuse.pause()
        try:
            choice = self.world.chance.random()
            if choice < 0.4:
                self._person(device)
                self.trace.saw("typed_during_exchange")
            elif choice < 0.6:
                disasters.change_grant(self)
            elif choice < 0.65:
                disasters.restore(self)
            else:
                others = [d for d in self.devices if not d.busy and d is not device]
                other = self.world.chance.choice(others)
                self._person(other)
                self._sync(other)
        finally:
            self._deep = False
            device.fuse.resume(fuse)

    def _after_step(self) -> None:
        invariants.require(not self.network.broken, "no request is answered with a 500", *self.network.broken)
        invariants.require(not self._too_soon, "no bytes are let go of before their hash was echoed", *self._too_soon)
        invariants.require(not self._unasked, "no digest differs without a fault that explains it", *self._unasked)

    # The books.

    def epoch(self) -> str:
        return str(self.server.rows("SELECT epoch FROM feed_head")[0].epoch)

    def all_marks(self) -> set[str]:
        found = invariants.server_marks(self.server)
        for device in self.devices:
            found |= invariants.device_marks(device)
        return found

    def check(self) -> None:
        invariants.check_typed(self.ledger, self.server, self.devices)
        cases = invariants.check_server(self.ledger, self.server, self.catalogue)
        photos.check_photos(self.server, self.devices, cases, self.ledger.photos_gone)
        photos.check_handed_out(self, cases)

    def settle(self) -> None:
        """Faults stop; everybody syncs; everything must add up."""
        self.network.rate = 0.0
        self.trace.add("faults stop")
        for device in self.devices:
            if device.knows_account and not device.has_account:
                self._account(device)
        for device in self.devices:
            device.skew *= 0
            device.capacity = None
        for number in range(LAST_ROUNDS):
            # What waits for a device that lost it in a disaster of its own is decided without it, once that is over.
            self.world.move(120 if number != LAST_ROUNDS // 2 else COMING.total_seconds())
            came = [self._exchange(device) for device in self.devices]
            self._after_step()
            self.trace.add("round", number, *came)
            if number and self._still():
                break
            self._feed = self.server.rows("SELECT pos FROM feed_head")[0].pos
        for device in self.devices:
            invariants.check_device(device, self.server)
            photos.check_scope(device)
            invariants.require(came[self.devices.index(device)] == "ok", "everybody can sync", device.name, *came)
        self.check()
        invariants.check_held(self.ledger, self.server, self.devices)
        self.trace.saw("arrived", photos.check_arrived(self.devices, self.ledger.cases))
        self._count()

    def _still(self) -> bool:
        """Nobody has anything to send, and a whole round changed nothing."""
        waits = any(d.store.outbox.waiting()[0] or d.store.files.unsent()[0] for d in self.devices)
        return not waits and self.server.rows("SELECT pos FROM feed_head")[0].pos == self._feed

    def _count(self) -> None:
        """What the run led to, for the table; and the end of the trace."""
        for row in self.server.rows("SELECT instance, seq, status, result FROM command ORDER BY instance, seq"):
            code = row.result.decode().partition('"code":"')[2].partition('"')[0]
            self.trace.saw(f"result_{row.status}")
            if code:
                self.trace.saw(f"code_{code}")
        for row in self.server.rows("SELECT code FROM stray ORDER BY instance, hash"):
            self.trace.saw(f"stray_{row.code}")
        for row in self.server.rows("SELECT born, state, line FROM case_record ORDER BY born"):
            self.trace.add(row.born, invariants.sha(row.line).hex()[:12])
        for case in self.ledger.cases.values():
            self.trace.saw("late_evidence", len(case.evidence))
            self.trace.saw("conflict_open", len(case.conflicts))
            self.trace.saw("pause", sum(len(limit.pauses) for limit in case.limits))
        self.trace.saw("resent", self.ledger.resent)
        for device in self.devices:
            self.trace.saw("fork", device.rows("SELECT count(*) AS n FROM instance")[0]["n"] - 1)

    def close(self) -> None:
        for device in self.devices:
            device.close()

    _feed = -1


@contextmanager
def quick() -> Iterator[None]:
    """Cheap passwords, no log, and a server on which one text raises: what no test is about."""
    real = deciding.KINDS["case.edit"]

    def poisoned(command: Any, *rest: Any) -> Any:
        if POISON.encode() in bytes(command.data):
            raise RuntimeError("a fault of the server's own")
        return real(command, *rest)

    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with (
            mock.patch.object(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)),
            mock.patch.dict(deciding.KINDS, {"case.edit": poisoned}),
            # Only processes die here, and what they wrote the operating system has.
            mock.patch("os.fsync", lambda _descriptor: None),
        ):
            yield
    finally:
        logging.disable(before)


@contextmanager
def _small_pages(world: World) -> Iterator[None]:
    """Pages and transactions of a few rows, so that a run has many; and a device's own token and the server's keys from
    the seed."""
    page, chunk = world.chance.choice((2, 3, 5, 20)), world.chance.choice((1, 2, 4, 250))
    with (
        mock.patch("client.store.store.PAGE", page),
        mock.patch("client.bundles.writing.MAX_PAGE", page),
        mock.patch("client.store.outbox.MAX_COMMANDS", world.chance.choice((2, 5_000, 5_000))),
        mock.patch("server.commands.apply.CHUNK", chunk),
        mock.patch("server.exchange.request.CHUNK", chunk),
        mock.patch("client.account.secrets.token_urlsafe", lambda _n: world.new_token()),
        mock.patch("server.bundles.keys.new_key", world.new_key),
    ):
        yield
