"""The key that secrets of second factors are sealed with: a file beside the server's other keys, made when somebody
first sets one up, and in every backup."""

from pathlib import Path
from typing import Final

from schemas.text import Text
from server.bundles.keys import beside, give_name, new_key, secret_of, written
from sync.errors import Busy

NAME: Final = "factor.key"


class KeyGone(Busy):
    """The file is not there, or cannot be read, or holds another key than the one that was used: codes of phones
    cannot be looked at, and recovery codes can."""


def factor_key(folder: Path) -> bytes:
    """The key in this folder, made where there is none. `Busy` where it cannot be read, or not be made."""
    path = folder / NAME
    if not path.exists():
        with written(folder), beside(folder, new_key()) as file:
            give_name(file, path)
    return held(folder)


def held(folder: Path) -> bytes:
    """The key that things were sealed with: none is made in its place. `KeyGone`."""
    try:
        return secret_of(folder / NAME)
    except Busy as error:
        raise gone(error.detail) from error


def gone(detail: str) -> KeyGone:
    """The same for whoever finds that it is not the key."""
    return KeyGone(detail, text=_GONE)


_GONE: Final = Text(
    "Kode dari ponsel tidak bisa diperiksa sekarang: kuncinya di server hilang atau rusak. Kode pemulihan di kertas"
    " Anda tetap berlaku. Beri tahu yang mengurus server: cari factor.key di cadangan.",
    "Codes of phones cannot be checked now: their key on the server is gone or damaged. The recovery codes on your"
    " paper are still good. Tell whoever looks after the server to bring factor.key back from a backup.",
)
