"""The key that secrets of second factors are sealed with: a file beside the server's other keys, made when somebody
first sets one up, and in every backup."""

from pathlib import Path
from typing import Final

from schemas.text import Text
from server.bundles.keys import Closed, looking, make_key, secret_of
from sync.errors import Busy

NAME: Final = "factor.key"


class KeyGone(Busy):
    """The file is not there, or cannot be read, or holds another key than the one that was used: codes of phones
    cannot be looked at, and recovery codes can."""


class KeyClosed(KeyGone):
    """It may well be there, and does not belong to the user that the server runs as."""


def factor_key(folder: Path) -> bytes:
    """The key in this folder, made where there is none. `KeyGone` where it cannot be read, `Busy` where it cannot be
    made."""
    try:
        _make(folder)
    except Closed as error:
        raise KeyClosed(error.detail, text=_CLOSED) from error
    return held(folder)


def held(folder: Path) -> bytes:
    """The key that things were sealed with: none is made in its place. `KeyGone`."""
    try:
        return secret_of(folder / NAME)
    except Closed as error:
        raise KeyClosed(error.detail, text=_CLOSED) from error
    except Busy as error:
        raise gone(error.detail) from error


def _make(folder: Path) -> None:
    path = folder / NAME
    with looking(folder):
        there = path.exists()
    if not there:
        make_key(folder, NAME)


def gone(detail: str) -> KeyGone:
    """The same for whoever finds that it is not the key."""
    return KeyGone(detail, text=_GONE)


_CLOSED: Final = Text(
    "Kode dari ponsel tidak bisa diperiksa sekarang: kuncinya di server tertutup bagi program server. Kode pemulihan di"
    " kertas, bila ada, tetap berlaku. Beri tahu yang mengurus server: folder keys dan keys/factor.key harus milik"
    " pengguna yang menjalankan server.",
    "Codes of phones cannot be checked now: their key on the server is closed to the server's program. Recovery codes"
    " on paper, if there are any, are still good. Tell whoever looks after the server: the folder keys and"
    " keys/factor.key must belong to the user that the server runs as.",
)
_GONE: Final = Text(
    "Kode dari ponsel tidak bisa diperiksa sekarang: kuncinya di server hilang atau rusak. Kode pemulihan di kertas"
    " Anda tetap berlaku. Beri tahu yang mengurus server: cari factor.key di cadangan.",
    "Codes of phones cannot be checked now: their key on the server is gone or damaged. The recovery codes on your"
    " paper are still good. Tell whoever looks after the server to bring factor.key back from a backup.",
)
