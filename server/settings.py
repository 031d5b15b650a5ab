"""What a server can be told, from the environment; every setting has a default that works."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Literal


def built_app() -> Path | None:
    """Where the web app lies once it was built: in the installed package `client`; None where that is not installed.

    Files are looked up by the package's name, as one looks up any data. No code of the client's is used, and none may
    be: server and client meet only in what travels between them (import-linter holds this).
    """
    try:
        return Path(str(resources.files("client"))) / "web" / "dist"
    except ModuleNotFoundError:
        return None


@dataclass(frozen=True)
class Settings:
    """`city`: a shipped city's name or a folder. `data`: where the SQLite file lives. `database`: a URL instead.
    `web`: the folder of the built web app. `proxies`: how many stand in front and say who asked, and over what.
    `files`: the folder of photos and documents, `keys`: that of the server's own keys, both by default inside `data`;
    servers of one city share them. `log`: `json` or `text`; `log_level`: how much of it. `metrics_token`: who may read
    /metrics from elsewhere. `certificate`: a PEM file whose end is watched. `smtp`: the mail server that notices go
    through (server/notices/post.py says how it is written). `address`: the city's own, that links begin with."""

    city: str = "semarang"
    data: Path = Path("data")
    database: str | None = None
    web: Path | None = field(default_factory=built_app)
    proxies: int = 0
    files: Path | None = None
    keys: Path | None = None
    log: Literal["json", "text"] = "text"
    log_level: str = "info"
    metrics_token: str | None = None
    certificate: Path | None = None
    smtp: str | None = field(default=None, repr=False)
    address: str | None = None

    @property
    def files_folder(self) -> Path:
        """Where photos and documents lie."""
        return (self.files or self.data / "files").resolve()

    @property
    def keys_folder(self) -> Path:
        """Where the keys lie that bundles are sealed to."""
        return (self.keys or self.data / "keys").resolve()

    @property
    def database_url(self) -> str:
        """An SQLAlchemy URL; a plain postgresql:// one is given the driver that is installed with the server."""
        if self.database:
            return self.database.replace("postgresql://", "postgresql+psycopg://", 1)
        return f"sqlite:///{self.data.resolve() / 'tenggat.sqlite3'}"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        web, files, keys, certificate = (
            environment.get(f"TENGGAT_{name}") for name in ("WEB", "FILES", "KEYS", "CERTIFICATE")
        )
        return cls(
            city=environment.get("TENGGAT_CITY", cls.city),
            data=Path(environment.get("TENGGAT_DATA", str(cls.data))),
            database=environment.get("TENGGAT_DATABASE_URL") or None,
            web=Path(web) if web else built_app(),
            proxies=int(environment.get("TENGGAT_PROXIES") or cls.proxies),
            files=Path(files) if files else None,
            keys=Path(keys) if keys else None,
            log="json" if environment.get("TENGGAT_LOG") == "json" else "text",
            log_level=environment.get("TENGGAT_LOG_LEVEL", cls.log_level),
            metrics_token=environment.get("TENGGAT_METRICS_TOKEN") or None,
            certificate=Path(certificate) if certificate else None,
            smtp=environment.get("TENGGAT_SMTP_URL") or None,
            address=(environment.get("TENGGAT_ADDRESS") or "").rstrip("/") or None,
        )
