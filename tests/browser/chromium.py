"""Makes sure that a Chromium is there: `python -m tests.browser.chromium` finds one or installs it, and says which."""

import os
import platform
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome")
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
    return next((found for name in NAMES if (found := shutil.which(name))), None)


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
    for command in (["apt-get", "update"], ["apt-get", "install", "-y", "--no-install-recommends", "chromium"]):
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            print(done.stderr.strip(), file=sys.stderr)
            return


def main() -> int:
    """The exit status: 1 where there is no Chromium and none can be installed from here."""
    if find() is None and not os.environ.get(CHOSEN) and _can_install():
        print("no Chromium here: installing Debian's, once", flush=True)
        _install()
    found = find()
    if found is None:
        print(_missing(), file=sys.stderr)
        return 1
    told = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    print(f"{told or 'a Chromium of unknown version'}: {found}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
