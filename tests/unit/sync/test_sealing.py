"""What is sealed opens to the same bytes, and nothing that was changed opens at all."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.sealing import CHUNK, KEY, SALT, SEALED, NotOpened, Stream, opened, plain_size, sealed, sealed_size

key, salt = bytes(range(KEY)), bytes(SALT)
SIZES = (0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 7)


def _bytes(size: int) -> bytes:
    return bytes(n * 31 % 251 for n in range(size))


def _seal(size: int) -> bytes:
    return b"".join(sealed(key, salt, [_bytes(size)]))


def _open(whole: bytes, with_key: bytes = key) -> bytes:
    return b"".join(opened(with_key, [whole]))


@pytest.mark.parametrize("size", SIZES)
def test_comes_out_as_it_went_in_and_is_as_long_as_it_says(size: int) -> None:
    whole = _seal(size)
    assert _open(whole) == _bytes(size)
    assert len(whole) == sealed_size(size)
    assert plain_size(len(whole)) == size


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 3 * CHUNK), st.lists(st.integers(1, 2 * CHUNK), max_size=6))
def test_however_the_bytes_are_cut_into_pieces(size: int, cuts: list[int]) -> None:
    def cut(whole: bytes) -> list[bytes]:
        pieces, at = [], 0
        for length in cuts:
            pieces.append(whole[at : at + length])
            at += length
        return [*pieces, whole[at:]]

    whole = b"".join(sealed(key, salt, cut(_bytes(size))))
    assert whole == _seal(size)
    assert b"".join(opened(key, cut(whole))) == _bytes(size)


@pytest.mark.parametrize("size", SIZES)
def test_a_changed_bit_anywhere_is_found(size: int) -> None:
    whole = _seal(size)
    for at in {0, SALT, len(whole) // 2, len(whole) - 1}:
        changed = bytearray(whole)
        changed[at] ^= 1
        with pytest.raises(NotOpened):
            _open(bytes(changed))


@pytest.mark.parametrize("kept", [0, 3, SALT, SALT + 1, SALT + SEALED, SALT + 2 * SEALED])
def test_a_stream_that_is_cut_off_never_ends_quietly(kept: int) -> None:
    with pytest.raises(NotOpened):
        _open(_seal(3 * CHUNK)[:kept])


def test_chunks_in_another_order_are_found() -> None:
    whole = _seal(3 * CHUNK)
    first, second = whole[SALT : SALT + SEALED], whole[SALT + SEALED : SALT + 2 * SEALED]
    with pytest.raises(NotOpened):
        _open(whole[:SALT] + second + first + whole[SALT + 2 * SEALED :])


def test_what_follows_the_last_chunk_is_found() -> None:
    with pytest.raises(NotOpened):
        _open(_seal(5) + b"x")
    with pytest.raises(NotOpened):
        _open(_seal(CHUNK) + _seal(CHUNK)[SALT:])


def test_another_key_opens_nothing_and_the_bytes_do_not_show() -> None:
    with pytest.raises(NotOpened):
        _open(_seal(100), with_key=bytes(KEY))
    assert _bytes(100)[:16] not in _seal(100)


def test_any_chunk_can_be_read_without_those_before_it() -> None:
    whole, plain = _seal(3 * CHUNK + 7), _bytes(3 * CHUNK + 7)
    stream = Stream(key, whole[:SALT])
    third = whole[SALT + 2 * SEALED : SALT + 3 * SEALED]
    assert stream.open(2, third, last=False) == plain[2 * CHUNK : 3 * CHUNK]


@pytest.mark.parametrize("size", [0, SALT, SALT + 15, SALT + SEALED + 3])
def test_a_size_that_no_stream_has(size: int) -> None:
    with pytest.raises(NotOpened):
        plain_size(size)
