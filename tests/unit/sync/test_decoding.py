"""Shapes are learned by one thread at a time (sync/decoding.py): without that, this takes the whole process down."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from schemas.catalogue.load import city_folder, load_city
from sync.decoding import convert, decoder
from sync.messages import Act, Hello

ROOT = Path(__file__).parents[3]
TRIES = 8
FIRST_AT_ONCE = """
import sys
import threading

from schemas.catalogue.model import City

sys.setswitchinterval(1e-6)
content, start = sys.stdin.buffer.read(), threading.Barrier(4)
read = []


def first():
    start.wait()
    read.append(City.from_json(content).version)


threads = [threading.Thread(target=first) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert len(set(read)) == 1 and len(read) == 4, read
"""


def test_threads_that_read_a_shape_first_at_once_all_read_it() -> None:
    catalogue = load_city(city_folder("semarang")).to_json()
    for _ in range(TRIES):
        subprocess.run([sys.executable, "-c", FIRST_AT_ONCE], input=catalogue, cwd=ROOT, check=True)


@pytest.mark.parametrize("part", ["sync", "schemas", "server", "client"])
def test_nobody_else_learns_a_shape(part: str) -> None:
    assert [
        f"{path.relative_to(ROOT)}:{line}"
        for path in sorted((ROOT / part).rglob("*.py"))
        if path != ROOT / "sync" / "decoding.py" and "node_modules" not in path.parts
        for line in _learned(ast.parse(path.read_text("utf-8")))
    ] == []


def test_what_is_looked_for_is_found() -> None:
    wrong = [
        "msgspec.json.Decoder(X)",
        "msgspec.convert(1, X)",
        "msgspec.json.decode(b'', type=X)",
        "from msgspec import convert",
    ]
    right = ["msgspec.json.decode(b'')", "msgspec.json.encode(x)"]
    assert sorted(_learned(ast.parse("\n".join(wrong + right)))) == [1, 2, 3, 4]


def test_a_shape_is_learned_once() -> None:
    assert decoder(Act) is decoder(Act)
    assert convert({"protocol": 1, "instance": str(UUID(int=1))}, Hello).protocol == 1


def _learned(tree: ast.AST) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("msgspec"):
            if {name.name for name in node.names} & {"convert", "decode", "Decoder"}:
                yield node.lineno
        elif isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called.startswith("msgspec.") and (
                called.endswith((".Decoder", ".convert")) or any(given.arg == "type" for given in node.keywords)
            ):
                yield node.lineno
