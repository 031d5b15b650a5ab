"""What is different between two catalogues, in words: for whoever must know what a change of the city's folder does.

Every difference is told. What people ask about (limits, stages, fields, days off) is told with its values; the rest by
the name that it has in the folder, so that nothing passes unseen.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from schemas.catalogue.model import City, Limit, Override, Service
from schemas.explain import date_in_words
from schemas.roles import role_name
from schemas.text import Language, Text


@dataclass(frozen=True)
class Change:
    """`place`: the service, or what else of the city; `said`: one sentence without a full stop."""

    place: Text
    said: Text


def changes(old: City, new: City) -> list[Change]:
    """All that is different in `new`, the services first."""
    return [*_services(old, new), *_city(old, new)]


def _services(old: City, new: City) -> Iterator[Change]:
    before, after = ({one.code: one for one in city.services} for city in (old, new))
    for code, service in before.items():
        if code not in after:
            yield Change(service.name, Text("layanan dihapus", "the service was removed"))
    for code, service in after.items():
        if code not in before:
            yield Change(service.name, Text("layanan baru", "a new service"))
            continue
        for said in _service(before[code], service):
            yield Change(service.name, said)


def _service(old: Service, new: Service) -> Iterator[Text]:
    yield from _limits(old, new)
    for name, noun in _LISTS.items():
        yield from _things(noun, getattr(old, name), getattr(new, name))
    before, after = ({form.code: form.fields for form in service.forms} for service in (old, new))
    for code in before.keys() | after.keys():
        noun = Text(f"isian formulir {code}", f"field of the form {code}")
        yield from _things(noun, before.get(code, ()), after.get(code, ()))
    told = {"forms", "limits", *_LISTS}
    yield from _attributes(None, old, new, told)


def _limits(old: Service, new: Service) -> Iterator[Text]:
    before, after = ({limit.code: limit for limit in service.all_limits()} for service in (old, new))
    for code, limit in before.items():
        if code not in after:
            yield _both("batas waktu “{name}” dihapus", "the time limit “{name}” was removed", name=limit.label)
    own = {limit.code for limit in new.limits}
    for code, limit in after.items():
        if code not in before:
            yield _both(
                "batas waktu baru “{name}”: {after}", "a new time limit “{name}”: {after}", name=limit.label,
                after=_span(limit),
            )  # fmt: skip
            continue
        was = before[code]
        if (was.days, was.unit) != (limit.days, limit.unit):
            yield _both(
                "batas waktu “{name}”: dari {before} menjadi {after}; berkas yang sudah berjalan tidak berubah",
                "the time limit “{name}”: from {before} to {after}; cases that run already keep theirs",
                name=limit.label, before=_span(was), after=_span(limit),
            )  # fmt: skip
        # When a stage's own limit starts and ends follows from the actions, which are told of themselves.
        told = {"days", "unit"} | (set() if code in own else {"starts", "ends", "label"})
        yield from _attributes(
            _both("batas waktu “{name}”", "the time limit “{name}”", name=limit.label), was, limit, told
        )


def _things(noun: Text, old: Iterable[Any], new: Iterable[Any]) -> Iterator[Text]:
    """Of a list whose members have a code or a name: what came, what went, what is different in those that stayed."""
    before, after = ({_key(one): one for one in things} for things in (old, new))
    for key, thing in before.items():
        if key not in after:
            yield _both("{noun} “{name}” dihapus", "{noun} “{name}” removed", noun=noun, name=_name(thing))
    for key, thing in after.items():
        if key not in before:
            yield _both("{noun} “{name}” baru", "new {noun} “{name}”", noun=noun, name=_name(thing))
        else:
            whose = _both("{noun} “{name}”", "{noun} “{name}”", noun=noun, name=_name(thing))
            yield from _attributes(whose, before[key], thing, {"limit"})
    if list(before) != list(after) and before.keys() == after.keys():
        yield _both("{noun}: urutannya berubah", "{noun}: in another order", noun=noun)


def _attributes(whose: Text | None, old: Any, new: Any, told: Iterable[str]) -> Iterator[Text]:
    """What is different in two structs of one type; what was `told` is left out."""
    for name in old.__struct_fields__:
        before, after = getattr(old, name), getattr(new, name)
        if name in told or before == after:
            continue
        what = _ATTRIBUTES.get(name, Text(f"“{name}”", f"“{name}”"))
        what = what if whose is None else _both("{whose}, {what}", "{whose}, {what}", whose=whose, what=what)
        shown = [_value(value) for value in (before, after)]
        if shown[0] is None or shown[1] is None:
            yield _both("{what} berubah", "{what} changed", what=what)
        else:
            yield _both("{what}: dari {a} menjadi {b}", "{what}: from {a} to {b}", what=what, a=shown[0], b=shown[1])


def _city(old: City, new: City) -> Iterator[Change]:
    days = Text("Kalender", "Calendar")
    before, after = ({day.on: day for day in city.overrides} for city in (old, new))
    for on in sorted(before.keys() | after.keys()):
        was, now = before.get(on), after.get(on)
        if was != now:
            yield Change(days, _day(was, now))
    for name, noun in (("offices", Text("kantor", "office")), ("areas", Text("wilayah", "area"))):
        for said in _things(noun, getattr(old, name), getattr(new, name)):
            yield Change(_PLACES[name], said)
    for said in _attributes(None, old, new, {"services", "overrides", "offices", "areas"}):
        yield Change(Text("Kota", "City"), said)


def _day(was: Override | None, now: Override | None) -> Text:
    day = now or was
    assert day is not None, "one of the two is there"
    on = Text(date_in_words(day.on, "id"), date_in_words(day.on, "en"))
    if now is None:
        return _both("{on} tidak lagi diatur: {name}", "{on} is not decided on any more: {name}", on=on, name=day.name)
    kind = Text("tutup", "closed") if now.kind == "closed" else Text("hari kerja", "a working day")
    return _both("{on} {kind}: {name} ({decree})", "{on} is {kind}: {name} ({decree})", on=on, kind=kind,
                 name=now.name, decree=Text(now.decree, now.decree))  # fmt: skip


def _both(indonesian: str, english: str, **values: Text) -> Text:
    return Text(
        indonesian.format(**{name: value.id for name, value in values.items()}),
        english.format(**{name: value.en for name, value in values.items()}),
    )


def _span(limit: Limit) -> Text:
    plural = "" if limit.days == 1 else "s"
    if limit.unit == "working":
        return Text(f"{limit.days} hari kerja", f"{limit.days} working day{plural}")
    return Text(f"{limit.days} hari", f"{limit.days} day{plural}")


def _key(thing: Any) -> str:
    return str(thing.name if hasattr(thing, "type") else thing.code)


def _name(thing: Any) -> Text:
    """A thing in words: its label or name, else its code."""
    for word in ("label", "name"):
        found = getattr(thing, word, None)
        if isinstance(found, Text):
            return found
    found = getattr(thing, "name", None) or thing.code
    return Text(str(found), str(found))


def _value(value: Any) -> Text | None:
    """A value that is short enough to show; None for anything else."""
    if isinstance(value, Text):
        return _both("“{value}”", "“{value}”", value=value) if len(value.id) + len(value.en) <= _SHORT else None
    if isinstance(value, bool):
        return Text("ya", "yes") if value else Text("tidak", "no")
    if value is None or value == ():
        return Text("tidak ada", "none")
    if isinstance(value, tuple) and all(isinstance(one, str) for one in value):
        return Text(*(", ".join(_word(one, language) for one in value) for language in _LANGUAGES))
    if isinstance(value, tuple) and all(isinstance(getattr(one, "label", None), Text) for one in value):
        found = Text(*(", ".join(one.label.get(language) for one in value) for language in _LANGUAGES))
        return found if len(found.id) <= _SHORT else None
    if isinstance(value, str) and len(value) > _SHORT:
        return None
    if isinstance(value, str | int | float):
        return Text(*(_word(str(value), language) for language in _LANGUAGES))
    if isinstance(value, Mapping | msgspec.Struct):
        return None
    return None


def _word(code: str, language: Language) -> str:
    return role_name(code, language)


_LANGUAGES: Final[tuple[Language, Language]] = ("id", "en")
_SHORT: Final = 160
_LISTS: Final = {
    "stages": Text("tahap", "stage"),
    "fields": Text("isian", "field"),
    "documents": Text("dokumen", "document"),
    "actions": Text("tindakan", "action"),
    "groups": Text("bagian", "section"),
}
_PLACES: Final = {"offices": Text("Kantor", "Offices"), "areas": Text("Wilayah", "Areas")}
_ATTRIBUTES: Final = {
    "version": Text("versi aturan", "version of the rule"),
    "name": Text("nama", "name"),
    "label": Text("nama", "name"),
    "summary": Text("ringkasan", "summary"),
    "help": Text("petunjuk", "hint"),
    "says": Text("yang dikatakan kepada pemohon", "what the applicant is told"),
    "role": Text("siapa yang bertindak", "who acts"),
    "roles": Text("siapa yang boleh", "who may"),
    "required": Text("wajib", "required"),
    "options": Text("pilihan", "choices"),
    "personal": Text("data pribadi", "personal"),
    "internal": Text("hanya untuk petugas", "for officers only"),
    "when": Text("kapan ditanyakan", "when it is asked"),
    "type": Text("jenis isian", "kind of field"),
    "types": Text("jenis berkas", "kinds of file"),
    "group": Text("bagian", "section"),
    "from_": Text("dari tahap", "from the stages"),
    "to": Text("menuju tahap", "leads to the stage"),
    "note": Text("catatan", "note"),
    "starts": Text("mulai dihitung", "starts"),
    "ends": Text("berhenti dihitung", "ends"),
    "rolls": Text("bila jatuh pada hari libur", "where it falls on a day off"),
    "law": Text("dasar hukum", "law"),
    "promise": Text("yang dijanjikan", "what is promised"),
    "office": Text("kantor", "office"),
    "prefix": Text("awal nomor berkas", "beginning of case numbers"),
    "weekend": Text("akhir pekan", "weekend"),
    "office_hours": Text("jam kerja", "office hours"),
    "hours": Text("jam kerja", "office hours"),
    "timezone": Text("zona waktu", "time zone"),
    "calendar_version": Text("versi kalender", "version of the calendar"),
    "holidays": Text("hari libur nasional", "national holidays"),
    "texts": Text("teks", "texts"),
    "map": Text("peta", "map"),
    "certificate": Text("surat keputusan", "certificate"),
    "routes": Text("kantor tujuan", "routing"),
}
