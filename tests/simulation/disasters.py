"""What goes wrong beside the network: disks, backups, clocks, grants, revoked devices, poisoned commands, damaged
rows. Each function makes one happen, counts it, and tells the ledger what was physically destroyed by it."""

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import text

from client.files.room import RESERVE
from server.bundles import renewing
from server.feed import stamp
from server.feed.digests import Change, settle
from server.store.database import writing
from sync.outbox import KEEP_DAYS, State
from tests.simulation import invariants, photos
from tests.simulation.devices import Device
from tests.simulation.people import poisons

if TYPE_CHECKING:
    from tests.simulation.simulation import City


def roll_back(city: "City", device: Device) -> None:
    """A client's disk goes back to an earlier copy (a phone restored from its own backup)."""
    if device.busy:
        return
    before = city.all_marks()
    photos_before = photos.everywhere(city.server, city.devices)
    if not device.roll_back():
        return
    # What existed on that disk only and never left it is destroyed; nothing could save it.
    city.ledger.gone |= before - city.all_marks()
    city.ledger.photos_gone |= photos_before - photos.everywhere(city.server, city.devices)
    city.trace.strike("disk_rolled_back", device.name)


def restore(city: "City") -> None:
    """The server goes back to an earlier backup and begins a new epoch."""
    if not city.backups:
        return
    name = city.world.faults.choice(city.backups)
    before = city.all_marks()
    city.ledger.gone |= invariants.replaced(city.ledger, city.server)
    photos_before = photos.at_server(city.server)
    with_files = city.world.faults.random() < 0.5
    city.server.restore(name, with_files=with_files)
    city.backups = city.backups[: city.backups.index(name) + 1]
    city.ledger.gone |= before - city.all_marks()
    # What was acknowledged longer ago than devices keep it may be forgotten by them from now on.
    oldest = (city.world.now - timedelta(days=KEEP_DAYS)).strftime("%Y-%m-%dT%H:%M:%SZ")
    for device in city.devices:
        old = [row for row in invariants.outbox(device) if (row["settled_at"] or "9") < oldest]
        city.ledger.gone |= invariants.marks(*(bytes(row["line"]) for row in old))
    # Photos of the lost days come again from who took them, as long as they keep them; what others fetched goes with
    # the record that it belongs to.
    kept = {sha256 for device in city.devices for sha256 in photos.own(device)}
    city.ledger.photos_gone |= photos_before - photos.at_server(city.server) - kept
    city.trace.strike("server_restored", name)
    if with_files:
        city.trace.strike("files_restored", name)
    city.ledger.restored(city.epoch())


def renew_keys(city: "City") -> None:
    """The server's own keys are other ones, while bundles for those before are on their way."""
    if any(pair.renewed and pair.renewed >= city.world.now for pair in city.server.services.keys.pairs):
        return
    renewing.renew(city.server.services, "cli")
    city.trace.strike("keys_renewed")


def skew_clock(city: "City", device: Device) -> None:
    days = city.world.faults.choice((-366, 366, 0))
    device.skew = timedelta(days=days)
    city.trace.strike(
        "clock_a_year_behind" if days < 0 else "clock_a_year_ahead" if days else "clock_mended", device.name
    )


def change_grant(city: "City") -> None:
    """A scope is taken from a member of staff, or given (back)."""
    chance = city.world.faults
    staff = [d for d in city.devices if d.staff]
    # Rather from one that is in the middle of its pages: there it hurts most.
    device = chance.choice([d for d in staff if d.mid_page] or staff)
    person = device.desk.person
    if person is None:
        return
    held = sorted(r.scope for r in city.server.rows('SELECT scope FROM "grant" WHERE person_id = :p', p=person))
    if held and chance.random() < 0.5:
        scope = chance.choice(held)
        city.server.execute('DELETE FROM "grant" WHERE person_id = :p AND scope = :s', p=person, s=scope)
        city.trace.strike("scope_taken", device.name, scope)
    else:
        scope = chance.choice([s for s in city.scopes if s not in held])
        city.server.execute('INSERT INTO "grant" (person_id, scope) VALUES (:p, :s)', p=person, s=scope)
        city.trace.strike("scope_given", device.name, scope)
    if device.mid_page:
        city.trace.strike("scope_changed_mid_page", device.name)


def fill_disk(city: "City", device: Device) -> None:
    """A device's disk is nearly full, or was and is no more. What is photographed or fetched then needs room made."""
    if device.capacity is not None:
        device.capacity = None
        city.trace.strike("disk_mended", device.name)
        return
    device.capacity = device.used() + RESERVE + city.world.faults.randrange(1_500)
    city.trace.strike("disk_short", device.name)


def revoke(city: "City", device: Device) -> None:
    token = device.store.meta.get("token")
    if token is None or (device.staff is False and city.world.faults.random() < 0.5):
        return
    import hashlib

    city.server.execute(
        "UPDATE device SET revoked = '2026-03-02T00:00:00Z' WHERE token = :t", t=hashlib.sha256(token.encode()).digest()
    )
    device.revoked = True
    city.trace.strike("device_revoked", device.name)


def poison(city: "City", device: Device) -> None:
    """A line that no device should write lies in the outbox (a fault of an older version, or of the disk)."""
    mark = city.world.mark()
    device.fuse.douse()
    with device.store.transaction() as connection:
        box = device.store.outbox
        case = city.world.new_id()
        seq = box.add("poison", case, {}, device.store.stamp(), 0)
        n, _ = box.instance()
        name, line = city.world.faults.choice(poisons(city.world, case, seq, mark))
        connection.execute("UPDATE outbox SET line = ? WHERE instance = ? AND seq = ?", (line, n, seq))
    city.trace.strike("poisoned_command", device.name, name)
    city.trace.struck[f"poison_{name}"] += 1
    city.ledger.typed |= invariants.device_marks(device)


def hurt_row(city: "City") -> None:
    """A record on a device's disk is lost or goes bad: what the digest is for."""
    holding = [d for d in city.devices if not d.busy and d.store.records.count()]
    if not holding:
        return
    device = city.world.faults.choice(holding)
    row = device.store._db.execute("SELECT id FROM record ORDER BY hash LIMIT 1").fetchone()
    with device.store.transaction() as connection:
        if city.world.faults.random() < 0.5:
            connection.execute("DELETE FROM record WHERE id = ?", (row[0],))
        else:
            connection.execute("UPDATE record SET version = 0, hash = 7 WHERE id = ?", (row[0],))
    device.fair = False
    city.trace.strike("row_damaged", device.name)


def notice(city: "City") -> None:
    """A record of a type that these clients do not know, as a later server may send; it goes out like any other."""
    scope = city.world.faults.choice(city.scopes)
    record = city.world.new_id()
    line = f'{{"t":"notice","id":"{record}","v":1,"scopes":["{scope}"],"later":{{"x":[1]}}}}'
    with writing(city.server.engine) as connection:
        pos = stamp.take(connection, 1)
        values = {
            "born": pos,
            "id": record,
            "scope": scope,
            "line": line.encode(),
            "hash": b"",
            "state": b"{}",
            "result": b'{"version":1}',
        }
        connection.execute(
            text(
                "INSERT INTO case_record (born, id, version, service, stage, scopes, state, line)"
                " VALUES (:born, :id, 1, 'notice', 'x', :scope, :state, :line)"
            ),
            values,
        )
        connection.execute(
            text(
                "INSERT INTO feed (pos, case_id, version, kind, instance, seq, person_id, at)"
                " VALUES (:born, :id, 1, 'notice', :id, 1, '', '')"
            ),
            values,
        )
        connection.execute(
            text(
                "INSERT INTO command (instance, seq, hash, status, case_id, kind, person_id, received, result)"
                " VALUES (:id, 1, :hash, 'applied', :id, 'notice', '', '', :result)"
            ),
            values,
        )
        settle(connection, [Change(record, pos, pos, 0, 1, frozenset(), frozenset({scope}))])
    city.server.changes += 1
    city.trace.strike("unknown_record_type", scope)


def waiting(device: Device) -> int:
    return device.store.outbox.waiting()[0] + device.store.outbox.count(State.REFUSED)
