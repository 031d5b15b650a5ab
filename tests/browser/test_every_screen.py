"""Every screen, swept: nothing that axe objects to in either theme, nothing wider than a small phone, nothing cut off
where letters are large."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from tests.browser.axe import violations
from tests.browser.screens import SCREENS, Screen
from tests.browser.showcase import Showcase, showcase_in

SMALL: ViewportSize = {"width": 360, "height": 740}
DESK: ViewportSize = {"width": 1280, "height": 900}

TOO_WIDE = """() => {
  const widest = document.documentElement.clientWidth;
  const out = [...document.querySelectorAll("body *")].filter(one => {
    const box = one.getBoundingClientRect();
    return box.width > 0 && (box.right > widest + 1 || box.left < -1) && getComputedStyle(one).position !== "absolute";
  });
  const scrolls = document.scrollingElement.scrollWidth > widest;
  return scrolls ? out.slice(0, 5).map(one => `${one.tagName}.${one.className}: ${one.textContent.slice(0, 60)}`) : [];
}"""


@pytest.fixture(scope="module")
def showcase(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Showcase]:
    with showcase_in(tmp_path_factory.mktemp("showcase") / "server", browser) as made:
        yield made


@pytest.fixture(params=SCREENS, ids=lambda screen: screen.name)
def screen(request: pytest.FixtureRequest) -> Screen:
    found: Screen = request.param
    return found


def test_a_screen_is_for_everybody(screen: Screen, showcase: Showcase) -> None:
    device = showcase.device(screen.whose)
    device.page.set_viewport_size(SMALL)
    page = screen.open(showcase)
    found = {"small, light": violations(page)}
    page.emulate_media(color_scheme="dark")
    found["small, dark"] = violations(page)
    page.set_viewport_size(DESK)
    found["wide, dark"] = violations(page)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(SMALL)
    assert not any(found.values()), _told(found)
    assert too_wide(page) == []
    # As large as the app offers, and as a browser's own setting makes it.
    page.evaluate("document.documentElement.dataset.size = 'largest'")
    try:
        assert too_wide(page) == [], "with large letters"
    finally:
        page.evaluate("document.documentElement.dataset.size = 'normal'")
    assert showcase.device(screen.whose).watch.unforeseen() == []


def too_wide(page: Page) -> list[str]:
    """What makes the page scroll sideways."""
    scrolls = page.evaluate("document.scrollingElement.scrollWidth > document.documentElement.clientWidth")
    found: list[str] = page.evaluate(TOO_WIDE)
    return found or (["something"] if scrolls else [])


def _told(found: dict[str, list[str]]) -> str:
    return "\n".join(f"{where}: {one}" for where, all_of in found.items() for one in all_of)
