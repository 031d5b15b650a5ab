"""The benches run, and what they count besides time is held to its goal here, where it cannot be noise."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.bench import lifecycles


def bench(folder: Path, *names: str) -> dict[str, dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", "--cases", "60", *names],
        env=os.environ | {"TENGGAT_BENCH_DIR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return {line["bench"]: line for line in map(json.loads, done.stdout.splitlines())}


def test_encryption_is_measured_on_every_record(tmp_path: Path) -> None:
    line = bench(tmp_path / "bench", "locked")["locked"]
    assert line["records"] == 60 and set(line["ratio"]) == {"insert", "read", "keep photo", "read photo"}


def test_an_exchange_costs_one_request_and_few_bytes(tmp_path: Path) -> None:
    lines = bench(tmp_path / "bench", "nothing_to_do", "one_change_each_way")
    assert lines["nothing_to_do"]["requests"] == 1
    assert lines["nothing_to_do"]["bytes"] <= 1_024
    assert lines["one_change_each_way"]["requests"] == 1
    assert lines["one_change_each_way"]["bytes"] <= 3_072


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_whole_lifecycles_go_through_in_a_city_of_copies(
    tmp_path: Path, database: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("BASE", 40), ("DESKS", 2), ("CITIZENS", 1)):
        monkeypatch.setattr(lifecycles, name, value)
    url = request.getfixturevalue("postgres_url") if database == "postgres" else None
    line = lifecycles.measure(tmp_path, url, 120, 1, workers=1)
    assert line["cases"] == 120
    assert line["lifecycles"] >= 2, "each desk ends what it began"
