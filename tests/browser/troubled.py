"""Devices to which something happened, for the screens that tell of it."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.filling import file_complaint
from tests.browser.releasing import copy_of_the_app
from tests.browser.serving import ServerProcess
from tests.browser.watching import NETWORK
from tests.browser.window import Device

if TYPE_CHECKING:
    from tests.browser.showcase import Showcase

TILES = "tile.openstreetmap.org"
GREY = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mN8/B8AAscB9Zr2m0kAAAAASUVORK5CYII=")
NUMBER = re.compile(r"LPR-\d{4}-\d{6}")


def evict(device: Device, kinds: str = "indexeddb") -> None:
    """What a browser does when space runs out: the store goes, and nobody is asked."""
    device.page.goto("about:blank")
    session = device.context.new_cdp_session(device.page)
    session.send("Storage.clearDataForOrigin", {"origin": device.address, "storageTypes": kinds})
    session.detach()


def with_tiles(device: Device) -> None:
    """A map of one grey tile, so that nothing is asked of another machine."""
    device.watch.tiles = TILES
    device.context.route(f"https://{TILES}/**", lambda route: route.fulfill(body=GREY, content_type="image/png"))


def lost(show: Showcase, device: Device) -> None:
    """Its store went, with a complaint that had not been sent."""
    page = device.open()
    device.installed()
    device.offline()
    file_complaint(page)
    expect(device.standing()).to_contain_text("1 belum terkirim")
    evict(device)
    device.offline(False)
    device.open()


def wiped(show: Showcase, device: Device) -> None:
    """The city revoked it, and it dropped what it held."""
    page = device.open()
    file_complaint(page)
    expect(page.get_by_text(NUMBER).first).to_be_visible()
    show.behind.revoke(device.token())
    device.go("/sync")
    page.get_by_role("button", name="Sinkron sekarang").click()
    expect(page.get_by_role("alert").filter(has_text="Perangkat ini dicabut")).to_be_visible()


def updated(show: Showcase, device: Device) -> None:
    """A new version is ready: the same one with a word more in its service worker. From a server of its own, because
    every window that is loaded asks for it."""
    web = copy_of_the_app(show.server.data.parent / "web")
    server = ServerProcess(show.server.data, web)
    show.servers.append(server)
    server.start()
    device.address = server.address
    page = device.open()
    device.installed()
    worker = web / "sw.js"
    for coded in web.glob("sw.js.*"):
        coded.unlink()
    worker.write_text(worker.read_text(encoding="utf-8") + "\n// another", encoding="utf-8")
    told = web / "build.json"
    told.write_text(told.read_text(encoding="utf-8"), encoding="utf-8")
    page.evaluate("async () => { await (await navigator.serviceWorker.getRegistration()).update() }")
    expect(page.get_by_role("status").filter(has_text="Versi baru sudah siap")).to_be_visible()


def english(show: Showcase, device: Device) -> None:
    page = device.open()
    file_complaint(page)
    show.cases["abroad"] = page.url.split("/case/")[1]
    expect(page.get_by_text(NUMBER).first).to_be_visible()
    device.go("/me")
    page.get_by_role("radio", name="English").check()
    expect(page.get_by_role("heading", name="Me", level=1, exact=True)).to_be_visible()


def early(show: Showcase, device: Device) -> None:
    """Its network went before the list of services came."""
    device.watch.foresee(NETWORK, "net::ERR_FAILED")
    device.context.route("**/api/v1/catalogue", lambda route: route.abort())
    device.open()
