"""A gap in two sentences, in both languages: what lies still and why, and what to do."""

from collections.abc import Sequence
from typing import Final

from schemas.catalogue.model import City
from schemas.roles import role_name
from schemas.text import Language, Text
from server.domain.covering import Gap

NAMED: Final = 5
"""Kecamatan that are named; of more, the rest is counted."""

_WHO: Final = Text(
    "Tidak ada {role} yang aktif di {office}{where}: {what}.",
    "There is no active {role} in the {office}{where}: {what}.",
)
_STAGES: Final = Text(
    "di sana tidak ada yang mengerjakan {service} di tahap {named}", "nobody there works on {service} at {named}"
)
_ACTIONS: Final = Text("pada {service}, tidak ada yang bisa {named}", "in {service}, nobody can do {named}")
_FURTHER: Final = Text(
    "pada {service}, putaran berikutnya dari {named} tidak bisa diputuskan",
    "in {service}, a further round of {named} cannot be decided",
)
_WHERE: Final = Text(" untuk Kecamatan {named}", " for the kecamatan {named}")
_DO: Final = Text(
    "Beri peran itu kepada seseorang di dinas ini, atau tambah petugas baru.",
    "Give that role to somebody of this office, or add somebody new.",
)
_DO_WHERE: Final = Text(
    "Tambahkan kecamatan itu pada seseorang yang berperan itu, atau beri dia seluruh dinas.",
    "Add these kecamatan to somebody with that role, or let them see the whole office.",
)
_OR: Final = Text(" atau ", " or ")
_MORE: Final = Text(" dan {n} lainnya", " and {n} more")


def why(city: City, gap: Gap, language: Language) -> str:
    """What lies still, and for want of whom, in one sentence."""
    need = gap.need
    service = city.service(need.service)
    what, labels = (
        (_STAGES, [service.stage(code).label for code in need.stages])
        if need.stages
        else (_ACTIONS, [service.action(code).label for code in need.actions])
        if need.actions
        else (_FURTHER, [service.action(code).label for code in need.further])
    )
    named = ", ".join(f"“{label.get(language)}”" for label in labels)
    return _WHO.get(language).format(
        role=_OR.get(language).join(role_name(role, language).lower() for role in need.roles),
        office=city.office(need.office).name.get(language),
        where=_WHERE.get(language).format(named=_districts(city, gap.districts, language)) if gap.districts else "",
        what=what.get(language).format(service=service.name.get(language), named=named),
    )


def what_to_do(gap: Gap, language: Language) -> str:
    """What an admin can do about it."""
    return (_DO_WHERE if gap.districts else _DO).get(language)


def _districts(city: City, codes: Sequence[str], language: Language) -> str:
    names = [city.area(code).name for code in codes[: NAMED if len(codes) > NAMED + 1 else None]]
    left = len(codes) - len(names)
    return ", ".join(names) + (_MORE.get(language).format(n=left) if left else "")
