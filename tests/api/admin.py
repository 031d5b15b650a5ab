"""Somebody at the admin pages with a browser without JavaScript: cookies are kept, forms sent as they were drawn."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, text
from werkzeug.test import TestResponse

from server.access import half_way, passwords
from server.access.staff import add_staff
from server.store.database import writing
from tests.api.html import Page
from tests.conftest import Server

PASSWORD = "kata sandi panjang"


@dataclass
class Desk:
    """A browser at one server. `shown` is the page it shows."""

    server: Server
    language: str = "id"
    person: str = ""
    login: str = ""
    address: str | None = None
    """Where it reaches the server; None for plain http on this machine."""
    status: int = 0
    shown: Page = field(default_factory=lambda: Page(""))

    def __post_init__(self) -> None:
        self.client = self.server.app.test_client()

    def open(self, path: str, **query: Any) -> Page:
        """Go to an address, and wherever that leads."""
        if self.language == "en":
            query["lang"] = "en"
        found = self.client.get(path, query_string=query or None, base_url=self.address, follow_redirects=True)
        return self._take(found)

    def sign_in(self) -> None:
        """Sign in, perhaps once more: a session does not last while a test moves the clock. The city wants no second
        factor, unless it was told to."""
        optional_factor(self.server.engine)
        self.open("/admin/")
        self.send("/admin/sign-in", login=self.login, password=PASSWORD)

    def follow(self, words: str) -> Page:
        """Press the first link with these words."""
        return self.open(next(one["href"] for one in self.shown.all("a") if one.words == words))

    def send(self, action: str, **typed: Any) -> Page:
        """Send the shown page's form with this action (its end will do), filled in with these."""
        form = next(one for one in self.shown.all("form") if _path(one["action"]).endswith(action))
        fields: dict[str, list[Any]] = {}
        for one in self.shown.elements:
            chosen = one.get("type") not in ("checkbox", "radio") or one.get("checked") is not None
            if one.inside("form") is form and one.get("name") and one.tag == "input" and chosen:
                # A name may stand there more than once, as boxes of one list do.
                fields.setdefault(one["name"], []).append(one.get("value") or "")
            elif one.inside("form") is form and one.tag == "textarea":
                fields[one["name"]] = ["".join(one.parts)]
        method = self.client.post if form.get("method") == "post" else self.client.get
        values: dict[str, Any] = {"data" if form.get("method") == "post" else "query_string": fields | typed}
        return self._take(method(form["action"], base_url=self.address, follow_redirects=True, **values))

    def _take(self, response: TestResponse) -> Page:
        self.status = response.status_code
        self.shown = Page(response.get_data(as_text=True))
        return self.shown

    @property
    def heading(self) -> str:
        return self.shown.one("h1").words

    @property
    def words(self) -> str:
        """All that the page's main part says."""
        return self.shown.main


def _path(address: str) -> str:
    return address.partition("?")[0]


def optional_factor(engine: Engine) -> None:
    """The city wants no second factor, of which most tests know nothing. Not by `city_settings`: that would stand in
    the audit log."""
    with writing(engine) as connection:
        connection.execute(
            text(
                "INSERT INTO setting (name, value, changed, person)"
                " VALUES ('admin_factor', 'false', '2026-03-16T02:00:00Z', 'cli') ON CONFLICT (name) DO NOTHING"
            )
        )


def half_way_in(server: Server, person: str) -> str:
    """What the form for the code carries of somebody who has just typed their password."""
    (row,) = server.rows("SELECT password FROM person WHERE id = :id", id=person)
    return half_way.begin(server.world, person, passwords.mark(row.password))


def signed_in(server: Server, *roles: str, scopes: tuple[str, ...] = (), login: str = "atasan") -> Desk:
    """A desk at which a new member of staff with these roles has signed in."""
    person = add_staff(
        server.engine,
        server.city,
        server.world.sources,
        login=login,
        password=PASSWORD,
        name=f"Petugas {login}",
        roles=roles or ("admin",),
        scopes=scopes,
    )
    desk = Desk(server, person=person, login=login)
    desk.sign_in()
    return desk
