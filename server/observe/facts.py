"""What can be read off the city as it stands, for whoever asks: gauges for Prometheus, numbers for the health page."""

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from sqlalchemy import Connection, text

from server.access import city_settings, roster
from server.access.devices import stamp
from server.jobs import table
from server.notices import held
from server.observe.lag import Lag, lags
from server.services import Services
from server.store.database import reading

FRESH: Final = 10.0
"""Seconds for which an answer is given again: asking twice a second costs a city nothing."""


@dataclass(frozen=True)
class Health:
    """Times are UTC stamps; None where there was none yet or nobody can say."""

    at: str
    epoch: str
    position: int
    changed: str | None
    lags: tuple[Lag, ...]
    cases: int
    devices: int
    silent: int
    silent_days: int
    """What counts as silent, of the officers' devices: the same that the board and notices call so."""
    revoked: int
    waiting: int
    quarantined: int
    strays: int
    uploads: int
    upload_bytes: int
    database_bytes: int | None
    disk_free: int
    """Where photos and documents lie."""
    database_disk_free: int | None
    """Where SQLite's file lies; None where that is the same file system, or no file of this machine."""
    jobs: tuple[table.Standing, ...]
    notices: held.Counts
    certificate_named: bool
    certificate_ends: str | None
    """None too where it is named and cannot be read."""


def look(world: Services, certificate: Path | None = None) -> Health:
    """The city as it stands now."""
    now = world.sources.clock()
    with reading(world.engine) as connection:
        head = connection.execute(text("SELECT epoch, pos FROM feed_head WHERE id = 1")).one()
        changed = connection.execute(text("SELECT at FROM feed WHERE pos = :pos"), {"pos": head.pos}).scalar()
        silent_days = city_settings.read(connection).silent_days
        devices = connection.execute(_DEVICES).one()
        uploads = connection.execute(_UPLOADS, {"now": stamp(now)}).one()
        return Health(
            at=stamp(now),
            epoch=head.epoch,
            position=head.pos,
            changed=changed,
            lags=lags(connection, head.pos),
            cases=_one(connection, "SELECT count(*) FROM case_record"),
            devices=devices.working or 0,
            silent=len(roster.silent(connection, now, silent_days)),
            silent_days=silent_days,
            revoked=devices.revoked or 0,
            waiting=devices.waiting or 0,
            quarantined=_one(connection, "SELECT count(*) FROM command WHERE status = 'quarantined'"),
            strays=_one(connection, "SELECT count(*) FROM stray WHERE handled IS NULL"),
            uploads=uploads.number,
            upload_bytes=uploads.bytes,
            database_bytes=_size(connection),
            disk_free=_free(world.files.folder),
            database_disk_free=_free_beside(world),
            jobs=tuple(table.standings(world.engine).values()),
            notices=held.counts(connection),
            certificate_named=certificate is not None,
            certificate_ends=_ends(certificate),
        )


class Gauges:
    """Health as gauges; asked anew at most every ten seconds."""

    def __init__(self, world: Services, certificate: Path | None) -> None:
        self._world = world
        self._certificate = certificate
        self.began = world.sources.clock()
        """When this process did."""
        self._held: tuple[float, Health] | None = None
        self._registry = CollectorRegistry()
        self._registry.register(self)

    def text(self) -> bytes:
        return generate_latest(self._registry)

    def health(self) -> Health:
        """The city as it stood at most ten seconds ago."""
        if self._held is None or time.monotonic() - self._held[0] > FRESH:
            self._held = time.monotonic(), look(self._world, self._certificate)
        return self._held[1]

    def describe(self) -> list[Metric]:
        """Nothing is looked up while the server is being built."""
        return []

    def collect(self) -> Iterator[Metric]:
        health = self.health()
        yield from (GaugeMetricFamily(f"tenggat_{name}", said, value=value) for name, said, value in _plain(health))
        yield from _of_readers(health)
        yield from _of_jobs(health)


def _plain(health: Health) -> Iterator[tuple[str, str, float]]:
    yield "feed_position", "Of the last change.", health.position
    if health.changed:
        age = _seconds(health.at) - _seconds(health.changed)
        yield "feed_age_seconds", "Since the last change.", age
    yield "cases", "Cases, drafts that were backed up among them.", health.cases
    yield "devices", "Devices that may exchange.", health.devices
    yield "devices_silent", "Officers' devices without contact for as long as the city calls silent.", health.silent
    yield "devices_waiting", "Of these, that said at their last contact that something waits.", health.waiting
    yield "devices_revoked", "Devices that were revoked.", health.revoked
    yield "commands_quarantined", "Commands that wait for an admin.", health.quarantined
    yield "lines_stray", "Lines that had no key of their own, kept for an admin to read.", health.strays
    yield "notices_waiting", "Notices that wait to be sent.", health.notices.waiting
    if health.notices.oldest:
        age = _seconds(health.at) - _seconds(health.notices.oldest)
        yield "notices_oldest_seconds", "Since the oldest of these was made.", age
    yield "notices_failed", "Notices that could not be sent, for an admin to look at.", health.notices.failed
    yield "uploads_open", "Uploads under way.", health.uploads
    yield "uploads_open_bytes", "What they are to become.", health.upload_bytes
    if health.database_bytes is not None:
        yield "database_bytes", "Size of the database.", health.database_bytes
    yield "disk_free_bytes", "Left where photos and documents lie.", health.disk_free
    if health.database_disk_free is not None:
        yield "database_disk_free_bytes", "Left where the database lies, if elsewhere.", health.database_disk_free
    if health.certificate_named:
        yield "certificate_readable", "Whether the named one could be read.", health.certificate_ends is not None
    if health.certificate_ends:
        yield "certificate_expiry_timestamp_seconds", "When the certificate ends.", _seconds(health.certificate_ends)


def _of_readers(health: Health) -> Iterator[Metric]:
    positions = GaugeMetricFamily("tenggat_feed_lag_positions", "Yet to be looked at.", labels=("reader",))
    seconds = GaugeMetricFamily("tenggat_feed_lag_seconds", "Since the first of them waits.", labels=("reader",))
    for lag in health.lags:
        positions.add_metric([lag.reader], lag.positions)
        seconds.add_metric([lag.reader], _seconds(health.at) - _seconds(lag.since) if lag.since else 0)
    yield positions
    yield seconds


def _of_jobs(health: Health) -> Iterator[Metric]:
    last = GaugeMetricFamily("tenggat_job_last_success_timestamp_seconds", "Last good end.", labels=("job",))
    failed = GaugeMetricFamily("tenggat_job_failures", "Failures in a row.", labels=("job",))
    for job in health.jobs:
        failed.add_metric([job.name], job.failed)
        if job.succeeded:
            last.add_metric([job.name], _seconds(job.succeeded))
    yield last
    yield failed


def _seconds(stamped: str) -> float:
    return datetime.fromisoformat(stamped).timestamp()


def _one(connection: Connection, query: str) -> int:
    return int(connection.execute(text(query)).scalar() or 0)


def _size(connection: Connection) -> int | None:
    if connection.dialect.name == "postgresql":
        return _one(connection, "SELECT pg_database_size(current_database())")
    return _one(connection, "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")


def _free(folder: Path) -> int:
    return shutil.disk_usage(_there(folder)).free


def _free_beside(world: Services) -> int | None:
    file = world.engine.url.database
    if world.engine.dialect.name != "sqlite" or not file:
        return None
    folder = Path(file).parent
    return None if _file_system(folder) == _file_system(world.files.folder) else _free(folder)


def _file_system(folder: Path) -> int:
    return _there(folder).stat().st_dev


def _there(folder: Path) -> Path:
    while not folder.exists():
        folder = folder.parent
    return folder


def _ends(certificate: Path | None) -> str | None:
    """When the certificate in this PEM file ends; None where nobody named one, or it cannot be read."""
    try:
        found = x509.load_pem_x509_certificate(certificate.read_bytes()) if certificate else None
    except (OSError, ValueError):
        return None
    return stamp(found.not_valid_after_utc.astimezone(UTC)) if found else None


_DEVICES = text(
    "SELECT sum(CASE WHEN revoked IS NULL THEN 1 ELSE 0 END) AS working,"
    " sum(CASE WHEN revoked IS NULL AND waits > 0 THEN 1 ELSE 0 END) AS waiting,"
    " sum(CASE WHEN revoked IS NOT NULL THEN 1 ELSE 0 END) AS revoked FROM device"
)
_UPLOADS = text(
    "SELECT count(*) AS number, coalesce(sum(length), 0) AS bytes FROM upload WHERE ended IS NULL AND expires > :now"
)
