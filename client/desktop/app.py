"""The routes of the window's own server. Each answers with JSON, with bytes, or with a problem body."""

from collections.abc import Callable, Iterator
from typing import Any, Final

import bottle
import msgspec

from client.desktop import screens
from client.desktop.deeds import DEEDS, Shown, Window
from client.desktop.problems import MEDIA, NoEntry, body_of
from sync import bundle
from sync.decoding import decoder
from sync.errors import Malformed, NotFound, TooLarge

MAX_JSON: Final = 4 * 1024 * 1024
"""Bytes of arguments; a command has room for less."""
MAX_CARRIED: Final = 64 * 1024 * 1024
"""Bytes of a file with somebody's waiting work, or of a piece of one."""


def make_app(window: Window) -> bottle.Bottle:
    """The WSGI application."""
    app = bottle.Bottle()
    app.config["catchall"] = False
    app.install(_Guard(window))
    app.route("/enter", "GET", lambda: _enter(window), public=True)
    app.route("/show", "POST", lambda: _show(window), public=True)
    app.route("/", "GET", lambda: _page(window))
    app.route("/gate", "GET", lambda: _json(window.standing()))
    app.route("/gate/<deed>", "POST", lambda deed: _gate(window, deed))
    app.route("/desk/watch", "GET", lambda: _watch(window))
    app.route("/desk/file", "GET", lambda: _file(window))
    app.route("/desk/keep_file", "POST", lambda: _keep_file(window))
    app.route("/desk/export", "POST", lambda: _export(window))
    app.route("/desk/bundle", "POST", lambda: _bundle(window))
    app.route("/desk/bundle/<name>", "GET", lambda name: _bundle_file(window, name))
    app.route("/desk/import", "POST", lambda: _import(window))
    app.route("/desk/<method>", "POST", lambda method: _desk(window, method))
    app.route("/<path:path>", "GET", lambda path: _screen(path))
    app.default_error_handler = lambda error: _http(error)
    return app


class _Guard:
    """In front of every route: who asks is looked at first, and whatever is refused behind it is a problem body."""

    name = "guard"
    api = 2

    def __init__(self, window: Window) -> None:
        self._window = window

    def apply(self, callback: Callable[..., Any], route: bottle.Route) -> Callable[..., Any]:
        door, public = self._window.door, bool(route.config.get("public"))

        def guarded(**values: Any) -> Any:
            request = bottle.request
            try:
                door.check_host(
                    request.get_header("Host", ""), None if public else request.get_header("Sec-Fetch-Site")
                )
                if not public:
                    door.check_session(request.get_cookie(door.cookie))
                if not public and request.method != "GET":
                    door.check_deed(request.get_header("X-Tenggat"), request.get_header("Origin"))
                return callback(**values)
            except bottle.HTTPResponse:
                raise
            except Exception as error:
                return _problem(error)
            finally:
                self._window.gate.rest()

        return guarded


def _enter(window: Window) -> bottle.HTTPResponse:
    session = window.door.enter(bottle.request.query.get("key", ""))
    response = bottle.HTTPResponse(status=303, headers={"Location": "/"} | _PRIVATE)
    response.set_cookie(window.door.cookie, session, httponly=True, samesite="strict", path="/")
    return response


def _show(window: Window) -> bottle.HTTPResponse:
    window.show(bottle.request.get_header("X-Tenggat-Key", ""), _read("show", Shown))
    return _json(None)


def _page(window: Window) -> bottle.HTTPResponse:
    headers = screens.headers(window.gate.remembered.get()["tiles"]) | _PRIVATE
    window.came.set()
    return bottle.HTTPResponse(screens.page(), headers=headers | {"Content-Type": "text/html; charset=utf-8"})


def _screen(path: str) -> bottle.HTTPResponse:
    content, media, good = screens.file(path)
    headers = {"Content-Type": media, "Cache-Control": good or "no-store", "X-Content-Type-Options": "nosniff"}
    return bottle.HTTPResponse(content, headers=headers | _OWN)


def _gate(window: Window, deed: str) -> bottle.HTTPResponse:
    if deed not in DEEDS:
        raise NotFound(f"there is no “{deed}”")
    return _json(getattr(window, deed)(_read(deed, DEEDS[deed])))


def _desk(window: Window, method: str) -> bottle.HTTPResponse:
    opened = window.gate.desk()
    from client.desktop import desk

    if method == "city":
        window.gate.see_map(opened)

    if method in desk.DEEDS:
        window.gate.awake()
    return _answer(desk.call(opened, method, _body(MAX_JSON)), "application/json")


def _watch(window: Window) -> bottle.HTTPResponse:
    body: Iterator[bytes] = window.gate.changes.events()
    return bottle.HTTPResponse(body, headers={"Content-Type": "text/event-stream"} | _PRIVATE | _OWN)


def _file(window: Window) -> bottle.HTTPResponse:
    from client.desktop import desk_files

    asked = bottle.request.query
    content, media = desk_files.file(
        window.gate.desk(), asked.getunicode("case", ""), asked.getunicode("attachment", ""), asked.get("size", "")
    )
    # A PDF or a picture that came from somebody else: shown, and never run.
    more = {"Content-Security-Policy": "sandbox; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'"}
    return _answer(content, media, more)


def _keep_file(window: Window) -> bottle.HTTPResponse:
    from client.desktop import desk_files

    opened, asked = window.gate.desk(), bottle.request.query
    window.gate.awake()
    content = _body(desk_files.MAX_FILE)
    types = [each for each in asked.get("types", "").split(",") if each]
    most = _number(asked.get("max_mb", ""), 5) or 0
    name = asked.getunicode("name", "") or ""
    return _json(desk_files.keep_file(opened, content, name, types, most))


def _export(window: Window) -> bottle.HTTPResponse:
    from client.desktop import desk_files

    opened = window.gate.desk()
    content = desk_files.export(opened)
    opened.told()
    return _answer(content, "application/json")


def _bundle(window: Window) -> bottle.HTTPResponse:
    from client.desktop import desk_files

    opened = window.gate.desk()
    window.gate.awake()
    made = desk_files.write(opened)
    opened.told()
    return _json(made)


def _bundle_file(window: Window, name: str) -> bottle.HTTPResponse:
    from client.desktop import desk_files

    pieces, length = desk_files.written(window.gate.desk(), name)
    more = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Length": str(length)}
    return bottle.HTTPResponse(pieces, headers={"Content-Type": bundle.MEDIA} | more | _PRIVATE | _OWN)


def _import(window: Window) -> bottle.HTTPResponse:
    from client.desktop import desk_files

    opened, asked = window.gate.desk(), bottle.request.query
    content = _body(MAX_CARRIED)
    at, of = (_number(asked.get(name, ""), 12) for name in ("at", "of"))
    counts = desk_files.take_in(opened, content, at or 0, len(content) if of is None else of)
    opened.told()
    return _json(counts)


def _number(said: str, digits: int) -> int | None:
    """Of an address; None where none of so many digits is said."""
    return int(said) if said.isascii() and said.isdecimal() and len(said) <= digits else None


def _read(deed: str, kind: Any) -> Any:
    try:
        return decoder(kind).decode(_body(MAX_JSON) or b"{}")
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise Malformed(f"this is not what “{deed}” takes: {error}") from None


def _body(most: int) -> bytes:
    """From where the server has it, in memory: bottle's own would lie on the disk, for anybody to find there."""
    if bottle.request.content_length > most:
        raise TooLarge(f"the body is over {most} bytes")
    content: bytes = bottle.request.environ["wsgi.input"].read(most + 1)
    if len(content) > most:
        raise TooLarge(f"the body is over {most} bytes")
    return content


def _json(value: Any) -> bottle.HTTPResponse:
    return _answer(msgspec.json.encode(value), "application/json")


def _answer(content: bytes, media: str, more: dict[str, str] | None = None) -> bottle.HTTPResponse:
    headers = {"Content-Type": media, "X-Content-Type-Options": "nosniff"} | _PRIVATE | _OWN | (more or {})
    return bottle.HTTPResponse(content, headers=headers)


def _problem(error: Exception) -> bottle.HTTPResponse:
    status, body = body_of(error)
    headers = {"Content-Type": MEDIA, "X-Content-Type-Options": "nosniff"} | _PRIVATE | _OWN
    if "retry_after" in getattr(error, "extra", {}):
        headers["Retry-After"] = str(error.extra["retry_after"])  # type: ignore[attr-defined]
    return bottle.HTTPResponse(body, status=status, headers=headers)


def _http(error: bottle.HTTPError) -> str:
    """What bottle refuses by itself: an address or a method that is not there, a header that cannot be read."""
    found = NotFound("there is nothing at this address") if error.status_code in (404, 405) else NoEntry("refused")
    status, body = body_of(found if error.status_code != 400 else Malformed("the request cannot be read"))
    bottle.response.status = status
    for name, value in ({"Content-Type": MEDIA} | _PRIVATE | _OWN).items():
        bottle.response.set_header(name, value)
    return body.decode()


_PRIVATE: Final = {"Cache-Control": "no-store"}
_OWN: Final = {"Cross-Origin-Resource-Policy": "same-origin"}
"""No other page gets at it, not even one of another port of this computer, which counts as the same site."""
