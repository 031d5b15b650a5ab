"""Lighthouse, as it comes: a mobile phone, and each of its four marks."""

import json
import os
import statistics
import subprocess
from pathlib import Path
from typing import Any

from client.web import npm
from tests.bench.web.stage import crowding, server
from tests.browser.chromium import ARGUMENTS, needed

HERE = Path(__file__).parent
PAGES = ("/", "/lapor", "/lacak")
MARKS = ("performance", "accessibility", "best-practices", "seo")
RUNS = 3


def measure(folder: Path) -> dict[str, Any]:
    lighthouse = _installed()
    busy = crowding()
    with server(folder) as city:
        found = {page: _marks(city.address + page, folder / "lighthouse.json", lighthouse) for page in PAGES}
    return {
        "bench": "web_lighthouse",
        "marks": {page: marks for page, (marks, _) in found.items()},
        "short_of": {page: lost for page, (_, lost) in found.items() if lost},
        "crowding": busy,
        "goal": "100 each",
        "ok": all(mark == 100 for marks, _ in found.values() for mark in marks.values()),
    }


def _marks(address: str, out: Path, lighthouse: list[str]) -> tuple[dict[str, int], dict[str, str]]:
    """The median of each mark, and what was not perfect in the last run."""
    runs = [_run(address, out, lighthouse) for _ in range(RUNS)]
    marks = {mark: round(statistics.median(100 * run["categories"][mark]["score"] for run in runs)) for mark in MARKS}
    named = {ref["id"] for mark in MARKS for ref in runs[-1]["categories"][mark]["auditRefs"] if ref["weight"]}
    lost = {
        name: f"{audit['score']:.2f} {audit.get('displayValue', '')}".strip()
        for name, audit in runs[-1]["audits"].items()
        if name in named and audit["score"] is not None and audit["score"] < 1
    }
    return marks, lost


def _run(address: str, out: Path, lighthouse: list[str]) -> dict[str, Any]:
    options = [
        address,
        "--quiet",
        "--no-enable-error-reporting",
        f"--only-categories={','.join(MARKS)}",
        "--output=json",
        f"--output-path={out}",
        f"--chrome-flags=--headless=new {' '.join(map(_quoted, ARGUMENTS))}",
    ]
    subprocess.run([*lighthouse, *options], env=os.environ | {"CHROME_PATH": needed()}, check=True, timeout=300)
    told: dict[str, Any] = json.loads(out.read_bytes())
    assert "runtimeError" not in told, told["runtimeError"]
    return told


def _quoted(argument: str) -> str:
    name, equals, value = argument.partition("=")
    return f'{name}="{value}"' if equals else name


def _installed() -> list[str]:
    """The command that starts it, once the packages that the lock file names are there: in this folder alone, because
    nobody who builds or tests the app needs them."""
    node, program, environment = npm.node_and_npm()
    lock, stamp = HERE / "package-lock.json", HERE / "node_modules" / ".package-lock.json"
    if not stamp.exists() or stamp.stat().st_mtime < lock.stat().st_mtime:
        subprocess.run([*program, "ci", "--loglevel=error"], cwd=HERE, env=environment, check=True)
    return [node, str(HERE / "node_modules" / "lighthouse" / "cli" / "index.js")]
