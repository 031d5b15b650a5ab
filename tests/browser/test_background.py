"""What waits is sent while every window is closed, by the service worker that the browser wakes."""

import pytest
from playwright.sync_api import Browser, CDPSession, Page

from tests.browser.filling import file_complaint
from tests.browser.serving import ServerProcess
from tests.browser.waiting import until
from tests.browser.window import Device

TAG = "tenggat"


@pytest.fixture
def browser(whole_browser: Browser) -> Browser:
    return whole_browser


def tags(page: Page) -> list[str]:
    """What the browser was asked to wake the service worker for."""
    found: list[str] = page.evaluate("async () => (await navigator.serviceWorker.ready).sync.getTags()")
    return found


def wake(session: CDPSession, address: str) -> None:
    """What a browser does by itself once it believes that there is a network again."""
    registrations: list[dict[str, str]] = []
    heard = "ServiceWorker.workerRegistrationUpdated"
    session.on(heard, lambda event: registrations.extend(event["registrations"]))
    session.send("ServiceWorker.enable")
    # The events come beside the answers; each answer lets those before it in.
    until(lambda: session.send("ServiceWorker.enable") is not None and registrations, "a service worker")
    worker = {"origin": address, "registrationId": registrations[-1]["registrationId"]}
    session.send("ServiceWorker.dispatchSyncEvent", worker | {"tag": TAG, "lastChance": False})


def test_what_waits_goes_out_with_every_window_closed(server: ServerProcess, phone: Device) -> None:
    page = phone.open()
    phone.installed()
    assert tags(page) == []
    phone.offline()
    file_complaint(page)
    case = page.url.split("/case/")[1]
    until(lambda: tags(page) == [TAG], "the browser being asked to wake the service worker")
    # No window of the app: one that only lets the test look.
    phone.page = phone.context.new_page()
    phone.page.goto(f"{phone.address}/robots.txt")
    page.close()
    assert {row["state"] for row in phone.stored("outbox")} <= {"queued", "sent"}
    phone.offline(False)
    wake(phone.context.new_cdp_session(phone.page), phone.address)
    until(lambda: server.rows("SELECT 1 FROM case_record WHERE id = ?", case), "the complaint at the server")
    until(lambda: {row["state"] for row in phone.stored("outbox")} == {"acknowledged"}, "the answer on the device")
    [record] = phone.stored("record")
    sent = [one for one in server.commands() if one[0] == phone.instance()]
    phone.open(f"/case/{case}")
    phone.page.get_by_text(record["number"]).first.wait_for()
    phone.synced()
    assert [one for one in server.commands() if one[0] == phone.instance()] == sent, "sent once"


def test_nothing_is_asked_of_the_browser_for_somebody_who_only_looks(phone: Device) -> None:
    page = phone.open()
    phone.installed()
    phone.go("/new/lapor")
    page.get_by_role("button", name="Mulai").wait_for()
    assert tags(page) == []
