"""Permits that are nearly ready: their questions are answered, and the documents are still to come."""

from playwright.sync_api import expect

from schemas.documents import wanted
from tests.api.device import new_id
from tests.api.filing import fields
from tests.browser.backstage import Backstage
from tests.browser.filling import begin
from tests.browser.window import Device


def answered(behind: Backstage, device: Device, service: str = "krk", **given: str) -> str:
    """A draft on this phone with all its questions answered; its id. The phone is that of a guest."""
    page = device.open()
    device.installed()
    begin(page)
    device.synced()
    case = new_id()
    values = fields(behind.as_server, service, **given)
    mine = behind.citizen(device.token())
    behind.send(mine, "case.edit", case, {"service": service, "set": values, "was": {}})
    device.synced()
    return case


def papers(behind: Backstage, service: str = "krk", **given: str) -> list[tuple[str, str]]:
    """Code and label of each document that such a draft must have."""
    values = fields(behind.as_server, service, **given)
    asked = wanted(behind.as_server.city.service(service), values)
    return [(one.code, one.label.id) for one in asked if one.required]


def send_in(device: Device, case: str) -> None:
    """From the check, as a person does."""
    device.go(f"/case/{case}/form/check")
    device.page.get_by_role("button", name="Kirim", exact=True).click()
    expect(device.page.get_by_role("heading", name="Apa selanjutnya")).to_be_visible()
