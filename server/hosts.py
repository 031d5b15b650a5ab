"""Which hosts are this machine: what goes to any other must be encrypted."""

import ipaddress


def is_here(host: str) -> bool:
    """Whether nothing leaves this machine on the way to it, as far as its name tells."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
