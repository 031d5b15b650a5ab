"""Notices in words, for a letter and for the admin pages: pure. Nothing personal is in them, so that a letter may lie
in anybody's mailbox: a case's number, its service and stage, a date, a link."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final
from zoneinfo import ZoneInfo

from schemas.catalogue.model import City
from schemas.explain import date_in_words
from schemas.text import Language, Text
from server.domain.workflow import stage_of
from server.notices.held import Notice
from server.web import screens

MOST: Final = 40
"""Lines of a letter; of the rest only the number is told."""

ORDER: Final = (
    "codes_shut",
    "grant_past",
    "grant_soon",
    "still_overdue",
    "overdue",
    "due_soon",
    "device_silent",
    "backlog",
)
"""What a letter tells first."""

HEADS: Final[dict[str, Text]] = {
    "codes_shut": Text(
        "Kode dari ponsel untuk halaman admin ditutup sesudah banyak kode salah. Bila bukan pemiliknya yang mengetik,"
        " orang lain mengetahui kata sandinya: pemiliknya masuk dengan kode pemulihan dan mengganti kata sandi, atau"
        " admin lain memberinya yang baru",
        "Codes of the phone for the admin pages were shut after many wrong ones. If it was not their owner who typed"
        " them, somebody else knows the password: the owner signs in with a recovery code and changes it, or another"
        " admin gives a new one",
    ),
    "grant_past": Text(
        "Batas keputusan menurut UU 30/2014 sudah lewat: diamnya pejabat dapat dianggap mengabulkan. Tidak ada yang"
        " dikabulkan otomatis. Putuskan segera, dan siapkan buktinya",
        "The decision's limit under Law 30/2014 has passed: silence may count as a grant. Nothing is granted by itself."
        " Decide now, and have the evidence ready",
    ),
    "grant_soon": Text(
        "Batas keputusan menurut UU 30/2014 hampir habis: bila lewat, diam dapat dianggap mengabulkan",
        "The decision's limit under Law 30/2014 is near: past it, silence may count as a grant",
    ),
    "still_overdue": Text(
        "Masih lewat batas waktu, atasan sudah diberi tahu", "Still overdue, the supervisor was told"
    ),
    "overdue": Text("Lewat batas waktu", "Overdue"),
    "due_soon": Text("Batas waktunya dekat", "Due soon"),
    "device_silent": Text("Perangkat yang lama tidak terhubung", "Devices that were not heard of for long"),
    "backlog": Text("Sudah lewat batas waktu sebelum pemberitahuan dimulai", "Were overdue before notices began"),
}

_NAMES: Final[dict[str, Text]] = {
    "codes_shut": Text("Kode ponsel ditutup", "Phone codes shut"),
    "grant_past": Text("UU 30/2014: batas lewat", "Law 30/2014: past its limit"),
    "grant_soon": Text("UU 30/2014: batas dekat", "Law 30/2014: limit near"),
    "still_overdue": Text("Masih lewat batas", "Still overdue"),
    "overdue": Text("Lewat batas waktu", "Overdue"),
    "due_soon": Text("Batas dekat", "Due soon"),
    "device_silent": Text("Perangkat diam", "Silent device"),
    "backlog": Text("Tunggakan lama", "Old backlog"),
}

_WORDS: Final[dict[str, Text]] = {
    "due": Text("batas {day}", "due {day}"),
    "device": Text("perangkat {device}, kontak terakhir {day}", "device {device}, last contact {day}"),
    "account": Text("akun {account}", "account {account}"),
    "since": Text("sejak {day}", "since {day}"),
    "waits": Text("{n} kiriman menunggu di sana", "{n} changes wait on it"),
    "backlog": Text(
        "{n} berkas; lihat “Lewat batas waktu” di daftar tugas", "{n} cases; see “Overdue” in the work list"
    ),
    "more": Text("… dan {n} lagi; buka daftar tugas", "… and {n} more; open the work list"),
    "lead": Text(
        "Ini pemberitahuan sehari sekali dari {city}. Surat ini tidak bisa dibalas.",
        "This is the daily notice of {city}. Nobody reads answers to it.",
    ),
    "subject": Text("{n} hal menunggu Anda", "{n} things need you"),
    "test": Text(
        "Surat percobaan: server surel ini bisa dipakai untuk pemberitahuan.",
        "A test: this mail server can be used for notices.",
    ),
}


@dataclass(frozen=True)
class Letterhead:
    """`address`: the city's own, that links begin with; None leaves them out. `sender`: in whose name it goes."""

    city: City
    sender: str
    address: str | None = None


def name_of(kind: str) -> Text:
    """A kind of notice in two or three words."""
    return _NAMES.get(kind, Text(kind, kind))


def line(notice: Notice, city: City, language: Language) -> str:
    """What a notice is about, in one line."""
    if notice.kind == "backlog":
        return _WORDS["backlog"].get(language).format(n=notice.details.get("cases", 0))
    if notice.kind == "codes_shut":
        return _shut(notice, city, language)
    if notice.device is not None:
        seen = str(notice.details.get("seen", ""))
        day = _day(seen, city, language) if seen else "–"
        told = _WORDS["device"].get(language).format(device=notice.device[:8], day=day)
        waits = notice.details.get("waits", 0)
        return told + (f" ({_WORDS['waits'].get(language).format(n=waits)})" if waits else "")
    parts = [notice.number or (notice.case or "")[:8], *_place(notice, city, language)]
    if notice.due:
        parts.append(_WORDS["due"].get(language).format(day=date_in_words(date.fromisoformat(notice.due), language)))
    return " · ".join(parts)


def about(notice: Notice) -> str | None:
    """Whose account it is about, where that is another's than the reader's: an admin reads of it when no letter reaches
    its owner."""
    person = notice.details.get("person")
    return str(person) if person and person != notice.person else None


def _shut(notice: Notice, city: City, language: Language) -> str:
    told = _WORDS["since"].get(language).format(day=_day(str(notice.details["since"]), city, language))
    other = about(notice)
    return f"{_WORDS['account'].get(language).format(account=other[:8])} · {told}" if other else told


def _day(stamp: str, city: City, language: Language) -> str:
    """Of a moment, as the city's clocks and calendars had it."""
    return date_in_words(datetime.fromisoformat(stamp).astimezone(ZoneInfo(city.timezone)).date(), language)


def letter(notices: Sequence[Notice], head: Letterhead, to: str, name: str, at: datetime) -> EmailMessage:
    """One letter of all of these, in both languages. `name` becomes its Message-ID: a letter that is handed in again,
    because nobody knows whether it was taken, carries the same one."""
    made = _blank(head, to, name, at)
    counted = sum(max(1, int(one.details.get("cases", 1))) if one.kind == "backlog" else 1 for one in notices)
    made["Subject"] = f"{_WORDS['subject'].id.format(n=counted)} – {head.city.name.id}"
    made.set_content(
        "\n\n".join(_body(notices, head, language) for language in ("id", "en")) + "\n", cte="quoted-printable"
    )
    return made


def trial(head: Letterhead, to: str, name: str, at: datetime) -> EmailMessage:
    """A letter that only shows that letters arrive."""
    made = _blank(head, to, name, at)
    made["Subject"] = f"Tenggat – {head.city.name.id}"
    made.set_content(f"{_WORDS['test'].id}\n\n{_WORDS['test'].en}\n", cte="quoted-printable")
    return made


def _blank(head: Letterhead, to: str, name: str, at: datetime) -> EmailMessage:
    made = EmailMessage()
    made["From"] = head.sender
    made["To"] = to
    made["Date"] = format_datetime(at)
    made["Message-ID"] = f"<{name}@{head.sender.rpartition('@')[2].rstrip('>')}>"
    # So that an absence note is not sent back to a machine (RFC 3834).
    made["Auto-Submitted"] = "auto-generated"
    return made


def _body(notices: Sequence[Notice], head: Letterhead, language: Language) -> str:
    city = head.city.name.get(language)
    # Indonesian first; whoever reads English looks for the line that says so.
    lines = [] if language == "id" else ["— English —", ""]
    lines.append(_WORDS["lead"].get(language).format(city=city))
    left = MOST
    for kind in ORDER:
        of_kind = sorted(
            (one for one in notices if one.kind == kind), key=lambda one: (one.due or "", one.number or "")
        )
        if not of_kind:
            continue
        lines += ["", f"{HEADS[kind].get(language)} ({len(of_kind)}):"]
        for one in of_kind[:left]:
            lines.append(f"- {line(one, head.city, language)}")
            if where := _link(one, head.address):
                lines.append(f"  {where}")
        left = max(0, left - len(of_kind))
    if len(notices) > MOST:
        lines += ["", _WORDS["more"].get(language).format(n=len(notices) - MOST)]
    return "\n".join(lines)


def _place(notice: Notice, city: City, language: Language) -> list[str]:
    """Service and stage in words; what the catalogue no longer has is told by its code."""
    try:
        service = city.service(notice.service or "")
    except KeyError:
        return [one for one in (notice.service, notice.stage) if one]
    stage = stage_of(service, notice.stage or "")
    return [service.name.get(language), stage.label.get(language) if stage else notice.stage or ""]


def _link(notice: Notice, address: str | None) -> str | None:
    if address is None:
        return None
    if notice.kind == "codes_shut":
        other = about(notice)
        return f"{address}/admin/people/{other}" if other else f"{address}/admin/second-factor"
    if notice.device is not None:
        return f"{address}/admin/devices/{notice.device}"
    return address + (screens.case(notice.case) if notice.case else screens.WORK)
