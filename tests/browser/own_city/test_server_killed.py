"""The server dies without a goodbye, at the worst moments."""

import re

from playwright.sync_api import Route, expect

from tests.browser.filling import file_complaint
from tests.browser.serving import ServerProcess
from tests.browser.window import Device

NUMBER = re.compile(r"LPR-\d{4}-\d{6}")


def test_a_complaint_filed_while_the_server_is_dead_arrives_when_it_is_back(
    phone: Device, server: ServerProcess
) -> None:
    page = phone.open()
    phone.installed()
    expect(page.get_by_role("link", name="Lapor", exact=True)).to_be_visible()
    phone.server_gone()
    server.kill()
    file_complaint(page)
    expect(phone.standing()).to_contain_text("belum terkirim")
    server.start()
    expect(page.get_by_text(NUMBER).first).to_be_visible(timeout=20_000)
    assert len(server.numbers()) == 1


def test_a_complaint_whose_answer_was_lost_with_the_server_is_not_filed_twice(
    phone: Device, server: ServerProcess
) -> None:
    page = phone.open()
    phone.server_gone()
    lost: list[int] = []

    def applied_but_not_told(route: Route) -> None:
        response = route.fetch()
        if server.numbers() and not lost:
            lost.append(response.status)
            server.kill()
            server.start()
            route.abort("connectionreset")
        else:
            route.fulfill(response=response)

    phone.context.route("**/api/v1/sync", applied_but_not_told)
    file_complaint(page)
    expect(page.get_by_text(NUMBER).first).to_be_visible(timeout=30_000)
    assert lost == [200]
    assert len(server.numbers()) == 1 and {status for _, _, status in server.commands()} == {"applied"}
