"""A request's body, read as it comes: the hello, then batches of commands, then what else is asked."""

from collections.abc import Iterator

from server.commands.apply import CHUNK
from server.commands.incoming import Incoming, read
from sync.errors import BodyCut, Malformed, TooLarge
from sync.messages import MAX_COMMANDS, Check, Command, Fetch, Hello, RequestEnd, RequestLine

MAX_ASKED = 10
"""Most lines beside hello and commands: a check, a fetch and the end need three."""


class RequestBody:
    """Reads the hello at once and the rest as `commands` is walked. `check` and `fetch` are known after that."""

    def __init__(self, chunks: Iterator[list[bytes]]) -> None:
        self.check = False
        self.fetch: list[str] = []
        self._lines = (line for chunk in chunks for line in chunk)
        self._ended = False
        self._asked = 0
        self.hello = self._hello()

    def commands(self) -> Iterator[list[Incoming]]:
        """Command lines in order, in batches. `BodyCut` after the last whole one where the body has no `end`;
        `TooLarge` before more than `MAX_COMMANDS` were given out."""
        batch: list[Incoming] = []
        place = 0
        for line in self._lines:
            item = read(place + 1, line)
            if not isinstance(item, Incoming):
                self._control(item, place)
                continue
            if self._ended:
                raise Malformed("nothing may follow the end line")
            place += 1
            if place > MAX_COMMANDS:
                raise TooLarge(f"more than {MAX_COMMANDS} commands in one request; send the rest in the next")
            batch.append(item)
            if len(batch) == CHUNK:
                yield batch
                batch = []
        if batch:
            yield batch
        if not self._ended:
            raise BodyCut("the request was cut off before its end line; send it again")

    def _hello(self) -> Hello:
        first = next(self._lines, None)
        if first is None:
            raise BodyCut("the request is empty; it begins with a hello line")
        item = read(0, first)
        if not isinstance(item, Hello):
            fault = item.fault if isinstance(item, Incoming) else None
            raise Malformed(f"the first line must be a hello: {fault or 'it is something else'}")
        return item

    def _control(self, message: RequestLine, commands: int) -> None:
        if self._ended or isinstance(message, Hello | Command):
            raise Malformed("nothing may follow the end line, and hello comes once")
        self._asked += 1
        if self._asked > MAX_ASKED:
            raise TooLarge(f"more than {MAX_ASKED} lines that are no commands")
        if isinstance(message, Check):
            self.check = True
        elif isinstance(message, Fetch):
            self.fetch = message.ids
        elif isinstance(message, RequestEnd):
            if message.commands != commands:
                raise Malformed(f"the end line tells of {message.commands} commands, but {commands} came")
            self._ended = True
