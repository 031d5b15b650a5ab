"""The link of an invitation: the server's address, the code and, where the certificate is self-signed, its hash.

Code and hash stand behind the #: a browser sends neither to any server, so no log and no proxy ever sees them.
"""

import ipaddress
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from sync.errors import Invalid

ROUTE = "/#/gabung/"
"""Where the web app looks at an invitation; *gabung* is "join"."""

_LOCAL = {"localhost", "127.0.0.1", "::1"}


def link_of(address: str, code: str, fingerprint: str | None) -> str:
    """The link, as it is sent or drawn."""
    return address + ROUTE + code + (f"/{fingerprint}" if fingerprint else "")


def address_of(text: str) -> str:
    """A server's address with no slash at its end. `Invalid` for what is none."""
    try:
        parts = urlsplit(text.strip())
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound or parts.query or parts.fragment or parts.username or " " in text.strip():
        raise Invalid(f"{text!r} is not a server's address; it looks like https://layanan.example.id")
    return text.strip().rstrip("/")


def fingerprint_of(certificate: Path, address: str) -> str:
    """SHA-256 of the first certificate in a PEM file, 64 hexadecimal digits. `Invalid` where no device could ever
    trust it: no certificate, one that is over, or an address without TLS."""
    if not address.startswith("https:"):
        raise Invalid("a certificate goes with an https:// address; give it with --server")
    found = _read(certificate)
    if found.not_valid_after_utc <= datetime.now(UTC):
        raise Invalid(f"this certificate was good until {found.not_valid_after_utc:%Y-%m-%d}; renew it first")
    return found.fingerprint(hashes.SHA256()).hex()


def warnings_of(address: str, certificate: Path | None, *, given: bool) -> Iterator[str]:
    """What is likely not as the admin meant it."""
    host = urlsplit(address).hostname or ""
    if not given:
        yield "this link opens on this computer only; give the server's address with --server or TENGGAT_SERVER"
    elif address.startswith("http:") and not is_local(address):
        yield "this address is not encrypted: whoever is on the way can read the code, and all that follows"
    if certificate:
        names = _names(_read(certificate))
        if not any(_fits(host, name) for name in names):
            yield f"the certificate is for {', '.join(names) or 'nobody'}, and devices will refuse it at {host}"


def is_local(address: str) -> bool:
    """Whether only this computer reaches the address."""
    return urlsplit(address).hostname in _LOCAL


def pinned(certificate: Path | None, address: str) -> str | None:
    """The hash that a link to this address must carry: where the server's certificate vouches for itself, devices trust
    it by that or not at all. None for any other certificate, or for one that is not this address's."""
    if certificate is None or not address.startswith("https:"):
        return None
    try:
        found = _read(certificate)
        host = urlsplit(address).hostname or ""
        if found.issuer != found.subject or not any(_fits(host, name) for name in _names(found)):
            return None
        return fingerprint_of(certificate, address)
    except Invalid:
        return None


def _read(certificate: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificates(certificate.read_bytes())[0]
    except (ValueError, IndexError):
        raise Invalid(f"there is no PEM certificate in {certificate}") from None
    except OSError as error:
        raise Invalid(f"{certificate} cannot be read: {error.strerror}") from None


def _names(certificate: x509.Certificate) -> list[str]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    hosts = names.get_values_for_type(x509.DNSName)
    return hosts + [str(address) for address in names.get_values_for_type(x509.IPAddress)]


def _fits(host: str, name: str) -> bool:
    try:
        return ipaddress.ip_address(host) == ipaddress.ip_address(name)
    except ValueError:
        pass
    host, name = host.lower(), name.lower()
    return host == name or (name.startswith("*.") and host.partition(".")[2] == name[2:])
