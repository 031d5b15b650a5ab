"""Every screen, swept: nothing that axe objects to in either theme, nothing wider than a small phone, nothing cut off
or in two where letters are large."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from tests.browser.axe import COLOURS, violations
from tests.browser.screens import SCREENS, Screen
from tests.browser.shots import HEIGHT
from tests.browser.showcase import Showcase, showcase_in

SMALL: ViewportSize = {"width": 360, "height": 740}
DESK: ViewportSize = {"width": 1280, "height": 900}
TALLEST = 8_000

TOO_WIDE = """() => {
  const widest = document.documentElement.clientWidth;
  const out = [...document.querySelectorAll("body *")].filter(one => {
    const box = one.getBoundingClientRect();
    return box.width > 0 && (box.right > widest + 1 || box.left < -1) && getComputedStyle(one).position !== "absolute";
  });
  const scrolls = document.scrollingElement.scrollWidth > widest;
  return scrolls ? out.slice(0, 5).map(one => `${one.tagName}.${one.className}: ${one.textContent.slice(0, 60)}`) : [];
}"""

SPOILT = """() => {
  const seen = one => one.checkVisibility() && one.getBoundingClientRect().height > 1;
  const all = chosen => [...document.querySelectorAll(chosen)].filter(seen);
  const controls = all(".button, .segments span, .tabs a, .tag");
  const out = [...controls, ...all(".viewer h2, .stage-words")].filter(one => {
    const [mine, its] = [one, one.parentElement].map(box => box.getBoundingClientRect());
    return mine.right > its.right + 3 || mine.left < its.left - 3 || mine.bottom > its.bottom + 3;
  });
  const cut = controls.filter(one => [...words(one)].some(range => new Set(tops(range)).size > 1));
  function* words(one) {
    const texts = document.createTreeWalker(one, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
      for (const { index, 0: word } of text.data.matchAll(/[\\p{L}\\d]+/gu)) {
        const range = document.createRange();
        range.setStart(text, index);
        range.setEnd(text, index + word.length);
        yield range;
      }
    }
  }
  function tops(range) {
    return [...range.getClientRects()].map(({ top }) => Math.round(top));
  }
  const told = what => one => `${what} ${one.className || one.tagName}: ${one.textContent.slice(0, 60)}`;
  return [...out.map(told("stands out of its box")), ...cut.map(told("a word is cut in two"))];
}"""
"""What is pressed, and what says how something stands: it stays in its box, and its words are whole."""


@pytest.fixture(scope="module")
def showcase(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Showcase]:
    with showcase_in(tmp_path_factory.mktemp("showcase") / "server", browser) as made:
        yield made


def in_groups() -> list[Any]:
    """The screens of one device by one worker, so that each device is made once."""
    return [pytest.param(one, id=one.name, marks=pytest.mark.xdist_group(_group(one))) for one in SCREENS]


def _group(screen: Screen) -> str:
    return "the citizen's screens" if screen.whose == "citizen" else "everybody else's screens"


@pytest.mark.parametrize("screen", in_groups())
def test_a_screen_is_for_everybody(screen: Screen, showcase: Showcase) -> None:
    device = showcase.device(screen.whose)
    device.page.set_viewport_size(SMALL)
    page = screen.open(showcase)
    whole(page, SMALL)
    found = {"small, light": violations(page)}
    page.emulate_media(color_scheme="dark")
    found["small, dark"] = violations(page, COLOURS)
    page.emulate_media(color_scheme="light")
    if screen.wide:
        whole(page, DESK)
        found["wide, light"] = violations(page)
    page.set_viewport_size(SMALL)
    assert not any(found.values()), _told(found)
    assert too_wide(page) == []
    # As large as the app offers, and as a browser's own setting makes it.
    page.evaluate("document.documentElement.dataset.size = 'largest'")
    try:
        assert too_wide(page) == [], "with large letters"
        found: list[str] = page.evaluate(SPOILT)
        assert found == [], "with large letters"
    finally:
        page.evaluate("document.documentElement.dataset.size = 'normal'")
    assert showcase.device(screen.whose).watch.unforeseen() == []


def whole(page: Page, size: ViewportSize) -> None:
    """As high as the page is: nothing is hidden under a bar that sticks to an edge and that one could scroll away."""
    page.set_viewport_size(size)
    tall = page.evaluate(HEIGHT)
    page.set_viewport_size({"width": size["width"], "height": max(size["height"], min(tall, TALLEST))})


def too_wide(page: Page) -> list[str]:
    """What makes the page scroll sideways."""
    scrolls = page.evaluate("document.scrollingElement.scrollWidth > document.documentElement.clientWidth")
    found: list[str] = page.evaluate(TOO_WIDE)
    return found or (["something"] if scrolls else [])


def _told(found: dict[str, list[str]]) -> str:
    return "\n".join(f"{where}: {one}" for where, all_of in found.items() for one in all_of)
