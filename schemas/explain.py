"""Why this date: a ledger told in plain sentences, in Indonesian and English.

Whoever reads them may be an applicant or an officer, on any device, with no calendar at hand: everything comes
from the ledger. The sentences stand in two tables with the same keys; the code only chooses and fills in.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final

from schemas.ledger import ONE_DAY, Ledger, Pause, Skip
from schemas.roles import role_name
from schemas.text import Language, Text

WEEKDAYS: Final[dict[Language, tuple[str, ...]]] = {
    "id": ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
MONTHS: Final[dict[Language, tuple[str, ...]]] = {
    "id": (
        "Januari",
        "Februari",
        "Maret",
        "April",
        "Mei",
        "Juni",
        "Juli",
        "Agustus",
        "September",
        "Oktober",
        "November",
        "Desember",
    ),
    "en": (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
}
# Indonesia's three zones by their hours from UTC (Keppres 41/1987).
ZONES: Final = {7: "WIB", 8: "WITA", 9: "WIT"}

INDONESIAN: Final = {
    "and": " dan ",
    "working": "{n} hari kerja",
    "calendar": "{n} hari",
    "received": "Diterima {moment}.",
    "received_late": "Diterima {moment}, sesudah jam kerja, jadi dianggap diterima {start}.",
    "received_weekend": "Diterima {moment}. {weekday} bukan hari kerja, jadi dianggap diterima {start}.",
    "received_off": "Diterima {moment}, pada hari libur ({name}), jadi dianggap diterima {start}.",
    "received_closed": "Diterima {moment}, saat kantor tutup ({name}), jadi dianggap diterima {start}.",
    "limit_working": "{label}: paling lama {span}, dihitung mulai hari kerja sesudah {start}.",
    "limit_calendar": "{label}: paling lama {span}, dihitung mulai {first}, termasuk akhir pekan dan hari libur.",
    "limit_now": "{label}: hari itu juga.",
    "weekend": "{days} tidak dihitung.",
    "skip": "{date} tidak dihitung: {name}.",
    "skip_closed": "{date} tidak dihitung: kantor tutup, {name}.",
    "estimated": "{date} tidak dihitung: {name} (tanggal perkiraan).",
    "pause": "Hitungan berhenti sesudah {since} dan berjalan lagi sesudah {until}: {why} ({by}). Batas waktu "
    "bertambah {span}.",
    "pause_zero": "Hitungan berhenti pada {since}: {why} ({by}). Jawabannya diterima pada hari yang sama, jadi "
    "batas waktu tidak berubah.",
    "pause_open": "Hitungan berhenti sesudah {since}: {why} ({by}). Hitungan berjalan lagi setelah jawaban diterima.",
    "pause_met": "Hitungan berhenti sesudah {since}: {why} ({by}).",
    "roll_weekend": "Hari terakhir jatuh pada {date}, bukan hari kerja, jadi batas waktu digeser.",
    "roll_off": "Hari terakhir jatuh pada {date}, hari libur ({name}), jadi batas waktu digeser.",
    "roll_closed": "Hari terakhir jatuh pada {date}, saat kantor tutup ({name}), jadi batas waktu digeser.",
    "result": "Jadi, batas waktunya {due}.",
    "result_paused": "Sebelum berhenti, batas waktunya {due}; tanggal itu diundur selama hitungan berhenti.",
    "may_move": "Tanggal ini masih bisa berubah: tanggal {names} masih perkiraan.",
    "may_move_leave": "Tanggal ini masih bisa berubah: cuti bersama {years} belum ditetapkan.",
    "kept": "Selesai {moment}, tepat waktu.",
    "met_late": "Selesai {moment}, terlambat {n} hari.",
    "met_paused_late": "Selesai {moment}. Batas waktu sudah lewat {n} hari ketika hitungan berhenti.",
    "overdue": "Batas waktu sudah {when}.",
    "overdue_paused": "Batas waktu sudah lewat {n} hari ketika hitungan berhenti.",
    "ahead": "Batas waktunya {when}.",
}
ENGLISH: Final = {
    "and": " and ",
    "working": "{n} working day{s}",
    "calendar": "{n} day{s}",
    "received": "Received {moment}.",
    "received_late": "Received {moment}, after office hours, so it counts as received on {start}.",
    "received_weekend": "Received {moment}. {weekday} is not a working day, so it counts as received on {start}.",
    "received_off": "Received {moment}, on a holiday ({name}), so it counts as received on {start}.",
    "received_closed": "Received {moment}, while the office was closed ({name}), so it counts as received on {start}.",
    "limit_working": "{label}: at most {span}, counted from the working day after {start}.",
    "limit_calendar": "{label}: at most {span}, counted from {first}, weekends and holidays included.",
    "limit_now": "{label}: the same day.",
    "weekend": "{days} are not counted.",
    "skip": "{date} is not counted: {name}.",
    "skip_closed": "{date} is not counted: the office is closed, {name}.",
    "estimated": "{date} is not counted: {name} (estimated date).",
    "pause": "Counting stopped after {since} and went on after {until}: {why} ({by}). This adds {span} to the "
    "time limit.",
    "pause_zero": "Counting stopped on {since}: {why} ({by}). The answer came the same day, so the time limit "
    "does not change.",
    "pause_open": "Counting stopped after {since}: {why} ({by}). It goes on once the answer is received.",
    "pause_met": "Counting stopped after {since}: {why} ({by}).",
    "roll_weekend": "The last day falls on {date}, not a working day, so the due date moves.",
    "roll_off": "The last day falls on {date}, a holiday ({name}), so the due date moves.",
    "roll_closed": "The last day falls on {date}, when the office is closed ({name}), so the due date moves.",
    "result": "So the due date is {due}.",
    "result_paused": "Before the stop the due date was {due}; it moves later for as long as counting is stopped.",
    "may_move": "This date may still change: the date of {names} is only an estimate.",
    "may_move_leave": "This date may still change: the joint leave of {years} is not decided yet.",
    "kept": "Done {moment}, on time.",
    "met_late": "Done {moment}, {n} day{s} late.",
    "met_paused_late": "Done {moment}. The due date was {n} day{s} past when counting stopped.",
    "overdue": "The due date is {when}.",
    "overdue_paused": "The due date was {n} day{s} past when counting stopped.",
    "ahead": "The due date is {when}.",
}
PHRASES: Final[dict[Language, dict[str, str]]] = {"id": INDONESIAN, "en": ENGLISH}


def date_in_words(day: date, language: Language) -> str:
    """ "Senin, 30 November 2026", "Monday, 30 November 2026"."""
    return f"{WEEKDAYS[language][day.weekday()]}, {day.day} {MONTHS[language][day.month - 1]} {day.year}"


def moment_in_words(moment: datetime, language: Language) -> str:
    """ "Senin, 30 November 2026 pukul 14.05 WIB", read off the moment's own offset; raises ValueError without one."""
    offset = moment.utcoffset()
    if offset is None:
        raise ValueError("a moment needs an offset from UTC")
    zone = ZONES.get(offset // timedelta(hours=1)) if offset % timedelta(hours=1) == timedelta() else None
    clock = f"{moment:%H.%M}" if language == "id" else f"{moment:%H:%M}"
    at = "pukul" if language == "id" else "at"
    return f"{date_in_words(moment.date(), language)} {at} {clock} {zone or f'UTC{moment:%z}'}"


def relative_in_words(day: date, today: date, language: Language) -> str:
    """How far a due date is: "hari ini", "besok", "3 hari lagi", "lewat 2 hari". In days of the calendar."""
    days = (day - today).days
    if days == 0:
        return "hari ini" if language == "id" else "today"
    if days == 1:
        return "besok" if language == "id" else "tomorrow"
    if days > 0:
        return f"{days} hari lagi" if language == "id" else f"in {days} days"
    plural = "" if days == -1 else "s"
    return f"lewat {-days} hari" if language == "id" else f"{-days} day{plural} past"


def explain(ledger: Ledger, label: Text, language: Language, today: date | None = None) -> list[str]:
    """Why the date is what it is, a sentence or two an item, in the order in which it came about.

    `label` names the limit. Without `today` nothing is said about a running limit being late or not.
    """
    return list(_Story(ledger, label, language).told(today))


def _words(why: Text | str, language: Language) -> str:
    return why if isinstance(why, str) else why.get(language)


class _Story:
    """One ledger being told in one language."""

    def __init__(self, ledger: Ledger, label: Text, language: Language) -> None:
        self.ledger, self.label, self.language = ledger, label, language

    def told(self, today: date | None) -> Iterator[str]:
        yield self.receipt()
        yield from self.limit()
        yield from self.days_off()
        for pause in self.ledger.pauses:
            yield self.pause(pause)
        yield from self.rolled()
        paused = self.ledger.state == "paused"
        yield self.say("result_paused" if paused else "result", due=self.day(self.ledger.due))
        yield from self.doubts()
        yield from self.standing(today)

    def say(self, key: str, **values: object) -> str:
        if "n" in values:
            values["s"] = "" if values["n"] == 1 else "s"
        return PHRASES[self.language][key].format_map(values)

    def day(self, day: date) -> str:
        return date_in_words(day, self.language)

    def span(self, days: int) -> str:
        return self.say(self.ledger.unit, n=days)

    def joined(self, words: list[str]) -> str:
        return PHRASES[self.language]["and"].join(filter(None, (", ".join(words[:-1]), words[-1])))

    def skip_on(self, day: date) -> Skip | None:
        return next((skip for skip in self.ledger.skips if skip.on == day), None)

    def receipt(self) -> str:
        ledger = self.ledger
        moment = moment_in_words(ledger.received, self.language)
        if ledger.start == ledger.arrived:
            return self.say("received", moment=moment)
        start, skip = self.day(ledger.start), self.skip_on(ledger.arrived)
        if skip is not None:
            key = "received_closed" if skip.kind == "closed" else "received_off"
            return self.say(key, moment=moment, start=start, name=skip.name.get(self.language))
        if ledger.arrived.isoweekday() in ledger.weekend:
            weekday = WEEKDAYS[self.language][ledger.arrived.weekday()]
            return self.say("received_weekend", moment=moment, start=start, weekday=weekday)
        return self.say("received_late", moment=moment, start=start)

    def limit(self) -> Iterator[str]:
        ledger, label = self.ledger, self.label.get(self.language)
        if ledger.days == 0:
            yield self.say("limit_now", label=label)
            return
        span, start, first = self.span(ledger.days), self.day(ledger.start), self.day(ledger.start + ONE_DAY)
        yield self.say(f"limit_{ledger.unit}", label=label, span=span, start=start, first=first)

    def days_off(self) -> Iterator[str]:
        ledger = self.ledger
        if ledger.unit == "calendar":
            return
        if ledger.weekend and ledger.total:
            names = [WEEKDAYS[self.language][weekday - 1] for weekday in ledger.weekend]
            yield self.say("weekend", days=self.joined(names))
        for skip in ledger.skips:
            # The day of receipt was told already, as the reason for the later day 0.
            if skip.on > ledger.arrived:
                key = "estimated" if skip.estimated else "skip_closed" if skip.kind == "closed" else "skip"
                yield self.say(key, date=self.day(skip.on), name=skip.name.get(self.language))

    def pause(self, pause: Pause) -> str:
        since, why = self.day(pause.since), _words(pause.why, self.language).rstrip(". ")
        if pause.until is None:
            key = "pause_open" if self.ledger.met is None else "pause_met"
            return self.say(key, since=since, why=why, by=role_name(pause.by, self.language))
        key = "pause" if pause.days else "pause_zero"
        until, span = self.day(pause.until), self.span(pause.days)
        return self.say(key, since=since, until=until, why=why, by=role_name(pause.by, self.language), span=span)

    def rolled(self) -> Iterator[str]:
        ledger = self.ledger
        last = ledger.start + ledger.total * ONE_DAY
        if ledger.unit == "working" or last == ledger.due:
            return
        skip = self.skip_on(last)
        key = "roll_weekend" if skip is None else "roll_closed" if skip.kind == "closed" else "roll_off"
        name = "" if skip is None else skip.name.get(self.language)
        yield self.say(key, date=self.day(last), name=name)

    def doubts(self) -> Iterator[str]:
        ledger = self.ledger
        if not ledger.provisional:
            return
        unsure = [skip for skip in ledger.skips if skip.estimated] + list(ledger.near)
        if unsure:
            names = dict.fromkeys(skip.name.get(self.language) for skip in sorted(unsure, key=lambda s: s.on))
            yield self.say("may_move", names=self.joined(list(names)))
        if ledger.undecreed:
            yield self.say("may_move_leave", years=self.joined([str(year) for year in ledger.undecreed]))

    def standing(self, today: date | None) -> Iterator[str]:
        ledger, pause = self.ledger, self.ledger.open_pause
        stopped_late = (pause.since - ledger.due).days if pause is not None else 0
        if ledger.met is not None:
            moment = moment_in_words(ledger.met, self.language)
            late = (ledger.met.date() - ledger.due).days
            if stopped_late > 0:
                yield self.say("met_paused_late", moment=moment, n=stopped_late)
            elif pause is None and late > 0:
                yield self.say("met_late", moment=moment, n=late)
            else:
                yield self.say("kept", moment=moment)
        elif pause is not None:
            if stopped_late > 0:
                yield self.say("overdue_paused", n=stopped_late)
        elif today is not None:
            key = "overdue" if today > ledger.due else "ahead"
            yield self.say(key, when=relative_in_words(ledger.due, today, self.language))
