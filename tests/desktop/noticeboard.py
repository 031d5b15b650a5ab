"""The notifications of a computer, as the desktop's specification has them: a service on the session's bus that shows
nothing, and writes each down as a line of JSON on standard output."""

import json
from itertools import count
from typing import Any

from client.desktop import toolkit

NAME = "org.freedesktop.Notifications"
SIGNATURES = {
    "GetCapabilities": ((), ("as",)),
    "GetServerInformation": ((), ("s", "s", "s", "s")),
    "CloseNotification": (("u",), ()),
    "Notify": (("s", "u", "s", "s", "s", "as", "a{sv}", "i"), ("u",)),
}


def main() -> None:
    assert toolkit.find_gi(), "apt-get install python3-gi"
    from gi.repository import Gio, GLib

    numbers = count(1)
    answers: dict[str, Any] = {
        "GetCapabilities": lambda *_: (["body"],),
        "GetServerInformation": lambda *_: ("noticeboard", "Tenggat", "1", "1.2"),
        "CloseNotification": lambda *_: (),
        "Notify": lambda *given: note(*given),
    }

    def note(program: str, _replaces: int, _icon: str, summary: str, body: str, *_: Any) -> tuple[int]:
        print(json.dumps([program, summary, body]), flush=True)
        return (next(numbers),)

    def called(_bus: Any, _by: str, _path: str, _of: str, method: str, given: Any, call: Any) -> None:
        signature = f"({''.join(SIGNATURES[method][1])})"
        call.return_value(GLib.Variant(signature, answers[method](*given.unpack())))

    def connected(bus: Any, _name: str) -> None:
        described = Gio.DBusNodeInfo.new_for_xml(_described()).interfaces[0]
        bus.register_object(f"/{NAME.replace('.', '/')}", described, called, None, None)

    Gio.bus_own_name(Gio.BusType.SESSION, NAME, Gio.BusNameOwnerFlags.NONE, connected, None, None)
    GLib.MainLoop().run()


def _described() -> str:
    methods = []
    for method, (taken, given) in SIGNATURES.items():
        arguments = [
            f'<arg type="{one}" direction="{way}"/>' for way, all_ in (("in", taken), ("out", given)) for one in all_
        ]
        methods.append(f'<method name="{method}">{"".join(arguments)}</method>')
    return f'<node><interface name="{NAME}">{"".join(methods)}</interface></node>'


if __name__ == "__main__":
    main()
