"""What the newest programs call themselves to the server: by this a device is found to run an old one."""

import json
import logging
from pathlib import Path
from typing import Any

import sync

log = logging.getLogger("tenggat.web")


def told_by(build: Path) -> dict[str, Any]:
    """What a build of the web app says of itself in its `build.json`."""
    try:
        return dict(json.loads(build.read_bytes()))
    except (ValueError, TypeError):
        # Half written, or not by our build: no reason for pages to fail that only want to look better.
        log.warning("%s cannot be read; pages have no style sheet", build)
        return {}


def newest(web: str | None) -> frozenset[str]:
    """`web`: the version of the web app as it was built; None where it was not."""
    return frozenset({f"tenggat {sync.__version__}", *([f"tenggat-web {web}"] if web else [])})


def newest_in(folder: Path | None) -> frozenset[str]:
    """The same where no server runs that knows its web app. `folder`: where that lies, as in the settings."""
    build = folder / "build.json" if folder else None
    version = told_by(build).get("version") if build and build.is_file() else None
    return newest(version if isinstance(version, str) else None)
