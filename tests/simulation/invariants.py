"""What must hold, checked from the outside: from rows and lines, never by the code that made them.

`Ledger` remembers what went over the wire, what each device was told and what was typed; `check_server`,
`check_device` and `check_typed` compare that with what lies in the databases.
"""

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

import msgspec

from schemas.catalogue.model import City
from schemas.ledger import replay
from server.domain.case import Case
from sync.messages import Command
from tests.simulation.devices import Device
from tests.simulation.servers import Server

MARK = re.compile(r"mk\d+x")

_case = msgspec.json.Decoder(Case)
_command = msgspec.json.Decoder(Command)


class Broken(AssertionError):
    """An invariant does not hold."""


def require(holds: object, invariant: str, *what: object) -> None:
    if not holds:
        raise Broken(f"{invariant}: {' '.join(map(str, what))}")


def marks(*texts: bytes | str | None) -> set[str]:
    found: set[str] = set()
    for text in texts:
        if text:
            found.update(MARK.findall(text.decode("utf-8", "replace") if isinstance(text, bytes) else text))
    return found


class Ledger:
    """The simulation's own books."""

    def __init__(self) -> None:
        self.lines: dict[tuple[str, int], set[bytes]] = defaultdict(set)
        """By key: every line that went out under it."""
        self.told: dict[tuple[str, int], tuple[str, bytes]] = {}
        """By key: the final status that a device was told in this epoch, and the line's hash."""
        self._told_before: set[tuple[str, int]] = set()
        self.resent = 0
        """Commands acknowledged before a restore that were sent again after it."""
        self._heard: set[tuple[Any, ...]] = set()
        self.typed: set[str] = set()
        self.gone: set[str] = set()
        """Marks that nobody can be asked for any more: overtyped by the person, or destroyed with a disk."""
        self.photos_gone: set[str] = set()
        """Hashes of bytes that were destroyed with a disk, or wiped with a revoked device."""
        self.cases: dict[str, Case] = {}
        self.epoch = ""

    def sent(self, instance: str, line: bytes) -> None:
        try:
            seq = _command.decode(line).seq
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return
        self.lines[instance, seq].add(line)
        if (instance, seq) in self._told_before:
            self._told_before.discard((instance, seq))
            self.resent += 1

    def hear(self, device: Device) -> None:
        """What the device's outbox says it was told since the last time. Called before each request goes out and
        after the last, so whatever is new was told under the epoch that the device now knows."""
        current = device.store.meta.get("epoch") == self.epoch
        for row in outbox(device):
            if not row["result"] or row["state"] not in {"acknowledged", "refused"}:
                continue
            key = (row["identity"], row["seq"])
            news = (device.name, *key, row["result"], row["settled_at"])
            if news in self._heard:
                continue
            self._heard.add(news)
            if current:
                self.told.setdefault(key, (msgspec.json.decode(row["result"])["status"], sent_as(row)))

    def restored(self, epoch: str) -> None:
        """The server went back in time: what was told before is not held against it, nor what cases were."""
        self._told_before |= {key for key, (status, _) in self.told.items() if status in {"applied", "merged"}}
        self.told.clear()
        self.cases.clear()
        self.epoch = epoch


def outbox(device: Device) -> list[Any]:
    return device.rows("SELECT o.*, i.id AS identity FROM outbox o JOIN instance i ON i.n = o.instance")


def sha(line: bytes) -> bytes:
    return hashlib.sha256(bytes(line)).digest()


def sent_as(row: Any) -> bytes:
    """The hash of an outbox line as it goes out: a damaged one is made one line of."""
    return sha(bytes(row["line"]).replace(b"\n", b" ") or b"?")


def device_marks(device: Device, state: str = "") -> set[str]:
    """What was typed at this device and still lies on it. Records do not count: they are the server's."""
    return marks(*(bytes(row["line"]) for row in outbox(device) if state in {"", row["state"]}))


def server_marks(server: Server) -> set[str]:
    rows = server.rows("SELECT state AS x FROM case_record UNION ALL SELECT payload FROM command WHERE payload IS NOT"
                       " NULL UNION ALL SELECT payload FROM stray")  # fmt: skip
    return marks(*(bytes(row.x) for row in rows))


def check_typed(ledger: Ledger, server: Server, devices: Iterable[Device]) -> None:
    """Nothing typed is lost: each mark is on a device or at the server, or somebody who saw it replaced it."""
    missing = ledger.typed - ledger.gone - server_marks(server)
    for device in devices:
        missing -= device_marks(device)
    if missing:
        missing -= replaced(ledger, server)
    require(not missing, "nothing typed is lost", sorted(missing))


def check_server(ledger: Ledger, server: Server, city: City) -> dict[str, Case]:
    """Everything about the server's rows; the cases by id."""
    rows = server.rows("SELECT * FROM case_record")
    cases = {row.id: _case.decode(row.state) for row in rows if row.service != "notice"}
    commands = {(r.instance, r.seq): r for r in server.rows("SELECT * FROM command")}
    feed = server.rows("SELECT * FROM feed ORDER BY pos")
    _check_feed(feed, cases, commands)
    _check_once(ledger, cases, commands)
    _check_effects(ledger, cases, commands, server)
    _check_told(ledger, commands, {bytes(r.hash) for r in server.rows("SELECT hash FROM stray")})
    _check_growth(ledger, cases)
    _check_scopes(server, city, rows, cases)
    for row in rows:
        if row.id in cases:
            require(row.version == cases[row.id].version, "row and state agree", row.id)
    numbers = Counter(case.number for case in cases.values() if case.number)
    require(not numbers or max(numbers.values()) == 1, "numbers are given once", numbers)
    for case in cases.values():
        for limit in case.limits:
            require(replay(limit) == limit.due, "ledgers replay", case.id, limit.limit)
    return cases


def _check_feed(feed: list[Any], cases: dict[str, Case], commands: dict[Any, Any]) -> None:
    positions = [row.pos for row in feed]
    require(positions == list(range(1, len(positions) + 1)), "the feed has no gaps", positions[-3:])
    keys = Counter((row.instance, row.seq) for row in feed)
    require(not keys or max(keys.values()) == 1, "a command has one feed row", keys.most_common(1))
    versions: dict[str, list[int]] = defaultdict(list)
    for row in feed:
        versions[row.case_id].append(row.version)
        command = commands.get((row.instance, row.seq))
        require(command is not None, "an effect has its result", row.instance, row.seq, row.kind)
    for case_id, case in cases.items():
        expected = list(range(1, case.version + 1))
        require(versions[case_id] == expected, "each version was told once, in order", case_id, versions[case_id])
    for key, command in commands.items():
        changed = msgspec.json.decode(command.result).get("version") is not None
        require((key in keys) == changed, "a result has its effect", key, command.status)


def _check_once(ledger: Ledger, cases: dict[str, Case], commands: dict[Any, Any]) -> None:
    """No command took effect under two keys, and no note or report stands twice in the city's cases."""
    effects: Counter[bytes] = Counter()
    owners: Counter[str] = Counter()
    for key, command in commands.items():
        for line in ledger.lines.get(key, ()):
            if sha(line) != command.hash:
                continue
            if command.status in {"applied", "merged"} and (found := _ident(line)):
                effects[found] += 1
            owners.update(marks(line))
    require(not effects or max(effects.values()) == 1, "a command takes effect once", effects.most_common(1))
    standing: Counter[str] = Counter()
    for case in cases.values():
        for note in [s.note for s in case.steps] + [e.note for e in case.evidence]:
            standing.update(marks(note))
    for mark, count in standing.items():
        require(count <= owners[mark], "a note stands once for each command", mark, count, owners[mark])


def _ident(line: bytes) -> bytes | None:
    """What a command says, apart from number and time; None for one in which nothing was typed."""
    command = _command.decode(line)
    if not marks(bytes(command.data)):
        return None
    return msgspec.json.encode(msgspec.structs.replace(command, seq=1, after=0, at="", base=0))


def _check_effects(ledger: Ledger, cases: dict[str, Case], commands: dict[Any, Any], server: Server) -> None:
    """What each processed command carried stands in its case, or is kept whole, or was replaced by who saw it."""
    texts = {case_id: marks(msgspec.json.encode(case)) for case_id, case in cases.items()}
    replaced: set[str] | None = None
    for key, command in commands.items():
        if command.payload is not None:
            require(sha(command.payload) == command.hash, "a payload is kept as it was sent", key)
            continue
        require(command.status in {"applied", "merged"}, "what was refused is kept whole", key)
        for line in ledger.lines.get(key, ()):
            if sha(line) != command.hash:
                continue
            lost = marks(line) - texts.get(command.case_id, set())
            if lost:
                replaced = _replaced(ledger, set(commands)) if replaced is None else replaced
                lost -= replaced
            require(not lost, "an applied command's words stand in its case", key, sorted(lost))


def replaced(ledger: Ledger, server: Server) -> set[str]:
    """Marks that somebody who saw them replaced."""
    return _replaced(ledger, {(r.instance, r.seq) for r in server.rows("SELECT instance, seq FROM command")})


def _replaced(ledger: Ledger, processed: set[tuple[str, int]]) -> set[str]:
    """Marks that a processed command names as the value it replaces, or that stood in a field chosen over."""
    found: set[str] = set()
    typed: dict[tuple[str, str], set[str]] = defaultdict(set)
    chosen: set[tuple[str, str]] = set()
    for key, lines in ledger.lines.items():
        for line in lines:
            command = _command.decode(line)
            try:
                data = msgspec.json.decode(command.data)
            except msgspec.DecodeError:
                continue
            if not isinstance(data, dict) or not isinstance(data.get("set", {}), dict):
                continue
            for name, value in data.get("set", {}).items():
                typed[command.case, name] |= marks(value if isinstance(value, str) else None)
            if key not in processed:
                continue
            if command.kind == "case.choose":
                chosen.add((command.case, data["field"]))
            for name in data.get("set", {}):
                was = data.get("was", {}).get(name)
                found |= marks(was if isinstance(was, str) else None)
    for place in chosen:
        found |= typed[place]
    return found


def _check_told(ledger: Ledger, commands: dict[Any, Any], strays: set[bytes]) -> None:
    for key, (status, line_hash) in ledger.told.items():
        command = commands.get(key)
        if (status == "quarantined" and line_hash in strays) or (command is None and status == "blocked"):
            # A broken line has no key; and what builds on a command that a restored server forgot is blocked by the
            # device itself, and stays there.
            continue
        require(command is not None, "what was acknowledged is there", key, status)
        assert command is not None
        require(command.status == status, "the result is what the device was told", key, status, command.status)
        require(command.hash == line_hash, "the result is of the line that the device holds", key)


def _check_growth(ledger: Ledger, cases: dict[str, Case]) -> None:
    """Versions, steps and deadlines only grow, and no deadline begins again."""
    for case_id, before in ledger.cases.items():
        case = cases.get(case_id)
        require(case is not None, "a case never disappears", case_id)
        assert case is not None
        require(case.version >= before.version, "versions only grow", case_id)
        require(case.steps[: len(before.steps)] == before.steps, "steps are only added", case_id)
        require(case.evidence[: len(before.evidence)] == before.evidence, "evidence is only added", case_id)
        for old, new in zip(before.limits, case.limits, strict=False):
            same = (old.limit, old.received, old.start, old.days) == (new.limit, new.received, new.start, new.days)
            require(same and len(new.pauses) >= len(old.pauses), "no deadline begins again", case_id, old.limit)
            require(new.due >= old.due, "no deadline comes nearer", case_id, old.limit, old.due, new.due)
        require(len(case.limits) >= len(before.limits), "limits are only added", case_id)
    ledger.cases = cases


def scopes_of(case: Case, city: City) -> set[str]:
    """The rule of docs/protocol.md, written again."""
    found = {f"person:{case.owner}"} if case.owner else set()
    if case.stage == "draft":
        return found
    for office in (city.service(case.service).office, case.office):
        found.add(f"office:{office}")
        if case.district:
            found.add(f"office:{office}/{case.district}")
    return found


def check_sum(pairs: Iterable[tuple[str, int]]) -> tuple[int, int]:
    """Count and sum, as docs/protocol.md defines the digest."""
    hashes = [int.from_bytes(hashlib.sha256(f"{i}:{v}".encode()).digest()[:8], "big") for i, v in pairs]
    return len(hashes), sum(hashes) % 2**64


def _check_scopes(server: Server, city: City, rows: list[Any], cases: dict[str, Case]) -> None:
    members: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for row in rows:
        scopes = scopes_of(cases[row.id], city) if row.id in cases else set(row.scopes.split())
        require(scopes == set(row.scopes.split()), "scopes follow from the case", row.id, sorted(scopes), row.scopes)
        for scope in scopes:
            members[scope].append((row.id, row.version))
    for row in server.rows('SELECT name, "count", "sum" FROM scope'):
        count, total = check_sum(members[row.name])
        require((row.count, row.sum % 2**64) == (count, total), "the server's digests are right", row.name)


def check_device(device: Device, server: Server) -> None:
    """A device that has just synced holds what its person may see, line for line, and nothing else."""
    held = {row["id"]: row for row in device.rows("SELECT id, version, line FROM record")}
    if device.store.meta.get("wiped") and device.store.meta.get("token") is None:
        require(not held and not outbox(device), "a wiped device holds nothing", device.name)
        return
    if device.protocol == 0:
        require(not held, "an old client is sent no records", device.name)
        return
    person = device.desk.person
    grants = {row.scope for row in server.rows('SELECT scope FROM "grant" WHERE person_id = :p', p=person)}
    scopes = {f"person:{person}"} | grants
    expected = {}
    for row in server.rows("SELECT id, version, scopes, line, own_line FROM case_record"):
        if scopes & set(row.scopes.split()):
            own = f"person:{person}" in row.scopes.split() and row.own_line is not None
            expected[row.id] = (row.version, bytes(row.own_line if own else row.line))
    require(not held.keys() - expected.keys(), "nothing out of scope remains", device.name, held.keys() - expected)
    require(not expected.keys() - held.keys(), "nothing in scope is missing", device.name, expected.keys() - held)
    for record_id, (version, line) in expected.items():
        row = held[record_id]
        require(row["version"] == version, "versions agree", device.name, record_id, row["version"], version)
        require(bytes(row["line"]) == line, "lines are stored as they came", device.name, record_id)


def check_held(ledger: Ledger, server: Server, devices: Iterable[Device]) -> None:
    """At the end: what a device holds as acknowledged or refused is at the server, also after a restore."""
    commands = {(r.instance, r.seq): r for r in server.rows("SELECT * FROM command")}
    strays = {bytes(r.hash) for r in server.rows("SELECT hash FROM stray")}
    for device in devices:
        for row in outbox(device):
            key = (row["identity"], row["seq"])
            require(row["state"] not in {"queued", "sent"}, "every outbox empties", device.name, key, row["state"])
            if row["state"] == "acknowledged":
                command = commands.get(key)
                require(command is not None, "what is acknowledged is there after a restore", device.name, key)
                assert command is not None
                require(command.hash == sent_as(row), "and it is the same line", device.name, key)
            elif row["state"] == "refused" and key in ledger.told:
                kept = key in commands or sent_as(row) in strays or '"blocked"' in row["result"]
                require(kept, "what was refused is kept at the server", device.name, key)
