"""A page as somebody without JavaScript has it: its elements, its words, and a form as their browser sends it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

VOID = {"input", "meta", "link", "br", "img", "hr", "source"}


@dataclass
class Element:
    """`words` is all text inside, with every run of blanks as one."""

    tag: str
    attributes: dict[str, str]
    parents: tuple["Element", ...]
    parts: list[str] = field(default_factory=list)

    @property
    def words(self) -> str:
        return " ".join("".join(self.parts).split())

    def inside(self, tag: str) -> "Element | None":
        return next((parent for parent in reversed(self.parents) if parent.tag == tag), None)

    def __getitem__(self, name: str) -> str:
        return self.attributes[name]

    def get(self, name: str) -> str | None:
        return self.attributes.get(name)


class Page(HTMLParser):
    """Every tag must be closed, as a reader of the source expects it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(html)
        self.close()
        assert not self._open, f"<{self._open[-1].tag}> is never closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> has an attribute twice: {names}"
        found = Element(tag, {name: value or "" for name, value in attrs}, tuple(self._open))
        self.elements.append(found)
        if tag not in VOID:
            self._open.append(found)

    def handle_endtag(self, tag: str) -> None:
        assert self._open[-1].tag == tag, f"</{tag}> closes <{self._open[-1].tag}>"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.parts.append(data)

    def all(self, tag: str | None = None, **attributes: str) -> list[Element]:
        """Elements in order; `cls` is one of its classes, other names are attributes (`for_` is `for`)."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items() if name != "cls"}
        return [
            element
            for element in self.elements
            if (tag is None or element.tag == tag)
            and wanted.items() <= element.attributes.items()
            and attributes.get("cls") in (None, *element.attributes.get("class", "").split())
        ]

    def one(self, tag: str | None = None, **attributes: str) -> Element:
        (found,) = self.all(tag, **attributes)
        return found

    @property
    def words(self) -> str:
        return self.one("body").words

    @property
    def main(self) -> str:
        return self.one("main").words

    def sent(self) -> dict[str, list[str]]:
        """What a browser sends when the first button is pressed, by name."""
        found: dict[str, list[str]] = {}
        for name, value in self._controls():
            found.setdefault(name, []).append(value)
        return found

    def _controls(self) -> Iterator[tuple[str, str]]:
        for element in self.elements:
            kind = element.get("type")
            if element.tag == "input" and (kind not in ("radio", "checkbox") or "checked" in element.attributes):
                yield element["name"], element["value"]
            elif element.tag == "textarea":
                # A browser drops the line end that follows the tag, and sends the others as CR LF.
                text = "".join(element.parts)
                yield element["name"], text.removeprefix("\n").replace("\r\n", "\n").replace("\n", "\r\n")
            elif element.tag == "select":
                options = [o for o in self.elements if o.tag == "option" and element in o.parents]
                chosen = [o for o in options if "selected" in o.attributes] or options[:1]
                yield from ((element["name"], option["value"]) for option in chosen)


def page_of(response: Any) -> Page:
    """The page in a response."""
    assert response.mimetype == "text/html", response.get_data()
    return Page(response.get_data(as_text=True))
