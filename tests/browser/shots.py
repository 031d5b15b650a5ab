"""Screenshots of every screen, for people to look at: `python -m tests.browser.shots <folder> [screen …]`."""

import sys
import tempfile
from pathlib import Path
from typing import Literal

from playwright.sync_api import Error, sync_playwright

from tests.browser.chromium import ARGUMENTS, needed
from tests.browser.screens import SCREENS, Screen
from tests.browser.showcase import Showcase, showcase_in

SIZES = {"phone": (360, 740), "tablet": (768, 1024), "desk": (1280, 900)}
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
TALLEST = 6_000

HEIGHT = "document.querySelector('dialog[open]') ? 0 : document.documentElement.scrollHeight"
"""Of the page; what lies over it is as high as the window."""


def shoot(screen: Screen, showcase: Showcase, folder: Path) -> None:
    device = showcase.device(screen.whose)
    for name, (width, height) in SIZES.items():
        device.page.set_viewport_size({"width": width, "height": height})
        page = screen.open(showcase)
        # As high as the page is, so that bars which stick to an edge stand at the edge.
        tall = page.evaluate(HEIGHT)
        page.set_viewport_size({"width": width, "height": max(height, min(tall, TALLEST))})
        for theme in THEMES:
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            page.screenshot(path=folder / f"{screen.name}-{name}-{theme}.png")
        page.emulate_media(color_scheme="light")


def main(folder: Path, names: list[str]) -> int:
    """The exit status: 1 where a screen could not be shown."""
    folder.mkdir(parents=True, exist_ok=True)
    failed = 0
    with tempfile.TemporaryDirectory() as made, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=needed(), args=ARGUMENTS)
        with showcase_in(Path(made) / "server", browser) as showcase:
            for screen in SCREENS:
                if names and screen.name not in names:
                    continue
                try:
                    shoot(screen, showcase, folder)
                    print(screen.name, flush=True)
                except (AssertionError, Error) as error:
                    # One broken screen must not keep the others from being seen.
                    failed += 1
                    print(f"{screen.name}: {error}", file=sys.stderr, flush=True)
        browser.close()
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        print(__doc__)
        sys.exit(2)
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
