"""Makes sure that a Chromium is there: `python -m tests.browser.chromium` finds one or installs it, and says which.

Beside the whole browser there is one of the same build without its frame, the *shell*: most tests run in it, in half of
the time. It has no profile that outlives it and no background sync, so tests of those take the whole one.
"""

import os
import platform
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome")
SHELLS = ("chromium-headless-shell", "headless_shell")
PACKAGES = ("chromium", "chromium-headless-shell")
CHOSEN = "TENGGAT_CHROMIUM"
"""Names the program where it has another name or lies in no usual place."""

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Nothing leaves this machine, whatever a page asks for.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)


def find() -> str | None:
    """The program's path; None where there is none."""
    chosen = os.environ.get(CHOSEN)
    if chosen:
        return shutil.which(chosen)
    return _first(NAMES)


def find_shell() -> str | None:
    """The shell's path; None where there is none, or where another browser was chosen."""
    return None if os.environ.get(CHOSEN) else _first(SHELLS)


def _first(names: tuple[str, ...]) -> str | None:
    return next((found for name in names if (found := shutil.which(name))), None)


def light() -> str:
    """The shell's path, or else the whole browser's, which can do all that the shell can."""
    return find_shell() or needed()


def needed() -> str:
    """The program's path. Tests that find none fail, and never pass by being skipped."""
    found = find()
    if found is None:
        raise RuntimeError(_missing())
    return found


def _missing() -> str:
    if chosen := os.environ.get(CHOSEN):
        return f"{CHOSEN} names “{chosen}”, and there is no such program"
    return f"no Chromium here: install chromium or google-chrome, or name the program in {CHOSEN}"


def _can_install() -> bool:
    try:
        system = platform.freedesktop_os_release().get("ID")
    except OSError:
        return False
    return system == "debian" and os.geteuid() == 0


def _install() -> None:
    for command in (["apt-get", "update"], ["apt-get", "install", "-y", "--no-install-recommends", *PACKAGES]):
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            print(done.stderr.strip(), file=sys.stderr)
            return


def main() -> int:
    """The exit status: 1 where there is no Chromium and none can be installed from here."""
    missing = find() is None or find_shell() is None
    if missing and not os.environ.get(CHOSEN) and _can_install():
        print(f"installing Debian's {' and '.join(PACKAGES)}, once", flush=True)
        _install()
    found = find()
    if found is None:
        print(_missing(), file=sys.stderr)
        return 1
    for program in dict.fromkeys((found, light())):
        told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout.strip()
        print(f"{told or 'a Chromium of unknown version'}: {program}")
    if light() == found:
        print("no chromium-headless-shell here: the tests in a browser take half as long again")
    return 0


if __name__ == "__main__":
    sys.exit(main())
