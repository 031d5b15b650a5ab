"""Certificates made on the spot: self-signed ones, a city's own authority, and every way in which one is wrong."""

import ipaddress
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Made:
    """A certificate and its key, both PEM; `signer` is what others are signed with, by an authority."""

    certificate: bytes
    key: bytes
    signer: tuple[x509.Certificate, ec.EllipticCurvePrivateKey]

    @property
    def fingerprint(self) -> str:
        return self.signer[0].fingerprint(hashes.SHA256()).hex()

    def context(self, folder: Path) -> ssl.SSLContext:
        """What a server shows it with."""
        path = folder / f"{self.fingerprint[:16]}.server.pem"
        path.write_bytes(self.certificate + self.key)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context


def self_signed(*names: str, days: int = 30, begins: int = -2, by: Made | None = None, authority: bool = False) -> Made:
    """For these hosts and addresses, good from `begins` days from now (before, at the latest, it ends) until `days`
    from now; signed by itself or by an authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0] if names else "Otoritas Kota")])
    issuer, signing = (by.signer[0].subject, by.signer[1]) if by else (name, key)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=min(begins, days - 1)))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName([_name(text) for text in names]), critical=False)
    made = builder.sign(signing, hashes.SHA256())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return Made(made.public_bytes(serialization.Encoding.PEM), private, (made, key))


def _name(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        return x509.DNSName(text)
