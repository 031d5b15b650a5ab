"""What draws the window on this system, found where it is installed."""

import importlib.util
import os
import sys
import sysconfig
from pathlib import Path
from typing import Final, Literal

DEBIAN: Final = Path("/usr/lib/python3/dist-packages")
"""Where Debian and its family put `gi` (python3-gi): a virtual environment does not look there."""


def toolkit() -> Literal["gtk", "qt"] | None:
    """What pywebview is told to take: `gtk` or `qt` on Linux, None (its own choice) elsewhere and where neither is."""
    if sys.platform != "linux":
        return None
    wanted = os.environ.get("PYWEBVIEW_GUI", "").lower()
    if wanted != "qt" and find_gi():
        return "gtk"
    return "qt" if importlib.util.find_spec("qtpy") is not None else None


def found() -> bool:
    """Whether there is anything to draw with."""
    return sys.platform != "linux" or toolkit() is not None


def screen() -> bool:
    """Whether there is a screen to draw on."""
    return sys.platform != "linux" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def find_gi(place: Path = DEBIAN) -> bool:
    """Whether `gi` can be imported, if need be the system's own: that package alone, and only one that was built for
    this very Python. What else lies in that folder is not ours."""
    if "gi" in sys.modules or importlib.util.find_spec("gi") is not None:
        return _has_webkit()
    folder = place / "gi"
    suffix = sysconfig.get_config_var("EXT_SUFFIX") or ""
    if not (folder / "__init__.py").is_file() or not (folder / f"_gi{suffix}").is_file():
        return False
    spec = importlib.util.spec_from_file_location(
        "gi", folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    if spec is None or spec.loader is None:
        return False
    module = importlib.util.module_from_spec(spec)
    sys.modules["gi"] = module
    try:
        spec.loader.exec_module(module)
    except ImportError:
        sys.modules.pop("gi", None)
        return False
    return _has_webkit()


def _has_webkit() -> bool:
    import gi

    for version in ("4.1", "4.0"):
        try:
            gi.require_version("WebKit2", version)
            return True
        except ValueError:
            continue
    return False
