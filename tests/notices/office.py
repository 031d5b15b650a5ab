"""A planning office with somebody in each chair, its notices, and a real mail server on this machine."""

import asyncio
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from server.notices import sending, walking
from server.notices.held import Notice, notices
from tests.conftest import Server


@dataclass
class Office:
    """`people` by role. Everybody has an address, `<role>@kota.example`."""

    server: Server
    people: dict[str, str] = field(default_factory=dict)

    def add(self, role: str, *, scopes: tuple[str, ...] = ("office:distaru",), mail: bool = True) -> str:
        person, _ = self.server.staff(role, scopes=scopes)
        self.people[role] = person
        if mail:
            self.server.execute("UPDATE person SET email = :e WHERE id = :p", e=f"{role}@kota.example", p=person)
        return person

    def walk(self) -> str:
        return walking.walk(self.server.world, self.server.clock())

    def send(self) -> str:
        return sending.send(self.server.world, self.server.clock())

    def told(self) -> list[tuple[str, str]]:
        """Kind and role of each notice there is."""
        roles = {person: role for role, person in self.people.items()}
        return sorted((one.kind, roles[one.person]) for one in self.notices())

    def notices(self, **chosen: Any) -> list[Notice]:
        return notices(self.server.engine, most=10_000, **chosen)

    def states(self) -> dict[str, int]:
        rows = self.server.rows("SELECT state, count(*) AS n FROM notice GROUP BY state")
        return {row.state: row.n for row in rows}


@dataclass
class Letter:
    """What a mail server took. `to` is whom it is for, whatever its head says."""

    to: str
    message: EmailMessage

    @property
    def name(self) -> str:
        return str(self.message["Message-ID"])

    @property
    def words(self) -> str:
        return str(self.message.get_content())


@dataclass
class PostOffice:
    """Takes letters, or answers as it is told: `refuses` by address, with the whole line of the answer."""

    letters: list[Letter] = field(default_factory=list)
    refuses: dict[str, str] = field(default_factory=dict)
    url: str = ""
    port: int = 0

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if said := self.refuses.get(address):
            return said
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        message = message_from_bytes(envelope.content or b"", policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.letters += [Letter(to, message) for to in envelope.rcpt_tos]
        return "250 2.0.0 OK"


@contextmanager
def post_office(
    handler: PostOffice | None = None, *, tls: ssl.SSLContext | None = None, **options: Any
) -> Iterator[PostOffice]:
    """A mail server on 127.0.0.1; with `tls` encrypted from the first byte, with `tls_context` by STARTTLS."""
    made, ready = handler or PostOffice(), threading.Event()
    ends: list[Callable[[], object]] = []

    async def serve() -> None:
        loop, over = asyncio.get_running_loop(), asyncio.Event()
        server = await loop.create_server(lambda: SMTP(made, loop=loop, **options), "127.0.0.1", 0, ssl=tls)
        made.port = server.sockets[0].getsockname()[1]
        ends.append(lambda: loop.call_soon_threadsafe(over.set))
        ready.set()
        await over.wait()
        server.close()

    # A loop of its own in a thread of its own: a browser's tests leave one behind that counts as running in theirs.
    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert ready.wait(30), "the mail server did not start"
    made.url = f"smtp://127.0.0.1:{made.port}?from=tenggat@kota.example&tls=off"
    try:
        yield made
    finally:
        ends[0]()
        thread.join()
