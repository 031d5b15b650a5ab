"""Certificates that this device trusts because the city said so: from a file, or fetched and compared with a link.

They are held in the store, where nobody else can change them, and lie in a file beside it for the TLS library. There is
no way to trust a server without one.
"""

import http.client
import os
import ssl
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import requests
import urllib3
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from client.store import Store
from client.troubles import proxy_trouble, reason, trouble_of, untrusted
from schemas.text import Text
from sync.errors import Invalid

TIMEOUT = 15
"""Seconds to wait for a server's certificate."""


def certificates_in(pem: bytes) -> list[x509.Certificate]:
    """The certificates of a PEM file, in its order. `Invalid` where there is none, or the only one is over."""
    try:
        found = x509.load_pem_x509_certificates(pem)
    except ValueError:
        found = []
    if not found:
        raise Invalid(
            "there is no PEM certificate in it",
            text=Text(
                "Di berkas itu tidak ada sertifikat PEM (baris -----BEGIN CERTIFICATE-----). Minta lagi ke admin kota.",
                "There is no PEM certificate in that file (a line -----BEGIN CERTIFICATE-----). Ask the city's "
                "administrator for it again.",
            ),
        )
    last = max(each.not_valid_after_utc for each in found)
    if last <= datetime.now(UTC):
        raise Invalid(
            "the certificate is over",
            text=Text(
                f"Sertifikat itu hanya berlaku sampai {last:%Y-%m-%d}. Minta yang baru ke admin kota; bila jam "
                "perangkat ini salah, setel dulu.",
                f"That certificate was good until {last:%Y-%m-%d}. Ask the city's administrator for a new one; if the "
                "clock of this device is wrong, set it first.",
            ),
        )
    return found


def fingerprint_of(certificate: x509.Certificate) -> str:
    """SHA-256, 64 hexadecimal digits."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def in_groups(fingerprint: str) -> str:
    """As it is read out and compared: AB CD …"""
    return " ".join(fingerprint[at : at + 2] for at in range(0, len(fingerprint), 2)).upper()


def held(store: Store) -> list[x509.Certificate]:
    """What is trusted here instead of what the system trusts."""
    pem = store.meta.get("trust")
    return x509.load_pem_x509_certificates(pem.encode()) if pem else []


def trust(store: Store, pem: bytes | None) -> None:
    """From here on, only these certificates; None: those that the system trusts. `Invalid`."""
    kept = None
    if pem is not None:
        # Nothing but certificates: a key that lies in the same file by mistake has no business here.
        kept = "".join(each.public_bytes(serialization.Encoding.PEM).decode() for each in certificates_in(pem))
    with store.transaction():
        store.meta.set("trust", kept)
    new = file_of(store)
    for old in store.path.parent.glob("certificate-*.pem"):
        if old != new:
            old.unlink(missing_ok=True)


def file_of(store: Store) -> Path | None:
    """The file of what is trusted, for the TLS library; None where that is what the system trusts."""
    pem = store.meta.get("trust")
    return lay(store.path.parent, pem) if pem else None


def lay(folder: Path, pem: str) -> Path:
    """A file with these certificates. What stands in it is compared each time: the store's word counts, not the
    disk's."""
    path = _place(folder, pem)
    try:
        if path.read_text("ascii") == pem:
            return path
    except (OSError, ValueError):
        pass
    new = path.with_suffix(f".{os.getpid()}.new")
    new.write_text(pem, "ascii", newline="\n")
    new.chmod(0o600)
    new.replace(path)
    return path


def fetched(server: str, fingerprint: str, proxies: Mapping[str, str] | None = None) -> str:
    """The server's certificate as PEM, where it is the one with this fingerprint. Nothing else is asked of the server
    and nothing is told to it. `UntrustedServer`, `Unreachable`, `NotOurServer`, `ProxyTrouble`."""
    der = _shown(server, dict(proxies or {}))
    if sha256(der).hexdigest() != fingerprint.lower():
        raise untrusted("changed", server, "it is not the one that the link names")
    return ssl.DER_cert_to_PEM_cert(der)


def _shown(server: str, proxies: dict[str, str]) -> bytes:
    parts = urlsplit(server)
    host, port = parts.hostname or "", parts.port or 443
    for name, found in requests.utils.get_environ_proxies(server).items():
        proxies.setdefault(name, found)
    proxy = requests.utils.select_proxy(server, proxies)
    # Believed of nobody: the certificate is read, compared, and only then trusted, in a connection of its own.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        with closing(_connection(host, port, proxy, context)) as connection:
            connection.connect()
            der: bytes | None = connection.sock.getpeercert(binary_form=True)
    except http.client.HTTPException as error:
        raise proxy_trouble(reason(error)) from None
    except OSError as error:
        # A proxy that refuses a tunnel comes as a plain OSError.
        if proxy and not isinstance(error, ssl.SSLError):
            raise proxy_trouble(reason(error)) from None
        raise trouble_of(error, server) from None
    assert der is not None, "a TLS server without a certificate has no handshake with us"
    return der


def _connection(host: str, port: int, proxy: str | None, context: ssl.SSLContext) -> http.client.HTTPSConnection:
    if not proxy:
        return http.client.HTTPSConnection(host, port, timeout=TIMEOUT, context=context)
    way = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    made = http.client.HTTPSConnection(way.hostname or "", way.port or 80, timeout=TIMEOUT, context=context)
    name, password = requests.utils.get_auth_from_url(way.geturl())
    headers = urllib3.make_headers(proxy_basic_auth=f"{name}:{password}") if name else {}
    made.set_tunnel(host, port, headers=dict(headers))
    return made


def _place(folder: Path, pem: str) -> Path:
    return folder / f"certificate-{sha256(pem.encode()).hexdigest()[:16]}.pem"
