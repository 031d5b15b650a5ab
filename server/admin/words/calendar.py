"""The calendar: days off, a day closed or opened by decree, and dates counted again."""

from typing import Final

from schemas.text import Text

WORDS: Final[dict[str, Text]] = {
    "calendar": Text("Kalender", "Calendar"),
    "calendar_lead": Text(
        "Hari yang tidak dihitung sebagai hari kerja, di luar akhir pekan biasa.",
        "Days that do not count as working days, beside plain weekends.",
    ),
    "calendar_years": Text("Tahun lain", "Other years"),
    "calendar_table": Text("Hari libur {year}", "Days off in {year}"),
    "calendar_day": Text("Tanggal", "Date"),
    "calendar_what": Text("Keterangan", "What it is"),
    "calendar_source": Text("Asal", "Where it comes from"),
    "calendar_estimated": Text("perkiraan", "estimated"),
    "calendar_weekend": Text("akhir pekan", "weekend"),
    "calendar_works": Text("tetap hari kerja", "a working day"),
    "calendar_from_national": Text("Libur nasional", "National"),
    "calendar_from_leave": Text("Cuti bersama", "Joint leave"),
    "calendar_from_folder": Text("Folder kota", "The city's folder"),
    "calendar_from_admin": Text("Diatur admin", "An admin"),
    "calendar_entered": Text("{when}, oleh {who}", "{when}, by {who}"),
    "calendar_take_back": Text("Batalkan hari ini", "Take this day back"),
    "calendar_version": Text("Versi kalender: {version}", "Version of the calendar: {version}"),
    "calendar_undecreed": Text(
        "Cuti bersama {year} belum ditetapkan. Batas waktu yang melewati tahun itu masih bisa berubah.",
        "The joint leave of {year} is not decided yet. Dates that reach into it may still change.",
    ),
    # ---- A day entered ----
    "calendar_add": Text("Tutup atau buka satu hari", "Close or open a day"),
    "calendar_kind": Text("Menjadi", "It becomes"),
    "calendar_kind_closed": Text("Kantor tutup", "Closed"),
    "calendar_kind_open": Text("Hari libur dibuka", "A holiday opened"),
    "calendar_name_id": Text("Keterangan dalam bahasa Indonesia", "What it is, in Indonesian"),
    "calendar_name_en": Text("Keterangan dalam bahasa Inggris", "What it is, in English"),
    "calendar_name_hint": Text(
        "Pemohon membacanya sebagai alasan tanggalnya bergeser, misalnya “Pemilihan lurah”.",
        "Applicants read it as the reason why their date moved, such as “Village election”.",
    ),
    "calendar_decree": Text("Surat keputusan", "Decree"),
    "calendar_decree_hint": Text("Misalnya “SK Wali Kota 12/2026”.", "Such as “SK Wali Kota 12/2026”."),
    "calendar_look": Text("Lihat akibatnya dulu", "See what it moves first"),
    "calendar_look_hint": Text(
        "Belum ada yang berubah sampai Anda menyetujuinya di halaman berikut.",
        "Nothing changes before you agree to it on the next page.",
    ),
    "calendar_wrong": Text("Perbaiki yang ditandai.", "Correct what is marked."),
    "calendar_wrong_missing": Text("Harus diisi.", "This is needed."),
    "calendar_wrong_text": Text("Paling banyak {n} huruf dalam satu baris.", "At most {n} letters on one line."),
    "calendar_wrong_choose": Text("Pilih salah satu.", "Choose one."),
    "calendar_wrong_date": Text(
        "Isi tanggal yang ada, misalnya 2026-11-30.", "A date that there is, such as 2026-11-30."
    ),
    "calendar_wrong_far": Text(
        "Tahunnya terlalu jauh; mungkin salah ketik.", "That year is too far away; it may be a slip."
    ),
    "calendar_wrong_weekend": Text(
        "Itu akhir pekan. Akhir pekan tidak bisa dijadikan hari kerja.",
        "That is a weekend, and a weekend is never opened.",
    ),
    "calendar_wrong_works": Text(
        "Itu sudah hari kerja, jadi tidak perlu dibuka.", "That is a working day already; there is nothing to open."
    ),
    # ---- What it moves ----
    "calendar_back_title": Text("Batalkan", "Take back"),
    "calendar_nothing_yet": Text(
        "Belum ada yang berubah. Periksa akibatnya, lalu setujui di bawah.",
        "Nothing has changed yet. Look at it, then agree below.",
    ),
    "calendar_now": Text("Sekarang", "Now"),
    "calendar_then": Text("Sesudah ini", "After this"),
    "calendar_is_working": Text("hari kerja", "a working day"),
    "calendar_is_off": Text("tidak dihitung", "not counted"),
    "calendar_replaces": Text(
        "Ini menggantikan “{name}” ({decree}), yang diatur admin untuk hari yang sama.",
        "This takes the place of “{name}” ({decree}), which an admin entered for the same day.",
    ),
    "calendar_moves": Text("Yang paling dekat batas waktunya", "Those that are due first"),
    "calendar_moved": Text(
        "{n} dari {all} batas waktu berjalan bergeser, di {cases} berkas.",
        "{n} of {all} running dates move, in {cases} cases.",
    ),
    "calendar_none_moves": Text(
        "Tidak satu pun dari {all} batas waktu berjalan bergeser.", "None of the {all} running dates moves."
    ),
    "calendar_more": Text("… dan {n} lagi.", "… and {n} more."),
    "calendar_limit": Text("Layanan dan batas waktu", "Service and time limit"),
    "calendar_before": Text("Semula", "Before"),
    "calendar_after": Text("Menjadi", "After"),
    "calendar_then_what": Text(
        "Begitu disetujui, berkas baru langsung memakai kalender ini. Batas waktu yang berjalan dihitung ulang, dan"
        " pemohon membaca alasannya. Tanggal yang sudah lewat dan berkas yang sudah selesai tidak berubah.",
        "Once you agree, new cases go by this calendar at once. Running dates are counted again, and applicants read"
        " why. Dates that have passed and cases that have ended do not change.",
    ),
    "calendar_do_closed": Text("Ya, tutup hari itu", "Yes, close that day"),
    "calendar_do_open": Text("Ya, jadikan hari kerja", "Yes, open that day"),
    "calendar_do_back": Text("Ya, batalkan", "Yes, take it back"),
    "calendar_meanwhile": Text(
        "Kalender baru saja diubah orang lain, jadi belum ada yang dilakukan. Di bawah ini akibatnya sekarang.",
        "Somebody else has just changed the calendar, so nothing was done. Below is what it moves now.",
    ),
    "done_calendar_entered": Text(
        "Tersimpan. Batas waktu yang berjalan dihitung ulang.", "Saved. Running dates are being counted again."
    ),
    "done_calendar_removed": Text(
        "Dibatalkan. Batas waktu yang berjalan dihitung ulang.", "Taken back. Running dates are being counted again."
    ),
    # ---- Counting again ----
    "recount": Text("Hitung ulang batas waktu", "Counting dates again"),
    "recount_running": Text(
        "Menghitung ulang: {looked} dari {total} berkas ({percent}%)",
        "Counting again: {looked} of {total} cases ({percent}%)",
    ),
    "recount_changed": Text("{n} berkas sudah berubah.", "{n} cases have changed so far."),
    "recount_begins": Text(
        "Server mulai dalam setengah menit, dan meneruskannya bila sempat terhenti.",
        "A server begins within half a minute, and goes on where one was interrupted.",
    ),
    "recount_look": Text("Lihat lagi", "Look again"),
    "recount_done": Text(
        "Terakhir dihitung ulang {when}: {looked} berkas diperiksa, {n} berubah.",
        "Last counted again {when}: {looked} cases looked at, {n} changed.",
    ),
}
