"""The list of screens is whole: each route of the app and each page of the server is in it, and nothing else."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from server.app import create_app
from server.settings import Settings
from tests.browser.screens import SCREENS, Screen
from tests.browser.serving import ROOT

ROUTES = re.findall(r'<Route path="([^"]+)"', (ROOT / "client/web/src/ui/app.tsx").read_text(encoding="utf-8"))

SHELL = "/"
"""The server answers it with the app, whose screens are swept by their routes."""


def pages(folder: Path) -> list[str]:
    """The addresses at which somebody finds a page: those that Flask draws, and those that lie beside the app."""
    app = create_app(Settings(data=folder, web=None))
    drawn = {rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    files = {f"/{path.name}" for path in (ROOT / "client/web/static").glob("*.html")}
    # The admin's pages have a sweep of their own (test_board.py), and what watches a server reads no pages.
    elsewhere = ("/api/", "/admin", "/healthz", "/readyz", "/metrics")
    return sorted({path for path in drawn | files if not path.startswith(elsewhere)} - {SHELL, "/index.html"})


def route_of(screen: Screen) -> str | None:
    """The first that its address fits, as the app's own switch takes it."""
    return next((route for route in ROUTES if _pattern(route).fullmatch(screen.place)), None)


def _pattern(route: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"/:\w+", "/[^/]+", re.sub(r"/:\w+\?", "(/[^/]+)?", route)))


@pytest.mark.parametrize("route", ROUTES)
def test_each_route_of_the_app_has_a_screen(route: str) -> None:
    assert any(route_of(screen) == route for screen in SCREENS if not screen.plain)


def test_each_page_of_the_server_has_a_screen(tmp_path: Path) -> None:
    shown = {urlsplit(screen.place).path for screen in SCREENS if screen.plain}
    assert pages(tmp_path), "none was found"
    assert [path for path in pages(tmp_path) if path not in shown] == []


def test_the_routes_are_read_as_they_are_written() -> None:
    assert len(ROUTES) >= 10 and {"/", "/sync", "/case/:id"} <= set(ROUTES)


def test_each_screen_has_a_route() -> None:

    assert [screen.name for screen in SCREENS if not screen.plain and route_of(screen) is None] == []


def test_no_two_screens_have_one_name() -> None:
    names = [screen.name for screen in SCREENS]
    assert len(names) == len(set(names))
