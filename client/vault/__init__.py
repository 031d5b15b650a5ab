"""Who may open a profile on this computer: the key of its store, wrapped under a PIN and the system's keyring."""

from client.vault.profiles import Made, Profile, Profiles
from client.vault.ring import Ring, SystemRing
from client.vault.uptime import uptime
from client.vault.vault import Vault

__all__ = ["Made", "Profile", "Profiles", "Ring", "SystemRing", "Vault", "uptime"]
