"""What is in the wheel, and what is not. Built as pip builds it, from a copy of this tree with a small web app."""

import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("sync", "schemas", "server", "client")

BUILT = (
    "client/web/dist/index.html",
    "client/web/dist/index.html.br",
    "client/web/dist/index.html.gz",
    "client/web/dist/build.json",
    "client/web/dist/manifest.webmanifest",
    "client/web/dist/icons/tenggat-192.png",
    "client/web/dist/assets/app-ABCD1234.js",
    "client/web/dist/assets/app-ABCD1234.js.br",
    "client/web/dist/assets/deeper/map-ABCD1234.css",
)
LEFT_BEHIND = (
    "client/web/package.json",
    "client/web/npm.py",
    "client/web/src/main.tsx",
    "client/web/src/words/__init__.py",
    "client/web/static/index.html",
    "client/web/node_modules/preact/package.json",
    "client/web/node_modules/preact/dist/preact.js",
    "client/web/node_modules/gyp/__init__.py",
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the source distribution."""
    tree = tmp_path_factory.mktemp("tree")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tree / package, ignore=_not_ours)
    for file in ("setup.cfg", "pyproject.toml", "README.md"):
        shutil.copy(ROOT / file, tree)
    for name in BUILT + LEFT_BEHIND:
        path = tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name if path.suffix != ".json" else "{}")
    out = tree / "out"
    # The two hooks that pip and build call (PEP 517), in this environment: nothing is fetched.
    hooks = f"from setuptools import build_meta as b; b.build_sdist({str(out)!r}); b.build_wheel({str(out)!r})"
    made = subprocess.run([sys.executable, "-c", hooks], cwd=tree, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    return out


def _not_ours(folder: str, names: list[str]) -> set[str]:
    return {"__pycache__", "web"} & set(names) if Path(folder).name == "client" else {"__pycache__"} & set(names)


def names_in_wheel(built: Path) -> set[str]:
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def names_in_sdist(built: Path) -> set[str]:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        return {member.name.partition("/")[2] for member in archive.getmembers() if member.isfile()}


@pytest.mark.parametrize("names", [names_in_wheel, names_in_sdist])
def test_the_built_app_is_in_it_and_nothing_it_was_built_from(built: Path, names: Callable[[Path], set[str]]) -> None:
    found = names(built)
    assert set(BUILT) <= found
    assert {name for name in found if name.startswith("client/web/")} == set(BUILT)
    assert not [name for name in found if "node_modules" in name or "/src/" in name]
    assert not [name for name in found if name.startswith("tests/")]


def test_everything_that_is_no_code_is_in_it(built: Path) -> None:
    """Every file of the packages that Python does not compile, wherever it lies: none is forgotten again."""
    wanted = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.suffix in {".toml", ".csv", ".sql", ".html", ".mako", ".json", ".css", ".js"}
        and (ROOT / "client" / "web") not in path.parents
    }
    assert {Path(name).suffix for name in wanted} >= {".toml", ".csv", ".sql", ".html", ".mako"}
    assert wanted <= names_in_wheel(built)


def test_every_module_is_in_it(built: Path) -> None:
    wanted = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if (ROOT / "client" / "web") not in path.parents
    }
    assert wanted <= names_in_wheel(built)


def test_the_server_finds_the_app_in_the_installed_wheel(built: Path, tmp_path: Path) -> None:
    """Unpacked as pip does it, away from this tree."""
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]); from pathlib import Path\n"
        "from server.app import create_app; from server.settings import Settings\n"
        "client = create_app(Settings(data=Path(sys.argv[2]))).test_client()\n"
        "pages = [client.get(path, buffered=True) for path in ('/', '/assets/app-ABCD1234.js', '/lacak')]\n"
        "print([page.status_code for page in pages], pages[0].get_data(as_text=True))\n"
    )
    arguments = [sys.executable, "-I", "-c", script, str(tmp_path / "site"), str(tmp_path / "data")]
    run = subprocess.run(arguments, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.stdout.strip() == "[200, 200, 200] client/web/dist/index.html", run.stderr
