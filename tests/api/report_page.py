"""The page without JavaScript on which a complaint is filed, as a browser has it before it."""

from typing import Any

from tests.conftest import Server

from .html import Page, page_of

KEY, TRAP, SWITCH = "form.key", "form.page", "form.language"

ANSWERS = {
    "kind": "complaint",
    "category": "light",
    "title": "Lampu jalan mati",
    "text": "Lampu jalan mati sejak seminggu di depan pasar.",
    "where": "words",
    "area": "33.74.01.1001",
    "street": "Jalan Contoh, seberang halte",
    "anonymous": "no",
    "name": "Warga Satu",
}


def opened(server: Server, query: str = "") -> Page:
    response = server.app.test_client().get(f"/lapor{query}")
    assert response.status_code == 200
    return page_of(response)


def post(server: Server, data: dict[str, Any], query: str = "", address: str = "10.0.0.1") -> Any:
    return server.app.test_client().post(f"/lapor{query}", data=data, environ_base={"REMOTE_ADDR": address})


def fill(page: Page, **given: Any) -> dict[str, Any]:
    """The form as a browser sends it, with these answers typed in."""
    return page.sent() | given


def filed(server: Server, **given: Any) -> Any:
    """One report, sent from a form of its own; the answer."""
    return post(server, fill(opened(server), **(ANSWERS | given)))


def kept(server: Server) -> dict[str, int]:
    """How much there is of whatever a submission makes."""
    tables = ("person", "device", "instance", "command", "case_record", "stray", "feed")
    return {table: server.rows(f"SELECT count(*) AS n FROM {table}")[0].n for table in tables}


NOTHING = dict.fromkeys(("person", "device", "instance", "command", "case_record", "stray", "feed"), 0)
ONE = dict.fromkeys(NOTHING, 1) | {"stray": 0}


def problems(page: Page) -> dict[str, str]:
    """What the summary says, by the field that its link leads to; each link leads somewhere."""
    found = {}
    ids = {element.get("id"): element for element in page.elements}
    for link in page.all("a"):
        if link["href"].startswith("#") and link.inside("section"):
            target = ids[link["href"][1:]]
            found[target["name"]] = link.words
    return found
