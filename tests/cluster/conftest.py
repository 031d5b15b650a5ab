"""One PostgreSQL that can be broken, and one city of four workers on it, for all drills."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from server.app import create_app
from server.settings import Settings
from tests.cluster.workers import Workers
from tests.conftest import Clock, Server
from tests.postgres import Cluster
from tests.postgres import cluster as postgresql


@dataclass
class City:
    """The workers, what they stand on, and a look behind them."""

    postgres: Cluster
    workers: Workers
    behind: Server
    folder: Path


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    folder = tmp_path_factory.mktemp("cluster")
    # Durable as a city's is: what was acknowledged must be there whatever happens to it.
    with postgresql(durable=True) as postgres:
        url = postgres.make_with_tables("city")
        behind = Server(create_app(Settings(data=folder / "data", database=url, web=None)), Clock())
        workers = Workers(folder, url)
        try:
            workers.until_ready()
            yield City(postgres, workers, behind, folder)
        finally:
            workers.stop()
            behind.engine.dispose()
