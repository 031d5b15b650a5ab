"""What somebody who cannot see would be read of the windows on a screen, and could press: AT-SPI, in a process of its
own, because it belongs to one session for as long as it runs.

Obeys lines of JSON on standard input, `[order, …]`, each with a line of JSON:

    ["see"]                          all that is shown, as [role, words]
    ["press", role, words, which]    press what is called so
    ["focus", role, words, which]    put the keyboard there
    ["read", role, words, which]     what is typed in there
"""

import json
import sys
from collections.abc import Iterator
from typing import Any

from client.desktop import toolkit

DEPTH = 60
IMAGE = "\ufffc"
"""Stands in a text for what is not text."""


def main() -> None:
    assert toolkit.find_gi(), "apt-get install python3-gi"
    import gi

    gi.require_version("Atspi", "2.0")
    from gi.repository import Atspi, GLib

    def nodes(node: Any, depth: int = 0) -> Iterator[Any]:
        # What was there may be gone by the time it is asked for its parts: a screen that changes is looked at again.
        try:
            yield node
            for place in range(node.get_child_count() if depth < DEPTH else 0):
                if (child := node.get_child_at_index(place)) is not None:
                    yield from nodes(child, depth + 1)
        except GLib.Error:
            return

    def windows() -> Iterator[Any]:
        desktop = Atspi.get_desktop(0)
        # What it noted of an earlier look is mended by events, which nobody here waits for.
        desktop.clear_cache()
        for place in range(desktop.get_child_count()):
            program = desktop.get_child_at_index(place)
            for number in range(program.get_child_count() if program is not None else 0):
                if (window := program.get_child_at_index(number)) is not None:
                    yield from nodes(window)

    def words(node: Any) -> str:
        return str(node.get_name()) or text(node)

    def text(node: Any) -> str:
        found = Atspi.Text.get_text(node, 0, -1) if "Text" in node.get_interfaces() else ""
        return str(found).replace(IMAGE, "").strip()

    def find(role: str, called: str, which: int) -> Any:
        found = [n for n in windows() if n.get_role_name() == role and matches(called, words(n))]
        return found[which] if -len(found) <= which < len(found) else None

    def matches(called: str, found: str) -> bool:
        return found == called[:-1] if called.endswith("$") else found.startswith(called)

    def see() -> list[list[str]]:
        return [[n.get_role_name(), words(n)] for n in windows()]

    def press(*where: Any) -> bool:
        node = find(*where)
        return bool(node is not None and node.do_action(0))

    def focus(*where: Any) -> bool:
        node = find(*where)
        return bool(node is not None and node.grab_focus())

    def read(*where: Any) -> str | None:
        node = find(*where)
        return None if node is None else text(node)

    orders = {"see": see, "press": press, "focus": focus, "read": read}
    for line in sys.stdin:
        order, *given = json.loads(line)
        try:
            answer = orders[order](*given)  # type: ignore[operator]
        except GLib.Error:
            # It went while it was looked at.
            answer = None
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
