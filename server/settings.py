"""What a server can be told, from the environment; every setting has a default that works."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """`city`: a shipped city's name or a folder. `data`: where the SQLite file lives. `database`: a URL instead."""

    city: str = "semarang"
    data: Path = Path("data")
    database: str | None = None

    @property
    def database_url(self) -> str:
        """An SQLAlchemy URL; a plain postgresql:// one is given the driver that is installed with the server."""
        if self.database:
            return self.database.replace("postgresql://", "postgresql+psycopg://", 1)
        return f"sqlite:///{self.data.resolve() / 'tenggat.sqlite3'}"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        return cls(
            city=environment.get("TENGGAT_CITY", cls.city),
            data=Path(environment.get("TENGGAT_DATA", str(cls.data))),
            database=environment.get("TENGGAT_DATABASE_URL") or None,
        )
