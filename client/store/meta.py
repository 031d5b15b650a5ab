"""The small facts a device keeps: who it is signed in as, how far it has come, what it was told."""

import json
from typing import Any

from client.store.database import Database


class Meta:
    """Values by name; each is JSON. Absent is None."""

    def __init__(self, connection: Database) -> None:
        self._connection = connection

    def get(self, key: str) -> Any:
        row = self._connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return json.loads(row[0]) if row else None

    def set(self, key: str, value: Any) -> None:
        if value is None:
            self._connection.execute("DELETE FROM meta WHERE key = ?", (key,))
        else:
            self._connection.execute(
                "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                (key, json.dumps(value)),
            )
