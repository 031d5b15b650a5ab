"""What a client should hold, in one number per scope: a count and a sum of 64-bit hashes of id and version.

The sum is modulo 2**64, so that the server keeps it up to date with one subtraction and one addition per change,
and the order in which records came does not matter.
"""

import hashlib
from collections.abc import Iterable

_MODULUS = 1 << 64


def record_hash(record_id: str, version: int) -> int:
    """First 8 bytes, big-endian, of SHA-256 over `id:version`: 0 ≤ hash < 2**64."""
    return int.from_bytes(hashlib.sha256(f"{record_id}:{version}".encode()).digest()[:8], "big")


def add(total: int, *hashes: int) -> int:
    """The sum with these records added."""
    return (total + sum(hashes)) % _MODULUS


def subtract(total: int, *hashes: int) -> int:
    """The sum with these records taken out."""
    return (total - sum(hashes)) % _MODULUS


def to_hex(total: int) -> str:
    """As it stands on the wire: 16 hexadecimal digits."""
    return f"{total % _MODULUS:016x}"


def signed(total: int) -> int:
    """The same 64 bits as a signed integer, for databases that have no unsigned one."""
    return total - _MODULUS if total >= _MODULUS // 2 else total


def unsigned(total: int) -> int:
    """Back from `signed`."""
    return total % _MODULUS


def digest_of(records: Iterable[tuple[str, int]]) -> tuple[int, str]:
    """Count and sum over (id, version) pairs: the definition, for tests and for small sets."""
    hashes = [record_hash(record_id, version) for record_id, version in records]
    return len(hashes), to_hex(add(0, *hashes))


def difference(have: Iterable[tuple[str, int]], held: dict[str, int]) -> tuple[list[str], list[str]]:
    """What to mend after a mismatch: ids to fetch (missing here, or of another version) and ids to drop.

    `have` is the server's answer to `check`, `held` what the client holds. Both lists come sorted.
    """
    wanted = dict(have)
    fetch = [i for i, version in wanted.items() if held.get(i) != version]
    return sorted(fetch), sorted(i for i in held if i not in wanted)
