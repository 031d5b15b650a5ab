"""A database a hundred times as large, and an officer who has seen all of it."""

import sqlite3
from contextlib import closing
from pathlib import Path

from client.store import Store
from client.transport import HttpTransport, silent
from sync.codec import inflate, lines_in
from sync.cursor import Cursor, encode, scopes_hash
from sync.exchange import Device, Exchange


def multiply(path: Path, copies: int) -> None:
    """Every case so many times over, with ids, numbers and positions of their own. Set-based and past the one way
    in, because only the size matters here: the copies' lines still say the original's id."""
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA synchronous=OFF")
        head = database.execute("SELECT pos FROM feed_head").fetchone()[0]
        for copy in range(1, copies):
            values = {"shift": copy * head, "copy": copy, "head": head}
            database.execute(_CASES, values)
            database.execute(_REACH, values)
            database.commit()
        database.execute("UPDATE feed_head SET pos = pos * ?", (copies,))
        database.commit()
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


_CASES = """
    INSERT INTO case_record (born, id, version, service, stage, number, due, scopes, state, line, own_line)
    SELECT born + :shift, substr(id, 1, 24) || printf('%012x', born + :shift), version, service, stage,
           number || '-' || :copy, due, scopes, state, line, own_line
    FROM case_record WHERE born <= :head
"""
_REACH = """
    INSERT INTO reach (scope, born, pos, present)
    SELECT scope, born + :shift, pos + :shift, present FROM reach WHERE born <= :head
"""


def head_of(path: Path) -> int:
    """The feed's last position."""
    with closing(sqlite3.connect(path)) as database:
        found: int = database.execute("SELECT pos FROM feed_head").fetchone()[0]
        return found


class Watcher:
    """A device that follows the feed from its `head` on, without holding what came before."""

    def __init__(self, store: Store, transport: HttpTransport, head: int) -> None:
        self._token: str = store.meta.get("token")
        self._transport = transport
        self._instance = store.outbox.instance()[1]
        self.records = 0
        welcome = self._exchange(None, 1).welcome
        assert welcome is not None, "the exchange ended"
        self._cursor: str | None = encode(Cursor(welcome.epoch, head, scopes_hash(welcome.scopes)))

    def pull(self) -> None:
        """One exchange from where the last one ended."""
        done = self._exchange(self._cursor, 5_000)
        assert done.end is not None, "the exchange ended"
        self._cursor = done.end.cursor or self._cursor

    def _exchange(self, cursor: str | None, limit: int) -> Exchange:
        exchange = Exchange(Device(self._instance, cursor=cursor, limit=limit, promises="held"))
        reply = self._transport.exchange(self._token, exchange.request(), silent)
        for lines in lines_in(inflate(reply.body, reply.encoding)):
            exchange.receive(lines)
        self.records = exchange.records
        exchange.finish()
        return exchange
