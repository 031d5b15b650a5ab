"""A Chromium for each worker, a browser of one's own for each test, and a server process with data of its own."""

import shutil
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserType, Playwright, expect, sync_playwright

from tests.browser import backstage
from tests.browser.backstage import Backstage
from tests.browser.chromium import ARGUMENTS, light, needed
from tests.browser.serving import ServerProcess
from tests.browser.window import Device, devices_of

Report = pytest.TestReport

expect.set_options(timeout=20_000)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Report, Report]:
    """Whoever reads of a failure sees the screens as they stood."""
    report = yield
    if report.failed and call.when != "teardown":
        report.sections += [("What a browser showed", device.shows()) for device in Device.alive]
    return report


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> BrowserType:
    return playwright.chromium


@pytest.fixture(scope="session")
def browser(chromium: BrowserType) -> Iterator[Browser]:
    launched = chromium.launch(executable_path=light(), args=ARGUMENTS)
    yield launched
    launched.close()


@pytest.fixture(scope="session")
def whole_browser(chromium: BrowserType) -> Iterator[Browser]:
    """For modules whose tests need what the shell leaves out: they give it out as their `browser`."""
    launched = chromium.launch(executable_path=needed(), args=ARGUMENTS)
    yield launched
    launched.close()


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the database of a city that has its officers and no case yet."""
    data = tmp_path_factory.mktemp("prepared") / "data"
    backstage.prepare(data)
    return data


@pytest.fixture(scope="session")
def city(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ServerProcess, Backstage]]:
    """A server that many tests share: each comes with people of its own, and sees nothing of the others'."""
    data = tmp_path_factory.mktemp("city") / "server"
    shutil.copytree(prepared, data)
    yield from _running(data)


@pytest.fixture
def own_city(prepared: Path, tmp_path: Path) -> Iterator[tuple[ServerProcess, Backstage]]:
    """A server of this test's own, which it may kill, look through, or fill."""
    shutil.copytree(prepared, tmp_path / "server")
    yield from _running(tmp_path / "server")


def _running(data: Path) -> Iterator[tuple[ServerProcess, Backstage]]:
    process = ServerProcess(data)
    process.start()
    behind = Backstage(data)
    yield process, behind
    behind.close()
    process.kill()


@pytest.fixture
def server(city: tuple[ServerProcess, Backstage]) -> ServerProcess:
    return city[0]


@pytest.fixture
def behind(city: tuple[ServerProcess, Backstage]) -> Backstage:
    """The city's people, on the same database."""
    return city[1]


Make = Callable[..., Device]


@pytest.fixture
def device(browser: Browser, server: ServerProcess) -> Iterator[Make]:
    """Makes devices: each a browser that shares nothing with the others. What one of them complained of, and no test
    foresaw, fails the test."""
    yield from devices_of(browser, server.address)


@pytest.fixture
def phone(device: Make) -> Device:
    """One citizen's phone."""
    return device()
