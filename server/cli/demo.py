"""Accounts to try the city with. They are named for what they do, and their password is printed for all to see."""

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
)


def prepare(world: Services) -> str:
    """Make the accounts that are not there yet; the text that tells how to use them."""
    every_office = [f"office:{office.code}" for office in world.city.offices]
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
                scopes=every_office,
            )
        except Conflict:
            continue
    width = max(len(login) for login, _, _ in ACCOUNTS)
    lines = [f"  {login:<{width}}  {name}" for login, name, _ in ACCOUNTS]
    return "\n".join(
        [
            f"Demonstration accounts of {world.city.name.id}, password “{PASSWORD}”:",
            *lines,
            "A citizen needs none: the first exchange makes a guest.",
        ]
    )
