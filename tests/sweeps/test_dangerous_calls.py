"""What is done nowhere in the code, or only where it is written here with its reason: because each of these has made
some program somewhere carry out what a stranger typed."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

CODE = sorted(
    path
    for folder in ("server", "client", "schemas", "sync")
    for path in (ROOT / folder).rglob("*.py")
    if "node_modules" not in path.parts
)
PAGES = sorted((ROOT / "server").rglob("*.html"))
SCRIPTS = sorted([*(ROOT / "client/web/src").rglob("*.ts*"), *(ROOT / "server/admin/static").glob("*.js")])

IMPORTS = {
    # Objects that are made of bytes, programs that are started, XML that reaches out.
    "pickle": set(), "marshal": set(), "shelve": set(), "yaml": set(), "lxml": set(), "xml.sax": set(),
    "xml.dom": set(), "ctypes": set(),
    # To build the app, by whoever has the source; it is in no installed package's way.
    "subprocess": {"client/web/npm.py"},
    # Writes a picture, and reads none.
    "xml.etree.ElementTree": {"server/admin/chart.py"},
    # Chance that may be guessed: only so that not all come at once.
    "random": {"server/jobs/runner.py", "client/engine.py"},
}  # fmt: skip
"""A module, and the files that may have it."""

GOING_OUT = {
    "requests": set(), "urllib.request": set(), "http.client": set(), "urllib3": set(),
    "httpx": set(), "aiohttp": set(),
    "ftplib": set(), "telnetlib": set(), "poplib": set(), "imaplib": set(), "xmlrpc": set(),
    # To the mail server that the settings name, and to no address that somebody sent.
    "smtplib": {"server/notices/post.py"},
    # To look whether a port is free, and whether a phone is still there.
    "socket": {"server/cli/serving.py", "server/files/liveness.py"},
}  # fmt: skip
"""The same, of the server alone: it asks nobody for anything but to take a letter."""

CALLS = {
    "eval": set(), "exec": set(), "__import__": set(), "os.system": set(), "os.popen": set(), "os.execv": set(),
    "render_template_string": set(), "ET.fromstring": set(), "ET.parse": set(), "ET.XML": set(),
    "hashlib.md5": set(), "hashlib.sha1": set(), "tempfile.mktemp": set(), "ssl._create_unverified_context": set(),
    # A picture of a code that was made here of letters and digits; a note's language around the note, escaped.
    "Markup": {"server/admin/health.py", "server/admin/inviting.py"},
}  # fmt: skip

PATTERNS = {
    r"\.innerHTML\b": set(), r"\.outerHTML\b": set(), r"insertAdjacentHTML": set(), r"dangerouslySetInnerHTML": set(),
    r"document\.write": set(), r"\beval\(": set(), r"new Function\(": set(), r"__proto__": set(), r"javascript:": set(),
    r"Math\.random": {"client/web/src/device/timer.ts", "client/web/src/device/files/uploads.ts"},
}  # fmt: skip


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _calls(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


def _found(tree: ast.AST, name: str) -> set[str]:
    """What stands in a file that is not for it."""
    imports, calls = set(_imports(tree)), set(_calls(tree))
    wrong = {module for module, files in IMPORTS.items() if module in imports and name not in files}
    if name.startswith("server/"):
        wrong |= {module for module, files in GOING_OUT.items() if module in imports and name not in files}
    return wrong | {call for call, files in CALLS.items() if call in calls and name not in files}


def test_python_does_none_of_it() -> None:
    found = {_name(path): _found(ast.parse(path.read_bytes()), _name(path)) for path in CODE}
    assert len(found) > 250
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("path", PAGES, ids=_name)
def test_a_template_escapes_whatever_it_is_given(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"\|\s*safe\b|autoescape|{%-?\s*raw", text)
    assert not re.search(r"\son\w+=|<script>|\sstyle=", text), "nothing that runs or looks stands between the words"


def test_scripts_put_words_on_a_page_as_words() -> None:
    texts = {_name(path): path.read_text() for path in SCRIPTS}
    assert len(texts) > 100
    wrong = {
        (name, pattern)
        for name, text in texts.items()
        for pattern, files in PATTERNS.items()
        if name not in files and re.search(pattern, text)
    }
    assert wrong == set()


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("import pickle", {"pickle"}),
        ("from subprocess import run", {"subprocess"}),
        ("import random", {"random"}),
        ("from xml.dom import minidom", {"xml.dom"}),
        ("import http.client", {"http.client"}),
        ("from urllib import request", {"urllib.request"}),
        ("eval(text)", {"eval"}),
        ("os.system(text)", {"os.system"}),
        ("render_template_string(text)", {"render_template_string"}),
        ("hashlib.md5(b'')", {"hashlib.md5"}),
        ("from urllib.parse import quote", set()),
        ("import hashlib\nhashlib.sha256(b'')", set()),
    ],
)
def test_it_would_be_found(code: str, found: set[str]) -> None:
    assert _found(ast.parse(code), "server/somewhere.py") == found


def test_each_exception_is_still_needed() -> None:
    for wanted in (IMPORTS, GOING_OUT, CALLS, PATTERNS):
        for what, files in wanted.items():
            for name in files:
                text = (ROOT / name).read_text()
                there = (
                    re.search(what, text)
                    if wanted is PATTERNS
                    else what in {*_imports(ast.parse(text)), *_calls(ast.parse(text))}
                )
                assert there, f"{name} has no {what} any more"
