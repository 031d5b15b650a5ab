"""The real window, told what to do by lines of JSON on standard input: a test cannot be in the window's process, whose
main thread is the window's.

    {"js": "…"}       run this in the page; its value is answered
    {"title": null}   what the window is called now; `visible`, `said` (notifications) likewise
    {"close": null}   as its X does
"""

import json
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import webview

from client.desktop import notices, window
from client.vault import Profiles
from tests.keyrings import QUICK, ring


def main(home: str, profile: str | None = None) -> None:
    said: list[str] = []
    create = webview.create_window

    def created(*given: Any, **named: Any) -> Any:
        made = create(*given, **named)
        threading.Thread(target=_obey, args=[made, said], daemon=True).start()
        return made

    webview.create_window = created
    # The machine's own notifications are not for tests; what would have been said is answered to "said".
    notices.Desktop.__call__ = lambda _, sentence: said.append(sentence)  # type: ignore[method-assign]
    window.run(Profiles(Path(home), ring(), cost=QUICK), profile=profile)
    print(json.dumps({"over": True}), flush=True)


def _obey(made: Any, said: list[str]) -> None:
    made.events.loaded.wait()
    orders: dict[str, Callable[[Any], Any]] = {
        "js": lambda script: made.run_js(script),
        "title": lambda _: made.native.get_title(),
        "visible": lambda _: made.native.get_visible(),
        "close": lambda _: made.gui.glib.idle_add(made.native.close),
        "said": lambda _: list(said),
    }
    print(json.dumps({"loaded": made.real_url}), flush=True)
    for line in sys.stdin:
        [(order, value)] = json.loads(line).items()
        try:
            answer = {"answer": orders[order](value)}
        except Exception as error:
            answer = {"error": repr(error)}
        print(json.dumps(answer, default=str), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
