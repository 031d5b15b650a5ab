"""Filing and moving a case over the wire, for tests that are about something else."""

from typing import Any

from tests.catalogue_values import answers
from tests.conftest import Server

from .device import Answer, Device, new_id


def fields(server: Server, service: str = "krk", **given: Any) -> dict[str, Any]:
    """A complete, valid application."""
    return answers(server.city, server.city.service(service).fields, given)


def file(server: Server, device: Device, service: str = "krk", **given: Any) -> str:
    """Submit one case; its id."""
    case = new_id()
    data = {"service": service, "action": "submit", "set": fields(server, service, **given)}
    answer = device.exchange(device.command("case.act", case, data))
    assert answer.result["status"] == "applied", answer.result
    return case


def act(device: Device, case: str, action: str, **data: Any) -> Answer:
    return device.exchange(device.command("case.act", case, {"action": action} | data))


def edit(device: Device, case: str, set_: dict[str, Any], was: dict[str, Any] | None = None, **more: Any) -> bytes:
    return device.command("case.edit", case, {"service": "krk", "set": set_, "was": was or {}}, **more)
