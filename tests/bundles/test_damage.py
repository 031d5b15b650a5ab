"""Bytes flipped, cut out, cut off, doubled and put elsewhere: always a clear refusal, never a part of it carried out.

And whoever makes a whole bundle out of a stolen one's pieces gets no further."""

import io
import random
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.bundles.importing import import_bundle
from sync import bundle
from sync.bundle import BundleDamaged, NewerBundle, NotABundle, OneTime
from sync.errors import TenggatError
from tests.bundles import by_hand
from tests.bundles.conftest import Carry, Make
from tests.conftest import Server

CLEAR = {"not_a_bundle", "newer_bundle", "bundle_damaged"}

Hurt = Callable[[bytes, random.Random], bytes]


def flip(file: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(file))
    return file[:at] + bytes([file[at] ^ 1 << chance.randrange(8)]) + file[at + 1 :]


def cut_off(file: bytes, chance: random.Random) -> bytes:
    return file[: chance.randrange(len(file))]


def cut_out(file: bytes, chance: random.Random) -> bytes:
    at, length = chance.randrange(len(file) - 1), chance.choice((1, 16, 64, 65_552))
    return file[:at] + file[at + length :]


def doubled(file: bytes, chance: random.Random) -> bytes:
    at, length = chance.randrange(len(file) - 1), chance.choice((1, 64, 65_552, len(file)))
    return file[: at + length] + file[at:]


def longer(file: bytes, chance: random.Random) -> bytes:
    return file + chance.randbytes(chance.choice((1, 64, 1000)))


def shuffled(file: bytes, chance: random.Random) -> bytes:
    at, other = sorted(chance.sample(range(len(file) - 64), 2))
    swapped = file[other : other + 32] + file[at + 32 : other] + file[at : at + 32]
    return file[:at] + swapped + file[other + 32 :]


def blank(file: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(file))
    return file[:at] + bytes(len(file[at : at + 64])) + file[at + 64 :]


HURTS: tuple[Hurt, ...] = (flip, cut_off, cut_out, doubled, longer, shuffled, blank)


@pytest.mark.parametrize("hurt", HURTS, ids=lambda hurt: hurt.__name__)
def test_whatever_was_damaged_is_refused_whole(phone: Make, carried: Carry, server: Server, hurt: Hurt) -> None:
    warga = phone()
    warga.draft(files=2)
    request = warga.bundle()
    chance, met = random.Random(hurt.__name__), set()
    for _ in range(150):
        file = hurt(request, chance)
        if file == request:
            continue
        with pytest.raises(TenggatError) as refused:
            import_bundle(server.world, io.BytesIO(file), None)
        met.add(refused.value.code)
    assert met <= CLEAR and "bundle_damaged" in met
    assert server.rows("SELECT * FROM command") == [] and server.rows("SELECT * FROM upload") == []
    _, answer = carried(request)
    before = (warga.states(), warga.store.meta.get("cursor"))
    for _ in range(150):
        file = hurt(answer, chance)
        if file == answer:
            continue
        with pytest.raises(TenggatError) as refused:
            warga.hear(file)
        assert refused.value.code in CLEAR
    assert (warga.states(), warga.store.meta.get("cursor")) == before
    assert warga.hear(answer).whole


@given(st.binary(max_size=400))
def test_any_other_bytes_are_no_bundle(content: bytes) -> None:
    for file in (content, b"tenggat-bundle " + content, b"tenggat-bundle 1\n" + content):
        with pytest.raises((NotABundle, NewerBundle, BundleDamaged)):
            bundle.examine(io.BytesIO(file))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(content=st.binary(max_size=300))
def test_any_content_rightly_sealed_and_signed_is_answered_clearly(server: Server, content: bytes) -> None:
    """What a person who has the public key, and so everybody, can make the server open."""
    to = server.world.keys.used.seal.public_key().public_bytes_raw()
    parts = [({"part": "speaker", "token": "x" * 43, "answer": by_hand.text(to)}, b"")]
    for made in ([({"part": "exchange", "coding": "gzip"}, content)], [({"part": "file"}, content)]):
        file = by_hand.write("request", "0b9f7f0e-5d0e-4c6c-8a3e-1f2a3b4c5d6e", to, _signing(), parts + made)
        try:
            import_bundle(server.world, io.BytesIO(file), io.BytesIO())
        except TenggatError as error:
            assert error.code in CLEAR
    assert server.rows("SELECT * FROM command") == []


def _signing() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


def test_a_stolen_content_under_another_header_opens_nowhere(phone: Make, server: Server) -> None:
    """Somebody signs a found bundle anew, as their own: then the content key no longer fits the header."""
    warga = phone()
    warga.report()
    file = warga.bundle()
    whole = bundle.examine(io.BytesIO(file))
    signing = _signing()
    mine = by_hand.text(signing.public_key().public_bytes_raw())
    said = whole.said.replace(whole.header.by.encode(), mine.encode())
    body = said + file[len(whole.said) : -64]
    import hashlib

    forged = body + signing.sign(b"tenggat bundle signature\x00" + hashlib.sha256(body).digest())
    assert bundle.examine(io.BytesIO(forged)).header.by == mine, "it looks whole"
    with pytest.raises(BundleDamaged):
        import_bundle(server.world, io.BytesIO(forged), None)
    assert server.rows("SELECT * FROM command") == []


def test_memory_stays_flat(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A bundle of 64 MB is written and read in pieces."""
    import tracemalloc

    path = tmp_path_factory.mktemp("large") / "large.tenggat"
    one, server_key = OneTime(bytes(32)), OneTime(bytes(range(32))).answer
    piece, pieces = bytes(range(256)) * 256, 1024
    head = bundle.Exchanged("identity", len(piece) * pieces)
    tracemalloc.start()
    with path.open("wb") as into:
        bundle.write(
            into, "request", "0b9f7f0e-5d0e-4c6c-8a3e-1f2a3b4c5d6e", server_key.public_key().public_bytes_raw(),
            one.signing, bytes(48), [(head, (piece for _ in range(pieces)))],
        )  # fmt: skip
    with path.open("rb") as source:
        whole = bundle.examine(source)
        size = 0
        for _, body in bundle.parts(source, whole, server_key):
            for part in body.pieces():
                size += len(part)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size == head.size and peak < 4 * 1024 * 1024, peak


def test_a_part_that_is_not_as_long_as_it_says() -> None:
    one = OneTime(bytes(32))
    to = one.answer.public_key().public_bytes_raw()
    for body in ((b"x",), (b"xxx",)):
        with pytest.raises(ValueError, match="a part of 2 bytes"):
            bundle.write(
                io.BytesIO(), "request", "0b9f7f0e-5d0e-4c6c-8a3e-1f2a3b4c5d6e", to, one.signing, bytes(48),
                [(bundle.Exchanged("identity", 2), body)],
            )  # fmt: skip
