"""What there is to keep of a test's server, and servers that come after it."""

from pathlib import Path

from server.backup import restoring, taking, verifying
from server.backup.shelf import Backup, Shelf
from server.backup.taking import City
from tests.conftest import Server


def city_of(server: Server) -> City:
    world = server.world
    return City(server.engine, world.files.blobs, world.keys.folder, "semarang")


def take(server: Server, shelf: Path) -> Backup:
    """A backup, looked at as the command does."""
    found = taking.take(city_of(server), Shelf(shelf), server.clock())
    verifying.verify(found)
    return found


def restore(backup: Backup, into: Server, epoch: str = "KEMBALI", *, replace: bool = False) -> dict[str, int]:
    return restoring.restore(backup, city_of(into), into.city, epoch, into.clock(), replace=replace)
