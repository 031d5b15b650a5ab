"""Axe on a page: every rule of WCAG 2.2 A and AA, and the best practices."""

from functools import cache
from typing import Any

from playwright.sync_api import Page

from tests.browser.serving import ROOT

SOURCE = ROOT / "client" / "web" / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

COLOURS = ["color-contrast", "link-in-text-block"]
"""The rules that another theme may break."""

_RUN = """async ([type, values]) => {
  const options = { runOnly: { type, values }, resultTypes: ["violations"] };
  const { violations } = await axe.run(document, options);
  return violations.map(({ id, impact, help, nodes }) => (
    { id, impact, help, nodes: nodes.map(node => `${node.target.join(" ")}: ${node.failureSummary}`) }
  ));
}"""


@cache
def _source() -> str:
    if not SOURCE.is_file():
        raise RuntimeError("axe-core is not there: run python client/web/npm.py check")
    return SOURCE.read_text(encoding="utf-8")


def violations(page: Page, rules: list[str] | None = None) -> list[str]:
    """What axe finds wrong with the page as it stands, one rule a line with the places. `rules`: these and no others,
    which takes a quarter of the time."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(_source())
    # Nothing is measured in the middle of a transition.
    page.evaluate("Promise.all(document.getAnimations().map(one => one.finished.catch(() => {})))")
    found: list[dict[str, Any]] = page.evaluate(_RUN, ["rule", rules] if rules else ["tag", TAGS])
    return [f"{one['id']} ({one['impact']}): {one['help']}\n    " + "\n    ".join(one["nodes"]) for one in found]
