"""A password that was made up for somebody: good for a few days, in which its owner chooses one of their own."""

from datetime import datetime, timedelta
from typing import Final

from schemas.text import Text
from server.access.devices import stamp
from sync.errors import PasswordOver

GOOD: Final = timedelta(days=7)


def until(now: datetime) -> str:
    """When one that is made up now is over."""
    return stamp(now + GOOD)


def is_over(until: str | None, now: datetime) -> bool:
    """Whether it is good no more; one of their own always is."""
    return until is not None and until <= stamp(now)


def refuse_over(until: str | None, now: datetime) -> None:
    """`PasswordOver` for one that is over, said to whoever knows it and to nobody else."""
    if is_over(until, now):
        raise PasswordOver("this password was made up for a few days, which are over", text=OVER)


OVER: Final = Text(
    "Kata sandi yang dibuatkan admin ini sudah lewat masanya. Minta yang baru ke admin kota.",
    "This password, which an admin made up for you, is good no more. Ask the city's admin for another.",
)
FIRST: Final = Text(
    "Pilih kata sandi Anda sendiri dulu: buka halaman admin lagi. Sesudah itu kembali ke sini dan kirim ulang.",
    "Choose a password of your own first: open the admin pages again. After that, come back here and send this anew.",
)
