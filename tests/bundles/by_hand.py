"""Bundles made and read as docs/protocol.md says, with nothing of ours: HPKE step by step (RFC 9180), the stream chunk
by chunk, and JSON from the standard library."""

import base64
import hashlib
import hmac
import json
import os
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

Part = tuple[dict[str, Any], bytes]


def text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def raw(text_: str) -> bytes:
    return base64.urlsafe_b64decode(text_ + "=")


# RFC 9180: DHKEM(X25519, HKDF-SHA256) is 0x0020, HKDF-SHA256 is 0x0001, ChaCha20Poly1305 is 0x0003.
_KEM = b"KEM\x00\x20"
_SUITE = b"HPKE\x00\x20\x00\x01\x00\x03"


def _extract(suite: bytes, salt: bytes, label: bytes, ikm: bytes) -> bytes:
    return hmac.new(salt or bytes(32), b"HPKE-v1" + suite + label + ikm, hashlib.sha256).digest()


def _expand(suite: bytes, prk: bytes, label: bytes, info: bytes, length: int) -> bytes:
    info = length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info
    return hmac.new(prk, info + b"\x01", hashlib.sha256).digest()[:length]


def _hpke(shared: bytes, enc: bytes, public: bytes, info: bytes) -> tuple[ChaCha20Poly1305, bytes]:
    """The key and nonce of the first message in base mode."""
    secret = _expand(_KEM, _extract(_KEM, b"", b"eae_prk", shared), b"shared_secret", enc + public, 32)
    context = b"\x00" + _extract(_SUITE, b"", b"psk_id_hash", b"") + _extract(_SUITE, b"", b"info_hash", info)
    prk = _extract(_SUITE, secret, b"secret", b"")
    return ChaCha20Poly1305(_expand(_SUITE, prk, b"key", context, 32)), _expand(_SUITE, prk, b"base_nonce", context, 12)


def seal(public: bytes, info: bytes, plain: bytes) -> bytes:
    ephemeral = X25519PrivateKey.generate()
    enc = ephemeral.public_key().public_bytes_raw()
    cipher, nonce = _hpke(ephemeral.exchange(X25519PublicKey.from_public_bytes(public)), enc, public, info)
    return enc + cipher.encrypt(nonce, plain, b"")


def unseal(private: X25519PrivateKey, info: bytes, sealed: bytes) -> bytes:
    enc, public = sealed[:32], private.public_key().public_bytes_raw()
    cipher, nonce = _hpke(private.exchange(X25519PublicKey.from_public_bytes(enc)), enc, public, info)
    return cipher.decrypt(nonce, sealed[32:], b"")


def _stream(key: bytes, salt: bytes) -> ChaCha20Poly1305:
    prk = hmac.new(salt, key, hashlib.sha256).digest()
    return ChaCha20Poly1305(hmac.new(prk, b"tenggat stream\x01", hashlib.sha256).digest())


def write(kind: str, id_: str, to: bytes, signing: Ed25519PrivateKey, parts: list[Part]) -> bytes:
    by = text(signing.public_key().public_bytes_raw())
    header = {"by": by, "to": hashlib.sha256(to).hexdigest()[:16], "id": id_, "kind": kind, "later": [1]}
    said = b"tenggat-bundle 1\n" + json.dumps(header).encode() + b"\n"
    key, salt = os.urandom(32), os.urandom(16)
    plain = b"".join(json.dumps({"size": len(body)} | head).encode() + b"\n" + body for head, body in parts)
    chunks = [plain[at : at + 65_536] for at in range(0, len(plain), 65_536)] or [b""]
    file = said + seal(to, said, key) + salt
    for number, chunk in enumerate(chunks):
        nonce = number.to_bytes(11, "big") + bytes([number == len(chunks) - 1])
        file += _stream(key, salt).encrypt(nonce, chunk, None)
    return file + signing.sign(b"tenggat bundle signature\x00" + hashlib.sha256(file).digest())


def read(file: bytes, private: X25519PrivateKey) -> tuple[dict[str, Any], list[Part]]:
    magic, line, _ = file.split(b"\n", 2)
    assert magic == b"tenggat-bundle 1"
    header = json.loads(line)
    said, body, signature = file[: len(magic) + len(line) + 2], file[:-64], file[-64:]
    signed = b"tenggat bundle signature\x00" + hashlib.sha256(body).digest()
    Ed25519PublicKey.from_public_bytes(raw(header["by"])).verify(signature, signed)
    wrapped, salt, stream = body[len(said) :][:80], body[len(said) + 80 :][:16], body[len(said) + 96 :]
    cipher = _stream(unseal(private, said, wrapped), salt)
    chunks = [stream[at : at + 65_552] for at in range(0, len(stream), 65_552)]
    plain = b"".join(
        cipher.decrypt(n.to_bytes(11, "big") + bytes([n == len(chunks) - 1]), chunk, None)
        for n, chunk in enumerate(chunks)
    )
    parts: list[Part] = []
    while plain:
        head_line, _, plain = plain.partition(b"\n")
        head = json.loads(head_line)
        size = head.get("size", 0)
        parts.append((head, plain[:size]))
        plain = plain[size:]
    return header, parts
