"""Every route of the server: who may ask it, and what everybody else gets.

A page for admins alone that needs nothing to be asked is one line: `admin("GET", "/admin/thing")`.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from pyotp import TOTP

from server.admin.assets import asset
from tests.api.admin import half_way_in
from tests.api.device import dumps, new_id
from tests.api.report_page import KEY
from tests.api.sending import MEDIA, checksum, coded
from tests.sweeps.askers import EVERYBODY, GUESTS, OFFICERS, PLANNING, SEATED, UNMARKED, VISITORS, Asker
from tests.sweeps.asking import (
    CONFLICT,
    FORBIDDEN,
    NOT_FOUND,
    NOT_SIGNED_IN,
    Asking,
    Question,
    Refusal,
    Row,
    admin,
    device,
    everybody,
    nobody,
)
from tests.sweeps.city_day import CLOSED, PASSWORD, CityDay

_TUS: Final = {"Tus-Resumable": "1.0.0"}
_CUT_OFF: Final = {"malformed": NOT_SIGNED_IN}
"""A header that is no token's is refused also where none is needed: its sender believes to be somebody."""


def _json(**values: Any) -> Asking:
    return lambda _day, _asker: Question(json=values)


def _code(day: CityDay, _: Asker) -> Question:
    return Question(json={"code": day.invitation})


def _exchange(day: CityDay, asker: Asker) -> Question:
    """One that asks for all there is to see."""
    known = replace(day.devices.get(asker.name) or day.devices["unknown"], cursor=None)
    return Question(body=known.body())


def _photo(day: CityDay, _: Asker) -> Question:
    return Question({"case": day.accepted, "attachment": day.photo})


def _begin(day: CityDay, _: Asker) -> Question:
    named = f"case {coded(day.draft)},attachment {coded(day.waiting['id'])}"
    return Question(headers=_TUS | {"Upload-Length": str(day.waiting["size"]), "Upload-Metadata": named})


def _upload(headers: Mapping[str, str] | None = None, body: bytes | None = None) -> Asking:
    told = _TUS | dict(headers or {})
    return lambda day, _: Question({"upload": day.upload.rpartition("/")[2]}, body=body, headers=told)


def _bytes() -> Asking:
    piece = b"x" * 10
    told = {"Content-Type": MEDIA, "Upload-Offset": "1000", "Upload-Checksum": checksum(piece)}
    return _upload(told, piece)


def _track(day: CityDay, _: Asker) -> Question:
    return Question({"number": day.number}, {"code": day.code, "number": day.number})


def _guess(day: CityDay, _: Asker) -> Question:
    return Question({"number": day.number}, {"code": "AAAA-AAAA", "number": day.number})


def _from_elsewhere(_day: CityDay, _asker: Asker) -> Question:
    return Question(address="203.0.113.9")


def _new_account(_day: CityDay, asker: Asker) -> Question:
    return Question(json={"login": f"baru-{len(asker.name)}", "password": PASSWORD, "name": "Warga Baru"})


def _new_password(_day: CityDay, _asker: Asker) -> Question:
    return Question(json={"old": PASSWORD, "password": "angin di atas atap", "others": False})


def _lost_phone(day: CityDay, _asker: Asker) -> Question:
    return Question({"device": day.lost}, json={"password": PASSWORD})


def _someone(**values: Any) -> Asking:
    return _json(**({"login": "owner", "password": PASSWORD} | values))


PUBLIC: Final = (
    everybody("GET", "/healthz"),
    everybody("GET", "/readyz"),
    everybody("GET", "/metrics"),
    nobody("GET", "/metrics", _from_elsewhere, FORBIDDEN),
    # Where the app was not built; else it stands in front.
    everybody("GET", "/", fine=503, page=True),
    everybody("GET", "/lacak", page=True),
    everybody("GET", "/lacak", _track, page=True),
    nobody("GET", "/lacak", _guess, Refusal(404), page=True),
    everybody("GET", "/lapor", page=True),
    nobody("POST", "/lapor", lambda _day, _asker: Question(form={KEY: "k" * 43}), Refusal(422), page=True),
    everybody("GET", "/api/v1/about"),
    everybody("GET", "/api/v1/catalogue"),
    everybody("GET", "/api/v1/openapi.json"),
    everybody("GET", "/api/v1/track/<string:number>", _track),
    nobody("GET", "/api/v1/track/<string:number>", _guess, NOT_FOUND),
    everybody("POST", "/api/v1/accounts", _new_account, fine=201, but=_CUT_OFF),
    # Who knows login and password is that person; a guest's device brings its cases along.
    everybody("POST", "/api/v1/devices", _someone(), fine=201, but=_CUT_OFF, shows=["name"]),
    nobody("POST", "/api/v1/devices", _someone(password="salah sekali"), Refusal(401, "wrong_credentials")),
    nobody("POST", "/api/v1/devices", _someone(login="closed"), Refusal(401, "wrong_credentials")),
    everybody("POST", "/api/v1/invitations", _code, shows=["login"]),
    nobody("POST", "/api/v1/invitations", _json(code=new_id()), Refusal(404, "invitation_unknown")),
    everybody("POST", "/api/v1/enrolments", _code, fine=201, but=_CUT_OFF | dict.fromkeys(GUESTS, CONFLICT)),
    nobody("POST", "/api/v1/enrolments", _json(code=new_id()), Refusal(404, "invitation_unknown")),
    # Whoever carries a bundle needs no token: the bundle itself says who speaks. This one is none.
    nobody(
        "POST",
        "/api/v1/bundles",
        lambda _day, _asker: Question(body=b"TGB1", headers={"Content-Type": "application/vnd.tenggat.bundle"}),
        Refusal(400, "not_a_bundle"),
    ),
    everybody("OPTIONS", "/api/v1/uploads", fine=204),
)

DEVICES: Final = (
    # A revoked device is told to hand over and to drop what it holds; nothing comes along.
    device("POST", "/api/v1/sync", SEATED | {"revoked", "left"}, _exchange),
    device("GET", "/api/v1/me", SEATED),
    device("GET", "/api/v1/templates", OFFICERS, rest=FORBIDDEN),
    device("DELETE", "/api/v1/devices", SEATED - GUESTS, fine=204, rest=FORBIDDEN),
    # A guest has no password.
    device("PUT", "/api/v1/me/password", SEATED - GUESTS, _new_password, rest=FORBIDDEN),
    device("GET", "/api/v1/me/devices", SEATED - GUESTS, rest=FORBIDDEN),
    device("POST", "/api/v1/me/devices/<string:device>/end", ["owner"], _lost_phone, fine=204),
    device("POST", "/api/v1/diagnoses", ["surveyor"], _json(app="tenggat 1"), fine=204, rest=CONFLICT),
    device("GET", "/api/v1/cases/<string:case>/files/<string:attachment>", {"owner"} | PLANNING, _photo),
    device("GET", "/api/v1/cases/<string:case>/files/<string:attachment>/thumbnail", {"owner"} | PLANNING, _photo),
    device("POST", "/api/v1/uploads", ["owner"], _begin, fine=201),
    device("HEAD", "/api/v1/uploads/<string:upload>", ["owner"], _upload()),
    device("PATCH", "/api/v1/uploads/<string:upload>", ["owner"], _bytes(), fine=204),
    device("DELETE", "/api/v1/uploads/<string:upload>", ["owner"], _upload(), fine=204),
    device("POST", "/api/v1/uploads/<string:upload>", ["owner"], _upload({"X-HTTP-Method-Override": "HEAD"})),
)

OFFICES: Final = ("admin", "supervisor")
"""Of the board: the admin, and the supervisor of the office that the surveyor is of."""


def _the_device(day: CityDay) -> dict[str, str]:
    return {"id": day.device}


def _the_report(day: CityDay) -> dict[str, str]:
    return {"id": day.device, "came": day.came}


def _stuck(day: CityDay) -> dict[str, str]:
    return {"key": day.stuck}


def _stray(day: CityDay) -> dict[str, str]:
    return {"key": day.stray}


def _corrected(day: CityDay) -> dict[str, str]:
    return {"line": dumps({"t": "command", "seq": 1, "kind": "case.edit", "case": day.filed, "data": {}}).decode()}


def _surveyor(day: CityDay) -> dict[str, str]:
    return {"id": day.persons["surveyor"]}


def _supervisor(day: CityDay) -> dict[str, str]:
    """Who has a second factor to lose."""
    return {"id": day.persons["supervisor"]}


def _second_step(day: CityDay) -> dict[str, str]:
    code = TOTP(day.factor).at(day.server.clock(), counter_offset=1)
    return {"slip": half_way_in(day.server, day.persons["supervisor"]), "code": code}


def _invited(day: CityDay) -> dict[str, str]:
    (row,) = day.server.rows(
        "SELECT id, person_id FROM invitation WHERE used IS NULL AND revoked IS NULL ORDER BY id LIMIT 1"
    )
    return {"id": row.person_id, "invitation": row.id}


def _text(day: CityDay) -> dict[str, str]:
    return {"id": day.template}


_CHOSEN: Final = {"old": PASSWORD, "password": "angin di atas atap"}

_TEXT: Final = {"title": "Salam", "text": "Terima kasih."}


_DAY_OFF: Final = {
    "day": "2026-11-30",
    "kind": "closed",
    "name_id": "Pemilihan",
    "name_en": "Election",
    "decree": "SK 12",
}


def _seen(day: CityDay) -> dict[str, str]:
    """The day, and the calendar as whoever sends it has seen it."""
    return _DAY_OFF | {"seen": day.server.world.rules.refresh(day.server.engine).mark}


def _closed(_day: CityDay) -> dict[str, str]:
    return {"day": CLOSED.on.isoformat()}


def _style(day: CityDay) -> dict[str, str]:
    with day.server.app.test_request_context():
        return {"name": asset("admin.css").rpartition("/")[2]}


def _shown_to_all(method: str, rule: str, **more: Any) -> Row:
    """A page of the admin's that needs no session."""
    found = admin(method, rule, *EVERYBODY, shows=(), **more)
    return Row(found.method, found.rule, EVERYBODY, found.rest, found.ask, found.fine, page=True)


ADMIN: Final = (
    admin("GET", "/admin/", *OFFICES, "supervisor elsewhere", fine=303),
    _shown_to_all("GET", "/admin/assets/<name>", at=_style),
    _shown_to_all("GET", "/admin/sign-in", fine=[200, 303]),
    _shown_to_all("POST", "/admin/sign-in", form={"login": "petugas7", "password": PASSWORD}),
    nobody(
        "POST",
        "/admin/sign-in",
        lambda _day, _asker: Question(form={"login": "owner", "password": PASSWORD}),
        Refusal(403),
        page=True,
    ),
    _shown_to_all("GET", "/admin/sign-in/code", fine=303),
    _shown_to_all("POST", "/admin/sign-in/code", form=_second_step),
    # Whoever is in already, having pressed twice, goes on; nothing is opened to anybody else.
    admin(
        "POST",
        "/admin/sign-in/code",
        *VISITORS,
        *UNMARKED,
        form={"slip": "x" * 40, "code": "123456"},
        shows=(),
    ),
    admin("POST", "/admin/sign-out", *OFFICES, "supervisor elsewhere"),
    admin("GET", "/admin/second-factor", *OFFICES, "supervisor elsewhere", shows=()),
    admin(
        "POST",
        "/admin/second-factor",
        *OFFICES,
        "supervisor elsewhere",
        form={"do": "set_up", "password": PASSWORD},
        fine=200,
        shows=(),
    ),
    # Everybody's own offices; the table of devices itself is told apart below.
    admin("GET", "/admin/board", *OFFICES, "supervisor elsewhere"),
    admin("GET", "/admin/board/events", *OFFICES, "supervisor elsewhere", shows=()),
    admin("GET", "/admin/devices/<id>", *OFFICES, at=_the_device, rest=Refusal(404)),
    admin("GET", "/admin/devices/<id>/history.svg", *OFFICES, at=_the_device, rest=Refusal(404)),
    admin("GET", "/admin/devices/<id>/diagnoses/<came>.json", at=_the_report),
    admin("GET", "/admin/devices/<id>/revoke", at=_the_device),
    admin("POST", "/admin/devices/<id>/revoke", at=_the_device, form={"why": "lost"}),
    admin("POST", "/admin/devices/<id>/resync", at=_the_device),
    admin("POST", "/admin/devices/<id>/diagnose", at=_the_device),
    admin("GET", "/admin/quarantine"),
    admin("GET", "/admin/quarantine/<key>", at=_stuck),
    # The one page that shows what somebody typed, and it is noted who looked.
    admin("POST", "/admin/quarantine/<key>/payload", at=_stuck, fine=200, shows=["login", "aside"]),
    admin("POST", "/admin/quarantine/<key>/retry", at=_stuck, fine=409),
    admin("POST", "/admin/quarantine/<key>/correct", at=_stuck, form=_corrected, fine=[303, 409, 422]),
    admin("POST", "/admin/quarantine/<key>/reject", at=_stuck, form={"words": "Kirim sekali lagi."}),
    admin("POST", "/admin/quarantine/<key>/dismiss", at=_stray),
    admin("GET", "/admin/people"),
    admin("GET", "/admin/people/new"),
    admin(
        "POST",
        "/admin/people/new",
        form={"user": "petugas-baru", "name": "Petugas", "role": "planner", "how": "made_up"},
        fine=200,
    ),
    admin("GET", "/admin/people/<id>", at=_surveyor),
    admin("GET", "/admin/people/<id>/change", at=_surveyor),
    admin("POST", "/admin/people/<id>/change", at=_surveyor, form={"name": "Petugas", "role": "planner"}),
    admin("GET", "/admin/people/<id>/invite", at=_surveyor),
    admin(
        "POST",
        "/admin/people/<id>/invite",
        at=_surveyor,
        form={"days": "7", "address": "https://layanan.example.id"},
        fine=200,
    ),
    admin("POST", "/admin/people/<id>/invitations/<invitation>/withdraw", at=_invited),
    admin("GET", "/admin/people/<id>/password", at=_surveyor),
    admin("POST", "/admin/people/<id>/password", at=_surveyor, form={"how": "made_up"}, fine=200),
    admin("GET", "/admin/people/<id>/second-factor", at=_supervisor),
    admin("POST", "/admin/people/<id>/second-factor", at=_supervisor),
    admin("POST", "/admin/people/<id>/sessions/end", at=_surveyor),
    admin("GET", "/admin/people/<id>/close", at=_surveyor),
    admin("POST", "/admin/people/<id>/close", at=_surveyor, form={"why": "left"}),
    # It is open, and so cannot be opened.
    admin("POST", "/admin/people/<id>/open", at=_surveyor, fine=409),
    admin("GET", "/admin/password", *OFFICES, "supervisor elsewhere", shows=()),
    admin("POST", "/admin/password", *OFFICES, "supervisor elsewhere", form=_CHOSEN, shows=()),
    admin("GET", "/admin/offices"),
    admin("GET", "/admin/offices/<code>", at=lambda _day: {"code": "distaru"}),
    admin("GET", "/admin/settings", shows=()),
    admin("POST", "/admin/settings", form={"silent_days": "3", "notice_days": "2"}),
    admin("GET", "/admin/calendar", shows=()),
    admin("GET", "/admin/calendar/change", query=_DAY_OFF, shows=()),
    admin("POST", "/admin/calendar/change", form=_seen, shows=()),
    admin("GET", "/admin/calendar/<day>/remove", at=_closed, shows=()),
    admin("POST", "/admin/calendar/<day>/remove", at=_closed, form=_seen, shows=()),
    admin("GET", "/admin/catalogue", shows=()),
    admin("GET", "/admin/templates", shows=()),
    admin("GET", "/admin/templates/new", shows=()),
    admin("POST", "/admin/templates/new", form=_TEXT),
    admin("GET", "/admin/templates/<id>", at=_text, shows=()),
    admin("POST", "/admin/templates/<id>", at=_text, form=_TEXT | {"version": "1"}),
    admin("POST", "/admin/templates/<id>/retire", at=_text),
    admin("GET", "/admin/notices"),
    # Everybody's own, of which there are none here.
    admin("GET", "/admin/told", *OFFICES, "supervisor elsewhere", shows=()),
    admin("POST", "/admin/notices/retry"),
    # No server for mail was named here.
    admin("POST", "/admin/notices/test", form={"to": "petugas@kota.example"}, fine=502),
    admin("GET", "/admin/health"),
    admin("GET", "/admin/audit"),
)

ROWS: Final = (*PUBLIC, *DEVICES, *ADMIN)
