"""Who asks, as far as a decision needs to know."""

from dataclasses import dataclass

OFFICE = "office:"
PERSON = "person:"

SYSTEM = "system"
"""The role of what the server does by itself: recounts after a decree, imports."""


def person_scope(person: str) -> str:
    return PERSON + person


def office_scope(office: str, district: str | None = None) -> str:
    """What an office sees: all of it, or one kecamatan's part."""
    return f"{OFFICE}{office}/{district}" if district else OFFICE + office


@dataclass(frozen=True)
class Actor:
    """A person at a device: roles decide what they may do, scopes which cases they may do it to."""

    person: str
    name: str
    roles: frozenset[str]
    scopes: frozenset[str]
    skew: int | None = None
    """Device clock minus server clock in seconds, as of this exchange."""

    def owns(self, owner: str) -> bool:
        """Whether the case is theirs: by name, or because they stand in at the counter for a walk-in."""
        return self.person == owner or (not owner and "front_desk" in self.roles)

    def is_staff(self) -> bool:
        return bool(self.roles - {"citizen"})
