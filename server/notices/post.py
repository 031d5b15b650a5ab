"""The mail server: where it is, and one letter handed to it.

    smtps://name:password@mail.kota.example:465?from=tenggat@kota.example     TLS from the first byte
    smtp://name:password@mail.kota.example:587?from=tenggat@kota.example      STARTTLS, and nothing goes without it
    smtp://127.0.0.1:25?from=tenggat@kota.example&tls=off                     on this machine only
    …&ca=/etc/ssl/kota.pem                                                    a certificate of the city's own

Nothing here is tried again: whoever calls knows whether that would tell somebody twice.
"""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from typing import ClassVar, Final, Literal
from urllib.parse import parse_qs, unquote, urlsplit

from server.hosts import is_here
from sync.errors import TenggatError

TIMEOUT: Final = 20.0
"""Seconds for each answer of the mail server."""

Tls = Literal["from_start", "starttls", "off"]


class MailNotSet(TenggatError):
    """`TENGGAT_SMTP_URL` names no mail server that can be used."""

    code: ClassVar[str] = "mail_not_set"
    status: ClassVar[int] = 503


class MailUnreachable(TenggatError):
    """The mail server cannot be spoken with now: nothing is known of the letter, and later ones would fare the same."""

    code: ClassVar[str] = "mail_unreachable"
    status: ClassVar[int] = 503


class LetterRefused(TenggatError):
    """The mail server said no to one letter. `passing`: it may take it later."""

    code: ClassVar[str] = "letter_refused"
    status: ClassVar[int] = 502

    def __init__(self, detail: str, *, passing: bool) -> None:
        super().__init__(detail)
        self.passing = passing


@dataclass(frozen=True)
class MailServer:
    """Where letters are handed in, and in whose name."""

    host: str
    port: int
    tls: Tls
    sender: str
    user: str | None = None
    password: str | None = None
    ca: str | None = None

    def __repr__(self) -> str:
        return f"MailServer({self.host}:{self.port})"

    @classmethod
    def of(cls, url: str) -> "MailServer":
        """Raises `MailNotSet` with what is wrong; never with the password."""
        parts = urlsplit(url)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        try:
            host, port = parts.hostname or "", parts.port
        except ValueError:
            raise MailNotSet("TENGGAT_SMTP_URL: the port is no number") from None
        if parts.scheme not in ("smtp", "smtps") or not host:
            raise MailNotSet("TENGGAT_SMTP_URL begins with smtp:// or smtps:// and names a mail server")
        if "@" not in query.get("from", ""):
            raise MailNotSet("TENGGAT_SMTP_URL says in whose name mail goes: …?from=tenggat@kota.example")
        tls: Tls = "from_start" if parts.scheme == "smtps" else "starttls"
        if query.get("tls") == "off":
            if not is_here(host):
                raise MailNotSet("TENGGAT_SMTP_URL: tls=off is for a mail server on this machine only")
            tls = "off"
        return cls(
            host,
            port or (465 if tls == "from_start" else 587),
            tls,
            query["from"],
            unquote(parts.username) if parts.username else None,
            unquote(parts.password) if parts.password else None,
            query.get("ca"),
        )


class Counter:
    """A connection to the mail server, for as many letters as there are."""

    def __init__(self, smtp: smtplib.SMTP, sender: str) -> None:
        self._smtp = smtp
        self._sender = sender

    def hand_in(self, letter: EmailMessage, to: str) -> None:
        """When this returns, the mail server has taken the letter upon itself. `LetterRefused`, `MailUnreachable`."""
        try:
            self._smtp.send_message(letter, self._sender, [to])
        except smtplib.SMTPRecipientsRefused as refused:
            code, said = refused.recipients[to]
            raise LetterRefused(_told(code, said), passing=400 <= code < 500) from None
        except smtplib.SMTPResponseException as refused:
            if refused.smtp_code == 421:
                # It closes the connection, whatever the letter was.
                raise MailUnreachable(_told(refused.smtp_code, refused.smtp_error)) from None
            raise LetterRefused(
                _told(refused.smtp_code, refused.smtp_error), passing=400 <= refused.smtp_code < 500
            ) from None
        except smtplib.SMTPNotSupportedError:
            raise LetterRefused("the mail server does not take such an address", passing=False) from None
        except (smtplib.SMTPException, OSError) as error:
            raise MailUnreachable(f"the connection broke ({type(error).__name__})") from None


@contextmanager
def counter(server: MailServer) -> Iterator[Counter]:
    """A connection, signed in. `MailUnreachable` where there is none to be had, also for a wrong password: that is
    the city's to mend, and no letter's fault."""
    try:
        smtp = _connected(server)
    except (smtplib.SMTPException, OSError, ssl.SSLError) as error:
        code = f" {error.smtp_code}" if isinstance(error, smtplib.SMTPResponseException) else ""
        raise MailUnreachable(f"no connection to {server.host}:{server.port} ({type(error).__name__}{code})") from None
    try:
        yield Counter(smtp, server.sender)
    finally:
        # Only a farewell: every letter that was taken was answered before.
        with suppress(smtplib.SMTPException, OSError):
            smtp.quit()
        smtp.close()


def _connected(server: MailServer) -> smtplib.SMTP:
    context = ssl.create_default_context(cafile=server.ca)
    if server.tls == "from_start":
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT, context=context)
    else:
        smtp = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT)
    try:
        if server.tls == "starttls":
            smtp.starttls(context=context)
        if server.user is not None:
            smtp.login(server.user, server.password or "")
    except BaseException:
        smtp.close()
        raise
    return smtp


def _told(code: int, said: bytes | str) -> str:
    """The mail server's number, and the first of its words: they may repeat an address, so no more than the code of
    RFC 3463 is kept of them."""
    words = said.decode("ascii", "replace") if isinstance(said, bytes) else said
    first = words.split(" ", 1)[0] if words else ""
    return f"{code} {first}".strip() if first[:1].isdigit() else str(code)
