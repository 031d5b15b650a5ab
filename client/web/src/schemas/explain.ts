/** Why this date: a ledger told in plain sentences, in Indonesian and English.
 *
 * Whoever reads them may be an applicant or an officer, on any device, with no calendar at hand: everything comes from
 * the ledger. The sentences stand in two tables with the same keys; the code only chooses and fills in.
 */

import {
  arrived,
  dateOf,
  daysFrom,
  isoWeekday,
  type Ledger,
  openPause,
  type Pause,
  plus,
  provisional,
  type Skip,
  state,
  total,
} from "./ledger.ts";
import { roleName } from "./roles.ts";
import { type Language, say, type Text } from "./text.ts";

export const WEEKDAYS: Record<Language, readonly string[]> = {
  id: ["Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"],
  en: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
};
export const MONTHS: Record<Language, readonly string[]> = {
  id: "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember".split(" "),
  en: "January February March April May June July August September October November December".split(" "),
};
const MOMENT = /^\d{4}-\d\d-\d\dT(\d\d):(\d\d)[^Z+-]*(Z|[+-]\d\d:\d\d)$/;
// Indonesia's three zones by their hours from UTC (Keppres 41/1987).
const ZONES: Partial<Record<string, string>> = { "+07:00": "WIB", "+08:00": "WITA", "+09:00": "WIT" };

export const INDONESIAN = {
  and: " dan ",
  working: "{n} hari kerja",
  calendar: "{n} hari",
  received: "Diterima {moment}.",
  received_late: "Diterima {moment}, sesudah jam kerja, jadi dianggap diterima {start}.",
  received_weekend: "Diterima {moment}. {weekday} bukan hari kerja, jadi dianggap diterima {start}.",
  received_off: "Diterima {moment}, pada hari libur ({name}), jadi dianggap diterima {start}.",
  received_closed: "Diterima {moment}, saat kantor tutup ({name}), jadi dianggap diterima {start}.",
  limit_working: "{label}: paling lama {span}, dihitung mulai hari kerja sesudah {start}.",
  limit_calendar: "{label}: paling lama {span}, dihitung mulai {first}, termasuk akhir pekan dan hari libur.",
  limit_now: "{label}: hari itu juga.",
  weekend: "{days} tidak dihitung.",
  skip: "{date} tidak dihitung: {name}.",
  skip_closed: "{date} tidak dihitung: kantor tutup, {name}.",
  estimated: "{date} tidak dihitung: {name} (tanggal perkiraan).",
  pause:
    "Hitungan berhenti sesudah {since} dan berjalan lagi sesudah {until}: {why} ({by}). Batas waktu bertambah {span}.",
  pause_zero:
    "Hitungan berhenti pada {since}: {why} ({by}). Jawabannya diterima pada hari yang sama, jadi batas waktu tidak berubah.",
  pause_open: "Hitungan berhenti sesudah {since}: {why} ({by}). Hitungan berjalan lagi setelah jawaban diterima.",
  pause_met: "Hitungan berhenti sesudah {since}: {why} ({by}).",
  roll_weekend: "Hari terakhir jatuh pada {date}, bukan hari kerja, jadi batas waktu digeser.",
  roll_off: "Hari terakhir jatuh pada {date}, hari libur ({name}), jadi batas waktu digeser.",
  roll_closed: "Hari terakhir jatuh pada {date}, saat kantor tutup ({name}), jadi batas waktu digeser.",
  result: "Jadi, batas waktunya {due}.",
  result_paused: "Sebelum berhenti, batas waktunya {due}; tanggal itu diundur selama hitungan berhenti.",
  may_move: "Tanggal ini masih bisa berubah: tanggal {names} masih perkiraan.",
  may_move_leave: "Tanggal ini masih bisa berubah: cuti bersama {years} belum ditetapkan.",
  kept: "Selesai {moment}, tepat waktu.",
  met_late: "Selesai {moment}, terlambat {n} hari.",
  met_paused_late: "Selesai {moment}. Batas waktu sudah lewat {n} hari ketika hitungan berhenti.",
  overdue: "Batas waktu sudah {when}.",
  overdue_paused: "Batas waktu sudah lewat {n} hari ketika hitungan berhenti.",
  ahead: "Batas waktunya {when}.",
};
type Phrase = keyof typeof INDONESIAN;

export const ENGLISH: Record<Phrase, string> = {
  and: " and ",
  working: "{n} working day{s}",
  calendar: "{n} day{s}",
  received: "Received {moment}.",
  received_late: "Received {moment}, after office hours, so it counts as received on {start}.",
  received_weekend: "Received {moment}. {weekday} is not a working day, so it counts as received on {start}.",
  received_off: "Received {moment}, on a holiday ({name}), so it counts as received on {start}.",
  received_closed: "Received {moment}, while the office was closed ({name}), so it counts as received on {start}.",
  limit_working: "{label}: at most {span}, counted from the working day after {start}.",
  limit_calendar: "{label}: at most {span}, counted from {first}, weekends and holidays included.",
  limit_now: "{label}: the same day.",
  weekend: "{days} are not counted.",
  skip: "{date} is not counted: {name}.",
  skip_closed: "{date} is not counted: the office is closed, {name}.",
  estimated: "{date} is not counted: {name} (estimated date).",
  pause: "Counting stopped after {since} and went on after {until}: {why} ({by}). This adds {span} to the time limit.",
  pause_zero:
    "Counting stopped on {since}: {why} ({by}). The answer came the same day, so the time limit does not change.",
  pause_open: "Counting stopped after {since}: {why} ({by}). It goes on once the answer is received.",
  pause_met: "Counting stopped after {since}: {why} ({by}).",
  roll_weekend: "The last day falls on {date}, not a working day, so the due date moves.",
  roll_off: "The last day falls on {date}, a holiday ({name}), so the due date moves.",
  roll_closed: "The last day falls on {date}, when the office is closed ({name}), so the due date moves.",
  result: "So the due date is {due}.",
  result_paused: "Before the stop the due date was {due}; it moves later for as long as counting is stopped.",
  may_move: "This date may still change: the date of {names} is only an estimate.",
  may_move_leave: "This date may still change: the joint leave of {years} is not decided yet.",
  kept: "Done {moment}, on time.",
  met_late: "Done {moment}, {n} day{s} late.",
  met_paused_late: "Done {moment}. The due date was {n} day{s} past when counting stopped.",
  overdue: "The due date is {when}.",
  overdue_paused: "The due date was {n} day{s} past when counting stopped.",
  ahead: "The due date is {when}.",
};
const PHRASES: Record<Language, Record<Phrase, string>> = { id: INDONESIAN, en: ENGLISH };

/** "Senin, 30 November 2026", "Monday, 30 November 2026". */
export function dateInWords(day: string, language: Language): string {
  const [year, month, date] = day.split("-").map(Number);
  return `${WEEKDAYS[language][isoWeekday(day) - 1]}, ${date} ${MONTHS[language][(month ?? 1) - 1]} ${year}`;
}

/** "Senin, 30 November 2026 pukul 14.05 WIB", read off the moment's own offset; RangeError without one. */
export function momentInWords(moment: string, language: Language): string {
  const [, hours, minutes, offset = ""] = MOMENT.exec(moment) ?? [];
  if (!offset) throw new RangeError("a moment needs an offset from UTC");
  const zone = ZONES[offset] ?? `UTC${offset.replace("Z", "+0000").replace(":", "")}`;
  const clock = language === "id" ? `pukul ${hours}.${minutes}` : `at ${hours}:${minutes}`;
  return `${dateInWords(dateOf(moment), language)} ${clock} ${zone}`;
}

/** How far a due date is: "hari ini", "besok", "3 hari lagi", "lewat 2 hari". In days of the calendar. */
export function relativeInWords(day: string, today: string, language: Language): string {
  const days = daysFrom(today, day);
  if (days === 0) return language === "id" ? "hari ini" : "today";
  if (days === 1) return language === "id" ? "besok" : "tomorrow";
  if (days > 0) return language === "id" ? `${days} hari lagi` : `in ${days} days`;
  return language === "id" ? `lewat ${-days} hari` : `${-days} day${days === -1 ? "" : "s"} past`;
}

// Making a format takes longer than all that is done with it, and a list asks for hundreds of moments of one city.
const formats = new Map<string, Intl.DateTimeFormat>();

/** A moment (with its offset; the server's are in UTC) on the clocks of a time zone, to the second:
 * "2026-03-16T02:00:00Z" in Asia/Jakarta is "2026-03-16T09:00:00+07:00". RangeError for what is no moment or zone. */
export function inZone(moment: string, timezone: string): string {
  // Without an offset the machine's own zone would decide.
  if (!MOMENT.test(moment)) throw new RangeError("a moment needs an offset from UTC");
  const format =
    formats.get(timezone) ?? new Intl.DateTimeFormat("en", { timeZone: timezone, timeZoneName: "longOffset" });
  formats.set(timezone, format);
  const time = Date.parse(moment);
  // "GMT-03:30", or "GMT" alone.
  const offset = format.format(time).split("GMT")[1] || "+00:00";
  // The offset is what clocks there are ahead: the moment at which a clock in UTC shows the same.
  const shown = 2 * time - Date.parse(new Date(time).toISOString().replace("Z", offset));
  return new Date(shown).toISOString().slice(0, 19) + offset;
}

/** Why the date is what it is, a sentence or two an item, in the order in which it came about.
 *
 * `label` names the limit. Without `today` nothing is said about a running limit being late or not.
 */
export function explain(ledger: Ledger, label: Text, language: Language, today?: string): string[] {
  return [...new Story(ledger, label, language).told(today)];
}

/** One ledger being told in one language. */
class Story {
  readonly #ledger: Ledger;
  readonly #label: Text;
  readonly #language: Language;

  constructor(ledger: Ledger, label: Text, language: Language) {
    this.#ledger = ledger;
    this.#label = label;
    this.#language = language;
  }

  *told(today: string | undefined): Generator<string> {
    const ledger = this.#ledger;
    yield this.#receipt();
    yield this.#limit();
    yield* this.#daysOff();
    for (const pause of ledger.pauses ?? []) yield this.#pause(pause);
    yield* this.#rolled();
    yield this.#say(state(ledger) === "paused" ? "result_paused" : "result", { due: this.#day(ledger.due) });
    yield* this.#doubts();
    yield* this.#standing(today);
  }

  #say(key: Phrase, values: Record<string, string | number>): string {
    const said: typeof values = { ...values, s: values.n === 1 ? "" : "s" };
    return PHRASES[this.#language][key].replace(/\{(\w+)\}/g, (_, name: string) => String(said[name]));
  }

  #day(day: string): string {
    return dateInWords(day, this.#language);
  }

  #span(days: number): string {
    return this.#say(this.#ledger.unit, { n: days });
  }

  #joined(words: string[]): string {
    const first = words.slice(0, -1).join(", ");
    return [first, ...words.slice(-1)].filter(Boolean).join(PHRASES[this.#language].and);
  }

  #skipOn(day: string): Skip | undefined {
    return this.#ledger.skips?.find(skip => skip.on === day);
  }

  #receipt(): string {
    const ledger = this.#ledger;
    const language = this.#language;
    const came = arrived(ledger);
    const moment = momentInWords(ledger.received, language);
    if (ledger.start === came) return this.#say("received", { moment });
    const start = this.#day(ledger.start);
    const skip = this.#skipOn(came);
    if (skip) {
      const key = skip.kind === "closed" ? "received_closed" : "received_off";
      return this.#say(key, { moment, start, name: say(skip.name, language) });
    }
    if (ledger.weekend.includes(isoWeekday(came))) {
      const weekday = WEEKDAYS[language][isoWeekday(came) - 1] ?? "";
      return this.#say("received_weekend", { moment, start, weekday });
    }
    return this.#say("received_late", { moment, start });
  }

  #limit(): string {
    const ledger = this.#ledger;
    const label = say(this.#label, this.#language);
    if (ledger.days === 0) return this.#say("limit_now", { label });
    const [start, first] = [this.#day(ledger.start), this.#day(plus(ledger.start, 1))];
    return this.#say(`limit_${ledger.unit}`, { label, span: this.#span(ledger.days), start, first });
  }

  *#daysOff(): Generator<string> {
    const ledger = this.#ledger;
    const language = this.#language;
    if (ledger.unit === "calendar") return;
    if (ledger.weekend.length && total(ledger)) {
      const names = ledger.weekend.map(weekday => WEEKDAYS[language][weekday - 1] ?? "");
      yield this.#say("weekend", { days: this.#joined(names) });
    }
    for (const skip of ledger.skips ?? []) {
      // The day of receipt was told already, as the reason for the later day 0.
      if (skip.on <= arrived(ledger)) continue;
      const key = skip.estimated ? "estimated" : skip.kind === "closed" ? "skip_closed" : "skip";
      yield this.#say(key, { date: this.#day(skip.on), name: say(skip.name, language) });
    }
  }

  #pause(pause: Pause): string {
    const since = this.#day(pause.since);
    const why = say(pause.why, this.#language).replace(/[. ]+$/, "");
    const by = roleName(pause.by, this.#language);
    if (!pause.until) return this.#say(this.#ledger.met ? "pause_met" : "pause_open", { since, why, by });
    const [until, span] = [this.#day(pause.until), this.#span(pause.days ?? 0)];
    return this.#say(pause.days ? "pause" : "pause_zero", { since, until, why, by, span });
  }

  *#rolled(): Generator<string> {
    const ledger = this.#ledger;
    const last = plus(ledger.start, total(ledger));
    if (ledger.unit === "working" || last === ledger.due) return;
    const skip = this.#skipOn(last);
    const key = !skip ? "roll_weekend" : skip.kind === "closed" ? "roll_closed" : "roll_off";
    yield this.#say(key, { date: this.#day(last), name: skip ? say(skip.name, this.#language) : "" });
  }

  *#doubts(): Generator<string> {
    const ledger = this.#ledger;
    if (!provisional(ledger)) return;
    const unsure = [...(ledger.skips ?? []).filter(skip => skip.estimated), ...(ledger.near ?? [])];
    if (unsure.length) {
      unsure.sort((one, other) => daysFrom(other.on, one.on));
      const names = new Set(unsure.map(skip => say(skip.name, this.#language)));
      yield this.#say("may_move", { names: this.#joined([...names]) });
    }
    if (ledger.undecreed?.length) {
      yield this.#say("may_move_leave", { years: this.#joined(ledger.undecreed.map(String)) });
    }
  }

  *#standing(today: string | undefined): Generator<string> {
    const ledger = this.#ledger;
    const language = this.#language;
    const pause = openPause(ledger);
    const stoppedLate = pause ? daysFrom(ledger.due, pause.since) : 0;
    if (ledger.met) {
      const moment = momentInWords(ledger.met, language);
      const late = daysFrom(ledger.due, dateOf(ledger.met));
      if (stoppedLate > 0) yield this.#say("met_paused_late", { moment, n: stoppedLate });
      else if (!pause && late > 0) yield this.#say("met_late", { moment, n: late });
      else yield this.#say("kept", { moment });
    } else if (pause) {
      if (stoppedLate > 0) yield this.#say("overdue_paused", { n: stoppedLate });
    } else if (today !== undefined) {
      const when = relativeInWords(ledger.due, today, language);
      yield this.#say(today > ledger.due ? "overdue" : "ahead", { when });
    }
  }
}
