"""Plain http to another computer: whoever is in the same network reads the password, and has the account. It is taken
only where a person said yes to that very address, for a trial in a network of one's own (`tenggat plain-http`)."""

import shlex

from client.address import is_open
from client.store import Store
from schemas.text import Text
from sync.errors import TenggatError

NO_PROFILE_YET = Text(
    "Alamat server itu tidak terenkripsi (http://): kata sandi Anda bisa dibaca siapa pun di jaringan yang sama. Minta"
    " alamat https:// ke admin kota. Untuk uji coba di jaringan sendiri, kosongkan dulu, lalu isi alamat ini di profil"
    " yang jadi.",
    "That server's address is not encrypted (http://): anybody in the same network could read your password. Ask the"
    " city's administrator for an https:// address. For a trial in a network of your own, leave it empty, and give this"
    " address in the profile once that is made.",
)


class PlainHttp(TenggatError):
    """Nobody said yes to this `server`, to which a password would go readable. `command`: what says yes, for whoever
    may."""

    code = "plain_http"
    status = 403


def agree(store: Store, address: str | None) -> None:
    """Somebody said yes to it, knowing what it is; None takes a yes back."""
    store.meta.set("plain_http", address)


def agreed(store: Store) -> str | None:
    """The address that somebody said yes to."""
    found: str | None = store.meta.get("plain_http")
    return found


def is_refused(store: Store, address: str) -> bool:
    """Whether nobody has said yes to this address, and one must."""
    return is_open(address) and agreed(store) != address


def refuse(store: Store, address: str | None = None) -> None:
    """`PlainHttp` before a password goes to such a server: to the profile's own where no address is given, because a
    profile may be older than the question."""
    server = address or store.meta.get("server")
    if server is None or not is_refused(store, server):
        return
    # In the folder of its name lies each profile.
    command = f"tenggat --profile {store.path.parent.name} plain-http {shlex.quote(server)}"
    raise PlainHttp(
        f"{server} is not encrypted",
        server=server,
        command=command,
        text=Text(
            f"Alamat {server} tidak terenkripsi: kata sandi Anda bisa dibaca siapa pun di jaringan yang sama. Minta"
            f" alamat https:// ke admin kota. Hanya untuk uji coba di jaringan sendiri: `{command}`, lalu coba lagi.",
            f"The address {server} is not encrypted: anybody in the same network could read your password. Ask the"
            f" city's administrator for an https:// address. Only for a trial in a network of your own: `{command}`,"
            " then try again.",
        ),
    )
