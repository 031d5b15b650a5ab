"""Another device's outbox, taken in as one's own: what a browser wrote on its last day goes up from here.

The lines keep their keys, so whichever device sends them first, the other is only answered; and nothing is ever minted
under the file's instances here.
"""

from client.refusals import OtherPerson, SignInFirst
from client.store import Store
from schemas.text import Text
from sync import rescue
from sync.bundle import Source
from sync.errors import Conflict
from sync.messages import MAX_BODY
from sync.rescue import Rescue


def adopt(store: Store, source: Source) -> dict[str, int]:
    """Take in a file of `client/web/src/device/rescue.ts`; how many commands were new (`taken`), and how many were here
    already (`known`). Raises `Malformed` for any other file, `OtherPerson` where this device speaks for somebody else,
    `SignInFirst` where it speaks for nobody and the file is an account's, `Conflict` where the same number has another
    text here."""
    source.seek(0)
    found = rescue.read(source.read(MAX_BODY + 1))
    taken = 0
    with store.transaction():
        _meet(store, found)
        at = str(found.exported)[:40] or store.stamp()
        for instance, entries in found.by_instance():
            n = store.outbox.adopt(instance, entries[-1].seq + 1)
            for entry in entries:
                line = entry.line.encode("utf-8", "surrogatepass")
                taken += _take(store, n, entry.seq, line, str(entry.queued_at)[:40] or at, at)
    return {"taken": taken, "known": len(found.entries) - taken}


def _take(store: Store, n: int, seq: int, line: bytes, queued_at: str, at: str) -> bool:
    held = store.outbox.row(n, seq)
    if held is None:
        store.outbox.put_sent(n, seq, line, queued_at, at)
        return True
    if held.line != line:
        raise Conflict(
            f"the file has another text for number {seq} than this device",
            text=Text(
                f"Nomor {seq} di berkas itu berbeda isinya dari yang di perangkat ini. Tidak ada yang diambil.",
                f"Number {seq} in that file says something else than on this device. Nothing was taken in.",
            ),
        )
    return False


def _meet(store: Store, found: Rescue) -> None:
    """Only the same person's commands may go up from here; a device that has nobody becomes the file's guest."""
    meta = store.meta
    token, person = meta.get("token"), meta.get("person") or {}
    name = found.person.name if found.person else ""
    if token is None and not person:
        if not found.token:
            raise SignInFirst(
                f"the file is of an account; sign in as {name} first",
                name=name,
                text=Text(
                    f"Berkas ini milik akun {name}. Masuk dulu dengan akun itu.",
                    f"This file is of the account of {name}. Sign in to it first.",
                ),
            )
        meta.set("token", found.token)
        meta.set("guest", True)
        return
    if found.person is not None and found.person.id and found.person.id == person.get("id"):
        return
    if found.token and found.token == token:
        return
    raise OtherPerson(
        "the file is of another person than this device",
        name=name,
        text=Text(
            f"Berkas ini milik {name or 'orang lain'}, sedangkan perangkat ini bukan. Impor di profil pemiliknya,"
            " atau serahkan ke admin kota.",
            f"This file is of {name or 'another person'}, and this device is not. Import it in its owner's profile,"
            " or hand it to the city's administrator.",
        ),
    )
