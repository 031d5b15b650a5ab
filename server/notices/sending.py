"""The job that sends: one letter a person and day, with all that waits for them.

A letter is begun on the disk before it is handed in: its notices are marked `leaving` under its name, in one
transaction. Killed before the mail server took it, the next run hands in the same letter under the same name; killed
between that and noting it, too, and the name (Message-ID) is all that tells the second one from another. Nothing else
is ever sent twice, and nothing is lost.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import TextClause, text

from schemas.catalogue.model import City
from server.access import city_settings
from server.access.devices import stamp
from server.domain.calendar import Calendar
from server.jobs.saying import CLOSED, NO_MAIL, SENT, did
from server.notices import telling
from server.notices.held import UNDER_WAY, Notice, of_letter
from server.notices.post import Counter, LetterRefused, MailNotSet, MailServer, MailUnreachable, counter
from server.notices.telling import Letterhead
from server.services import Services
from server.store.database import reading, writing

TRIES: Final = 6
"""How often a letter is handed in that its mail server does not take for now; then an admin has to look."""

PAUSE: Final = timedelta(minutes=15)
"""Before the second try; doubled with each one."""

LONGEST: Final = 240.0
"""Seconds after which no further letter is begun: the job's lease must not run out over one."""


def send(world: Services, now: datetime) -> str:
    """Send what is due; a sentence on what was done. `MailNotSet`, and `MailUnreachable` where the mail server cannot
    be spoken with: everything waits for the next run then."""
    if world.smtp is None or not city_settings.as_set(world.engine).notice_email:
        return did(NO_MAIL)
    rules = world.rules.refresh(world.engine)
    if not is_time(now, rules.calendar, rules.city):
        return did(CLOSED)
    with ExitStack() as open_:
        run = _Run(world, MailServer.of(world.smtp), now, open_)
        for mail in run.letters():
            run.hand_in(mail)
    return did(SENT, run.sent, run.refused)


def trial(world: Services, to: str) -> str:
    """Send a letter that only shows that letters arrive; where it went. `MailNotSet`, `MailUnreachable`,
    `LetterRefused`."""
    if world.smtp is None:
        raise MailNotSet(
            "set TENGGAT_SMTP_URL first: smtps://name:password@mail.kota.example?from=tenggat@kota.example"
        )
    server = MailServer.of(world.smtp)
    letter = telling.trial(_head(world, server), to, world.sources.new_id(), world.sources.clock())
    with counter(server) as open_:
        open_.hand_in(letter, to)
    return f"{server.host}:{server.port}"


def is_time(now: datetime, calendar: Calendar, city: City) -> bool:
    """Whether officers are told things at this moment: on a working day, from the opening of the offices on."""
    local = calendar.local(now)
    hours = city.office_hours.get(local.isoweekday())
    return hours is not None and calendar.is_working(local.date()) and f"{local:%H:%M}" >= hours.opens


class _Run:
    """One run over what waits. The connection is opened with the first letter."""

    def __init__(
        self,
        world: Services,
        server: MailServer,
        now: datetime,
        open_: ExitStack,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._world = world
        self._server = server
        self._now = stamp(now)
        self._at = now
        self._open = open_
        self._counter: Counter | None = None
        self._seconds = seconds
        self._until = seconds() + LONGEST
        self.sent = 0
        self.refused = 0

    def letters(self) -> Iterator[str]:
        """The names of letters to hand in: those that were begun before, then new ones."""
        with reading(self._world.engine) as connection:
            begun = connection.execute(_BEGUN, {"now": self._now}).scalars().all()
            # The day is the city's: who was written to since its midnight is written to tomorrow.
            today = self._world.calendar.local(self._at).replace(hour=0, minute=0, second=0, microsecond=0)
            people = connection.execute(_PEOPLE, {"today": stamp(today.astimezone(UTC))}).scalars().all()
        for mail in begun:
            if self._seconds() < self._until:
                yield mail
        for person in people:
            if self._seconds() < self._until:
                yield self._begin(person)

    def _begin(self, person: str) -> str:
        mail = self._world.sources.new_id()
        with writing(self._world.engine) as connection:
            connection.execute(_BEGIN, {"person": person, "mail": mail})
        return mail

    def hand_in(self, mail: str) -> None:
        """Hand one letter in, and note how that went."""
        notices = of_letter(self._world.engine, mail)
        to = notices[0].email if notices else None
        if not notices:
            return
        if to is None:
            self._note(_FAILED, mail, why="no_address")
            return
        head = _head(self._world, self._server)
        letter = telling.letter(notices, head, to, mail, self._at)
        try:
            self._at_the_counter().hand_in(letter, to)
        except MailUnreachable as error:
            # Nobody knows whether it was taken: it goes again as it is, and the other letters would fare no better.
            self._note(_LATER, mail, why=error.detail, after=stamp(self._at + PAUSE), counts=0)
            raise
        except LetterRefused as error:
            self._refused(mail, notices, error)
        else:
            self._note(_SENT, mail, now=self._now)
            self.sent += 1

    def _at_the_counter(self) -> Counter:
        if self._counter is None:
            self._counter = self._open.enter_context(counter(self._server))
        return self._counter

    def _refused(self, mail: str, notices: Sequence[Notice], error: LetterRefused) -> None:
        self.refused += 1
        tries = notices[0].tries
        if not error.passing or tries + 1 >= TRIES:
            self._note(_FAILED, mail, why=error.detail)
        else:
            self._note(_LATER, mail, why=error.detail, after=stamp(self._at + PAUSE * 2**tries), counts=1)

    def _note(self, statement: TextClause, mail: str, **values: object) -> None:
        with writing(self._world.engine) as connection:
            connection.execute(statement, {"mail": mail} | values)


def _head(world: Services, server: MailServer) -> Letterhead:
    return Letterhead(world.city, server.sender, world.address)


_BEGUN = text(
    f"SELECT mail FROM notice WHERE {UNDER_WAY} AND state = 'leaving' AND (after IS NULL OR after <= :now)"  # noqa: S608
    " GROUP BY mail ORDER BY min(made), mail"
)
_PEOPLE = text(
    f"SELECT person_id FROM notice n WHERE n.{UNDER_WAY} AND state = 'queued'"  # noqa: S608 - fixed words
    " AND NOT EXISTS (SELECT 1 FROM notice o WHERE o.person_id = n.person_id AND o.told >= :today)"
    " AND NOT EXISTS"
    f" (SELECT 1 FROM notice o WHERE o.person_id = n.person_id AND o.{UNDER_WAY} AND o.state = 'leaving')"
    " GROUP BY person_id ORDER BY min(made), person_id"
)
_IN_LETTER = f"WHERE mail = :mail AND {UNDER_WAY} AND state = 'leaving'"
_BEGIN = text(
    "UPDATE notice SET state = 'leaving', mail = :mail, after = NULL"  # noqa: S608 - fixed words
    f" WHERE person_id = :person AND {UNDER_WAY} AND state = 'queued'"
)
_SENT = text(f"UPDATE notice SET state = 'sent', told = :now, why = NULL {_IN_LETTER}")  # noqa: S608 - fixed words
_FAILED = text(f"UPDATE notice SET state = 'failed', why = :why {_IN_LETTER}")  # noqa: S608 - fixed words
_LATER = text(
    f"UPDATE notice SET why = :why, after = :after, tries = tries + :counts {_IN_LETTER}"  # noqa: S608 - fixed words
)
