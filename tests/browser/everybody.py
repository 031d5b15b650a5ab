"""What holds for every page of the admin's, whoever looks at it and through whatever window."""

import pytest
from playwright.sync_api import Page, ViewportSize

from tests.browser.axe import COLOURS, violations

PHONE_FIRST = ["phone", pytest.param("desk", marks=pytest.mark.long)]
"""For what is the same in every window but for its width: on a phone each time, at a desk in `make thorough`."""
SIZES: dict[str, ViewportSize] = {"phone": {"width": 360, "height": 740}, "desk": {"width": 1280, "height": 900}}


def too_wide(page: Page) -> int:
    """The pixels by which a page is wider than its window, once it is there: a press may have begun another."""
    page.wait_for_load_state()
    page.locator("body").wait_for()
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def is_for_everybody(page: Page, place: str) -> None:
    """Asserts that a page as it stands fits its window, and that axe finds nothing wrong with it by day or in the
    dark. `place` names it to whoever reads of a failure."""
    wide = too_wide(page)
    assert wide == 0, f"{place} is {wide} pixels too wide"
    assert violations(page) == [], place
    page.emulate_media(color_scheme="dark")
    assert violations(page, COLOURS) == [], f"{place} in the dark"
    page.emulate_media(color_scheme="light")
