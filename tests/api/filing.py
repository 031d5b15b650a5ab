"""Filing and moving a case over the wire, for tests that are about something else."""

import json
from typing import Any

from sqlalchemy import text

from server.commands import system
from server.services import EXTENSION
from server.store.database import reading
from tests.catalogue_files import files
from tests.catalogue_values import answers
from tests.conftest import Server

from .device import Answer, Device, new_id


def fields(server: Server, service: str = "krk", **given: Any) -> dict[str, Any]:
    """A complete, valid application."""
    return answers(server.city, server.city.service(service).fields, given)


def application(server: Server, service: str = "krk", **given: Any) -> dict[str, Any]:
    """The same with a file for each required document, as a command's data."""
    values = fields(server, service, **given)
    return {"service": service, "set": values, "attach": files(server.city.service(service), values)}


def file(server: Server, device: Device, service: str = "krk", **given: Any) -> str:
    """Submit one case; its id. The bytes of its documents are still to come."""
    case = new_id()
    data = {"action": "submit"} | application(server, service, **given)
    answer = device.exchange(device.command("case.act", case, data))
    assert answer.result["status"] == "applied", answer.result
    return case


def arrive(device: Device, case: str) -> None:
    """The bytes of all files of a case are at its server now."""
    commands = device.app.extensions[EXTENSION].commands
    with reading(commands.engine) as connection:
        state = connection.execute(text("SELECT state FROM case_record WHERE id = :id"), {"id": case}).scalar()
    for attachment in json.loads(state or "{}").get("attachments", ()):
        found = {name: attachment[name] for name in ("sha256", "size", "type")}
        system.give(commands, "case.arrived", [case], found)


def act(device: Device, case: str, action: str, **data: Any) -> Answer:
    """One action; before a case is declared complete, its documents arrive."""
    if action == "accept":
        arrive(device, case)
    return device.exchange(device.command("case.act", case, {"action": action} | data))


def edit(device: Device, case: str, set_: dict[str, Any], was: dict[str, Any] | None = None, **more: Any) -> bytes:
    return device.command("case.edit", case, {"service": "krk", "set": set_, "was": was or {}}, **more)
