"""The watch itself: each kind of complaint fails a test that did not foresee it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.serving import ServerProcess
from tests.browser.window import Device, devices_of

ELSEWHERE = "http://192.0.2.1/counted.gif"
"""An address that is nobody's (RFC 5737)."""


def console_error(page: Page) -> None:
    page.evaluate("console.error('something is wrong')")


def fault(page: Page) -> None:
    """In the page's own time, where no test would hear of it."""
    with page.expect_event("pageerror"):
        page.evaluate("void setTimeout(() => { throw new Error('nobody caught this') })")


def rejection(page: Page) -> None:
    with page.expect_event("pageerror"):
        page.evaluate("void Promise.reject(new Error('nobody waited for this'))")


def script_in_the_page(page: Page) -> None:
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), { text: 'window.ran = 1' }))")
    assert page.evaluate("window.ran === undefined"), "the policy lets it run"


def other_machine(page: Page) -> None:
    """Asked for by a page of no policy, as a mistake in the policy would let the app's own."""
    page.goto("about:blank")
    with page.expect_event("requestfailed"):
        page.evaluate("address => void (new Image().src = address)", ELSEWHERE)


def missing_part(page: Page) -> None:
    page.evaluate("async () => { await fetch('/assets/no-such-part.js') }")


WRONGS: list[tuple[Callable[[Page], None], str]] = [
    (console_error, "console: something is wrong"),
    (fault, "fault: .*nobody caught this"),
    (rejection, "fault: .*nobody waited for this"),
    (script_in_the_page, "securitypolicyviolation: script-src"),
    (other_machine, "request to another machine: " + ELSEWHERE),
    (missing_part, "status of 404"),
]


@pytest.mark.parametrize(("wrong", "told"), WRONGS, ids=lambda one: getattr(one, "__name__", ""))
def test_what_no_test_foresaw_fails_it(
    browser: Browser, server: ServerProcess, wrong: Callable[[Page], None], told: str
) -> None:
    devices = devices_of(browser, server.address)
    device: Device = next(devices)()
    page = device.open()
    wrong(page)
    # What the browser had to say comes in order, so what is asked for now comes after it.
    page.evaluate("1")
    with pytest.raises(AssertionError, match=told):
        next(devices)


def test_what_a_test_foresaw_does_not_fail_it_and_what_else_happened_does(
    browser: Browser, server: ServerProcess
) -> None:
    devices = devices_of(browser, server.address)
    device: Device = next(devices)()
    page = device.open()
    device.watch.foresee("something is wrong")
    console_error(page)
    page.evaluate("1")
    assert device.watch.unforeseen() == [] != device.watch.complaints
    fault(page)
    with pytest.raises(AssertionError, match="nobody caught this") as failed:
        next(devices)
    assert "something is wrong" not in str(failed.value)


def test_a_quiet_device_fails_nothing(browser: Browser, server: ServerProcess) -> None:
    devices = devices_of(browser, server.address)
    device: Device = next(devices)()
    device.open()
    assert next(devices, None) is None
    assert browser.contexts == [] or device.context not in browser.contexts
