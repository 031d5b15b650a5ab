"""Where letters and the admin pages lead to in the app is a screen of it."""

import re
from pathlib import Path

import pytest

from server.access import linking
from server.web import screens

APP = Path(__file__).parents[3] / "client" / "web" / "src" / "ui" / "app.tsx"


@pytest.mark.parametrize("address", [screens.WORK, screens.ME, screens.case("c-1"), f"{linking.ROUTE}kode"])
def test_each_is_a_route_of_the_app(address: str) -> None:
    source = APP.read_text()
    assert "useHashLocation" in source, "they stand behind a #"
    routes = [re.sub(r"/:\w+\?", "(/[^/]+)?", route) for route in re.findall(r'<Route path="([^"]+)"', source)]
    assert address.startswith("/#/")
    assert any(re.fullmatch(re.sub(r":\w+", "[^/]+", route), address.removeprefix("/#")) for route in routes)
