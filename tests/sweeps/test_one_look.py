"""The admin pages and the app have one look. The sheets are two: the admin pages stand without a built app."""

import re
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[2]


def tokens(sheet: str) -> dict[str, list[str]]:
    """What each is by day, and then in the dark."""
    found: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for name, value in re.findall(r"(--[\w-]+): ([^;]+);", (ROOT / sheet).read_text("utf-8")):
        found[name][value] = None
    return {name: list(values) for name, values in found.items()}


def test_colours_and_sizes_are_the_apps() -> None:
    app, admin = tokens("client/web/src/styles/tokens.css"), tokens("server/admin/static/style/tokens.css")
    assert len(admin) > 30
    assert {name: value for name, value in admin.items() if app.get(name) != value} == {}
