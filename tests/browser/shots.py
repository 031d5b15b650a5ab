"""Screenshots of every screen and of the admin's pages, for people to look at:
`python -m tests.browser.shots <folder> [screen …]`."""

import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Error, Page, sync_playwright

from tests.browser.admin_screens import SEEN, Office, office_in
from tests.browser.chromium import ARGUMENTS, needed
from tests.browser.screens import SCREENS
from tests.browser.showcase import Showcase, showcase_in

SIZES = {"phone": (360, 740), "tablet": (768, 1024), "desk": (1280, 900)}
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
TALLEST = 6_000

HEIGHT = "document.querySelector('dialog[open]') ? 0 : document.documentElement.scrollHeight"
"""Of the page; what lies over it is as high as the window."""


def shoot(name: str, page: Page, show: Callable[[], Page], folder: Path) -> None:
    """`show` brings the screen onto that page, which has each of the sizes by then."""
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        page = show()
        # As high as the page is, so that bars which stick to an edge stand at the edge.
        tall = page.evaluate(HEIGHT)
        page.set_viewport_size({"width": width, "height": max(height, min(tall, TALLEST))})
        for theme in THEMES:
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            page.screenshot(path=folder / f"{name}-{size}-{theme}.png")
        page.emulate_media(color_scheme="light")


Shown = tuple[str, Page, Callable[[], Page]]


def _of_the_app(showcase: Showcase, names: list[str]) -> Iterator[Shown]:
    for screen in SCREENS:
        if not names or screen.name in names:
            yield screen.name, showcase.device(screen.whose).page, partial(screen.open, showcase)


def _of_the_admin(office: Office, names: list[str]) -> Iterator[Shown]:
    for seen in SEEN:
        if not names or seen.name in names:
            yield seen.name, office.page_of(seen.login), partial(office.open, seen)


def _all(made: Path, browser: Browser, names: list[str]) -> Iterator[Shown]:
    """Each city is made only where one of its screens is wanted."""
    if not names or {screen.name for screen in SCREENS} & set(names):
        with showcase_in(made / "server", browser) as showcase:
            yield from _of_the_app(showcase, names)
    if not names or {seen.name for seen in SEEN} & set(names):
        with office_in(made / "office", browser) as office:
            yield from _of_the_admin(office, names)


def main(folder: Path, names: list[str]) -> int:
    """The exit status: 1 where a screen could not be shown."""
    folder.mkdir(parents=True, exist_ok=True)
    failed = 0
    with tempfile.TemporaryDirectory() as made, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=needed(), args=ARGUMENTS)
        for name, page, show in _all(Path(made), browser, names):
            try:
                shoot(name, page, show, folder)
                print(name, flush=True)
            except (AssertionError, Error) as error:
                # One broken screen must not keep the others from being seen.
                failed += 1
                print(f"{name}: {error}", file=sys.stderr, flush=True)
        browser.close()
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        print(__doc__)
        sys.exit(2)
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
