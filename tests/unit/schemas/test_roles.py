"""Every role has a name in both languages, so that no code is ever shown to a person."""

from schemas.catalogue.process import OWNER, ROLES
from schemas.roles import ROLE_NAMES, role_name


def test_every_role_has_a_name() -> None:
    assert {*ROLES, OWNER, "system"} == ROLE_NAMES.keys()
    assert role_name("front_desk", "id") == "Petugas loket"
    assert role_name("front_desk", "en") == "Front desk"
    assert role_name("Petugas Loket", "en") == "Petugas Loket"
