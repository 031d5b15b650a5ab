"""Makes sure that a window can be shown where there is no screen: `python -m tests.desktop.screen` finds what that
needs, or installs it, and says what is missing."""

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from client.desktop import toolkit

TYPELIBS = "lib/*/girepository-1.0", "lib64/girepository-1.0", "lib/girepository-1.0"


class Need(NamedTuple):
    """`package`: Debian's that brings it."""

    what: str
    package: str
    there: Callable[[], bool]


def _program(name: str) -> Callable[[], bool]:
    return lambda: shutil.which(name) is not None


def _typelib(name: str) -> bool:
    return any(found for place in TYPELIBS for found in Path("/usr").glob(f"{place}/{name}.typelib"))


def _webkit() -> bool:
    return _typelib("WebKit2-4.1") or _typelib("WebKit2-4.0")


NEEDS: Sequence[Need] = (
    Need("a screen in memory (Xvfb)", "xvfb", _program("Xvfb")),
    Need("a keyboard and a mouse (xdotool)", "xdotool", _program("xdotool")),
    Need("a window manager (openbox)", "openbox", _program("openbox")),
    Need("a session's bus (dbus-daemon)", "dbus", _program("dbus-daemon")),
    Need("a keyring (gnome-keyring-daemon)", "gnome-keyring", _program("gnome-keyring-daemon")),
    Need("pictures of the screen (import)", "imagemagick", _program("import")),
    Need("what a screen reader reads (AT-SPI)", "at-spi2-core", lambda: _libexec("at-spi-bus-launcher")),
    Need("AT-SPI for Python", "gir1.2-atspi-2.0", lambda: _typelib("Atspi-2.0")),
    Need("what draws the window (WebKit2GTK)", "gir1.2-webkit2-4.1", _webkit),
    # Last: it is looked for by importing it.
    Need("gi for this very Python (python3-gi)", "python3-gi", toolkit.find_gi),
)


def _libexec(name: str) -> bool:
    return any((Path(folder) / name).is_file() for folder in ("/usr/libexec", "/usr/lib/at-spi2-core"))


def lacking() -> list[Need]:
    return [need for need in NEEDS if not need.there()]


def needed() -> None:
    """Tests that lack something fail, and never pass by being skipped."""
    if found := [need for need in lacking() if need.package != "python3-gi"]:
        raise RuntimeError(_missing(found))


def _missing(needs: Sequence[Need]) -> str:
    what = "; ".join(need.what for need in needs)
    packages = " ".join(need.package for need in needs)
    return f"the window cannot be shown without: {what}. On Debian and Ubuntu: apt-get install {packages}"


def _can_install() -> bool:
    try:
        system = platform.freedesktop_os_release()
    except OSError:
        return False
    return "debian" in (system.get("ID"), system.get("ID_LIKE")) and os.geteuid() == 0


def _install(packages: Sequence[str]) -> None:
    for command in (["apt-get", "update"], ["apt-get", "install", "-y", "--no-install-recommends", *packages]):
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            print(done.stderr.strip(), file=sys.stderr)
            return


def main() -> int:
    """The exit status: 1 where something is missing that cannot be installed from here."""
    if sys.platform != "linux":
        print("the window is tested on Linux, on a screen in memory; elsewhere its server is tested without it")
        return 0
    if (needs := lacking()) and _can_install():
        packages = [need.package for need in needs]
        print(f"no screen in memory here: installing Debian's {' '.join(packages)}, once", flush=True)
        _install(packages)
    if needs := lacking():
        print(_missing(needs), file=sys.stderr)
        return 1
    print("a screen in memory for the window: " + str(shutil.which("Xvfb")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
