"""What the app weighs over the wire, read from the built files; what a phone loads of it when is told by its page."""

import re
from pathlib import Path
from typing import Any

import brotli

from schemas.catalogue.load import city_folder, load_city
from tests.browser.serving import web_folder

CITY = "semarang"

SHELL_GOAL = 60_000
"""Bytes, compressed."""

_LINKED = re.compile(r'<(?:link[^>]+rel="(?:stylesheet|modulepreload)"[^>]+href|script[^>]+src)="/([^"]+)"')
_IMPORTED = re.compile(r'(?:\bfrom|\bimport)\s*"\./([\w.-]+\.js)"')


def measure(_: Path) -> dict[str, Any]:
    dist = web_folder()
    shell = shell_of(dist)
    total = sum(shell.values())
    catalogue = len(brotli.compress(load_city(city_folder(CITY)).to_json(), quality=11))
    return {
        "bench": "web_weight",
        "shell_bytes": total,
        "shell": shell,
        "catalogue_bytes": catalogue,
        "kept_bytes": sum(wire_size(dist, path) for path in kept_in(dist)),
        "worker_bytes": wire_size(dist, "sw.js"),
        "map_bytes": sum(wire_size(dist, f"assets/{p.name}") for p in (dist / "assets").glob("*") if _of_map(p)),
        "goal": f"shell_bytes <= {SHELL_GOAL}",
        "ok": total <= SHELL_GOAL,
        "must": True,
    }


def shell_of(dist: Path) -> dict[str, int]:
    """Compressed bytes by file: the page, and all that it and its scripts load before a first screen can be shown."""
    found = {"index.html": wire_size(dist, "index.html")}
    waiting = _LINKED.findall((dist / "index.html").read_text("utf-8"))
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found[path] = wire_size(dist, path)
        if path.endswith(".js"):
            folder = path.rpartition("/")[0]
            waiting += [f"{folder}/{name}" for name in _IMPORTED.findall((dist / path).read_text("utf-8"))]
    return found


def kept_in(dist: Path) -> list[str]:
    """Every file that the service worker keeps, so that the app starts with no network."""
    found = re.search(r'\["/"((?:,"/[\w./-]+")+)\]', (dist / "sw.js").read_text("utf-8"))
    assert found, "the service worker keeps nothing"
    return ["index.html", *re.findall(r'"/([^"]+)"', found[1])]


def wire_size(dist: Path, path: str) -> int:
    """Bytes of its body as a browser gets it: brotli where that was worth it."""
    packed = dist / f"{path}.br"
    return (packed if packed.is_file() else dist / path).stat().st_size


def _of_map(path: Path) -> bool:
    return path.suffix in {".js", ".css"} and path.name.startswith(("map-", "leaflet-"))
