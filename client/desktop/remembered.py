"""The little that is remembered beside the profiles, and that anybody at this computer may know."""

import json
import threading
from pathlib import Path
from typing import Any, Final

from client.vault.disk import write_whole

FILE: Final = "desktop.json"
MOST: Final = 16
"""Map origins kept."""


class Remembered:
    """`server`: used last. `tiles`: where the maps of cities that were worked for come from. `preferences`: how the
    screen is liked. What cannot be written is forgotten; nobody's work is in it."""

    def __init__(self, home: Path) -> None:
        self._path = home / FILE
        self._lock = threading.Lock()

    def get(self) -> dict[str, Any]:
        try:
            found = json.loads(self._path.read_bytes())
        except (OSError, ValueError):
            found = {}
        found = found if isinstance(found, dict) else {}
        server, tiles, preferences = (found.get(name) for name in ("server", "tiles", "preferences"))
        return {
            "server": server if isinstance(server, str) else None,
            "tiles": [each for each in tiles if isinstance(each, str)] if isinstance(tiles, list) else [],
            "preferences": preferences if isinstance(preferences, dict) else {},
        }

    def put(self, **facts: Any) -> None:
        with self._lock:
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                write_whole(self._path, json.dumps(self.get() | facts, ensure_ascii=False).encode())
            except OSError:
                return

    def see_tiles(self, origin: str) -> None:
        tiles = self.get()["tiles"]
        if origin not in tiles:
            self.put(tiles=[*tiles[1 - MOST :], origin])
