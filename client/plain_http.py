"""Plain http to another computer: whoever is in the same network reads the password, and has the account. It is taken
only where a person said yes to that very address, for a trial in a network of one's own."""

from client.address import is_open
from client.store import Store
from schemas.text import Text
from sync.errors import Forbidden

TEXT = Text(
    "Alamat server itu tidak terenkripsi (http://): kata sandi Anda bisa dibaca siapa pun di jaringan yang sama. Minta"
    " alamat https:// ke admin kota. Untuk uji coba di jaringan sendiri: tenggat guest --server ALAMAT --plain.",
    "That server's address is not encrypted (http://): anybody in the same network could read your password. Ask the"
    " city's administrator for an https:// address. For a trial in a network of your own: tenggat guest --server"
    " ADDRESS --plain.",
)


def agree(store: Store, address: str) -> None:
    """Somebody said yes to it, knowing what it is."""
    store.meta.set("plain_http", address)


def is_refused(store: Store, address: str) -> bool:
    """Whether nobody has said yes to this address, and one must."""
    return is_open(address) and store.meta.get("plain_http") != address


def refuse(store: Store) -> None:
    """`Forbidden` before a password goes to such a server: a profile may be older than the question."""
    server = store.meta.get("server")
    if server is not None and is_refused(store, server):
        raise Forbidden("the server's address is not encrypted", text=TEXT)
