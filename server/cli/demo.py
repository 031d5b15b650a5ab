"""Accounts to try the city with. They are named for what they do, and their password is printed for all to see."""

import sys
from pathlib import Path

from schemas.catalogue.model import City
from server.access import city_settings
from server.access.audit import CLI
from server.access.staff import add_staff
from server.services import Services
from sync.errors import Conflict

PASSWORD = "coba-tenggat"  # noqa: S105 - public on purpose: for trying out only

ACCOUNTS = (
    ("loket", "Petugas Loket", "front_desk"),
    ("survei", "Petugas Survei", "surveyor"),
    ("perencana", "Perencana", "planner"),
    ("kasi", "Kepala Seksi", "section_head"),
    ("pejabat", "Pejabat Penanda Tangan", "signer"),
    ("aduan", "Petugas Pengaduan", "complaint_officer"),
    ("atasan", "Atasan", "supervisor"),
    ("admin", "Admin", "admin"),
)


def offices_of(city: City, role: str) -> list[str]:
    """The offices whose cases somebody in this role works on: those of the services that the role acts in, and, where
    such a service routes its cases, those that it routes to."""
    offices: set[str] = set()
    for service in city.services:
        if any(role in action.roles for action in service.actions):
            offices.add(service.office)
            if service.routes is not None:
                offices |= {*service.routes.table.values(), service.routes.instead or service.office}
    return sorted(offices)


def prepare(world: Services) -> str:
    """Make the accounts that are not there yet; the text that tells how to use them."""
    for login, name, role in ACCOUNTS:
        try:
            add_staff(
                world.engine,
                world.city,
                world.sources,
                login=login,
                password=PASSWORD,
                name=name,
                roles=[role],
                scopes=[f"office:{office}" for office in offices_of(world.city, role)],
            )
        except Conflict:
            continue
    _, chosen = city_settings.standing(world.engine)
    if "admin_factor" not in chosen:
        # Whoever tries the city out has no phone ready.
        city_settings.change(world.engine, {"admin_factor": "off"}, CLI, world.sources.clock())
    width = max(len(login) for login, _, _ in ACCOUNTS)
    lines = [f"  {login:<{width}}  {name}" for login, name, _ in ACCOUNTS]
    return "\n".join(
        [
            f"Demonstration accounts of {world.city.name.id}, password “{PASSWORD}”:",
            *lines,
            "A citizen needs none: the first exchange makes a guest.",
        ]
    )


def first_steps(host: str, port: int) -> str:
    """What to type in another terminal while this server runs."""
    address = f"http://{host}:{port}"
    here = Path(sys.argv[0])
    tenggat = str(here.with_name("tenggat")) if here.name == "tenggat-server" else "tenggat"
    return "\n".join(
        [
            f"\nTenggat on {address} (stop with Ctrl-C). In another terminal:",
            f"  {tenggat} guest --server {address}    (a citizen)",
            f"  {tenggat} --profile aduan sign-in aduan --server {address}    (an officer)",
            f"  {tenggat} --help",
            f"In a browser: {address}/, and without JavaScript {address}/lapor and {address}/lacak",
            f"As admin: {address}/admin/",
            f"The API: {address}/api/v1/openapi.json\n",
        ]
    )
