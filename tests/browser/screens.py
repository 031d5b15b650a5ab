"""Every screen of the app with something real on it: what the sweeps look at, and what the screenshots show."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.attaching import offer
from tests.browser.pictures import HEIC, PAGE, chosen
from tests.browser.showcase import Showcase

Step = Callable[[Page], None]


@dataclass(frozen=True)
class Screen:
    """`whose`: the showcase's device. `place`: the address behind #, with cases by name; an address of the server's
    where it begins with /lapor or another page of its own. `shows`: a heading that is there once it is drawn. `wide`:
    where there is room, it is laid out in another way."""

    name: str
    whose: str
    place: str
    shows: str
    then: tuple[Step, ...] = ()
    plain: bool = False
    wide: bool = False
    foreseen: tuple[str, ...] = ()

    def open(self, showcase: Showcase) -> Page:
        device = showcase.device(self.whose)
        device.watch.foresee(*self.foreseen)
        page = device.page
        place = self.place.format(**showcase.cases)
        # By way of another screen, so that nothing is left of what was pressed before.
        if self.plain:
            page.goto(device.address + place)
        else:
            device.open("/me" if place != "/me" else "/", page)
            device.go(place)
        expect(page.get_by_role("heading", name=self.shows).first).to_be_visible()
        for step in self.then:
            step(page)
        return page


def press(name: str) -> Step:
    return lambda page: page.get_by_role("main").get_by_role("button", name=name, exact=True).last.click()


def unfold(text: str) -> Step:
    return lambda page: page.get_by_text(text, exact=True).first.click()


def sees(text: str) -> Step:
    return lambda page: expect(page.get_by_text(text).first).to_be_visible()


def offers(*files: Any) -> Step:
    return lambda page: offer(page, *files)


def choose(text: str) -> Step:
    return lambda page: page.get_by_role("main").get_by_text(text, exact=True).first.click()


KRK = "Keterangan Rencana Kota (KRK)"
WANTED = "Perlu diperbaiki"

CITIZEN = (
    Screen("home-first", "nobody", "/", "Apa yang bisa kami bantu?"),
    Screen("home", "citizen", "/", "Berkas Anda", wide=True),
    Screen("service-complaint", "citizen", "/new/lapor", "Lapor"),
    Screen("service-krk", "citizen", "/new/krk", KRK),
    Screen("tasks", "citizen", "/case/{draft}/form", "Lapor"),
    Screen("tasks-discard", "beginner", "/new/lapor", "Lapor", (press("Mulai"), press("Buang draf ini"))),
    Screen("question-choice", "citizen", "/case/{draft}/form/kind", "Apa yang ingin Anda sampaikan?"),
    Screen("question-choices", "citizen", "/case/{draft}/form/category", "Tentang apa?"),
    Screen("question-text", "citizen", "/case/{draft}/form/title", "Judul singkat"),
    Screen("question-wrong", "citizen", "/case/{draft}/form/text", "Ceritakan", (press("Lanjut"), sees("Lewati dulu"))),
    Screen("question-area", "citizen", "/case/{draft}/form/area", "Kelurahan"),
    Screen("question-digits", "citizen", "/case/{conflict}/form/nik", "NIK"),
    Screen("question-number", "citizen", "/case/{conflict}/form/land_area", "Luas tanah"),
    Screen("question-yesno", "citizen", "/case/{conflict}/form/is_owner", "Apakah pemohon pemilik tanah?"),
    Screen("question-outline", "citizen", "/case/{conflict}/form/outline", "Batas tanah di peta"),
    Screen(
        "question-map", "citizen", "/case/{conflict}/form/point", "Titik lokasi di peta",
        (press("Pilih di peta"), sees("kontributor OpenStreetMap")),
    ),
    Screen(
        "question-map-outline", "citizen", "/case/{conflict}/form/outline", "Batas tanah di peta",
        (press("Pilih di peta"), sees("kontributor OpenStreetMap"), press("Tambah sudut"), sees("1 sudut")),
    ),
    Screen("question-point", "citizen", "/case/{conflict}/form/point", "Titik lokasi di peta"),
    Screen("check", "citizen", "/case/{draft}/form/check", "Periksa isian Anda", wide=True),
    Screen(
        "check-problems", "citizen", "/case/{draft}/form/check", "Periksa isian Anda",
        (press("Kirim"), sees("Masih ada")),
    ),
    Screen("case-draft", "citizen", "/case/{draft}", "Lampu jalan mati di depan pasar"),
    Screen("case-received", "citizen", "/case/{received}", "Lampu jalan mati", (unfold("Mengapa tanggal ini?"),)),
    Screen("case-correction", "citizen", "/case/{correction}", "Apa selanjutnya"),
    Screen("case-resolved", "citizen", "/case/{resolved}", "Hasilnya"),
    Screen("case-unclear", "citizen", "/case/{unclear}", "Apa selanjutnya", (sees("Sejak kapan, dan dari"),)),
    Screen("case-refused", "citizen", "/case/{late}", "Ditolak server", (unfold("Yang Anda tulis"),)),
    Screen("case-waiting", "offline", "/case/{waiting}", "Apa selanjutnya"),
    Screen("case-missing", "citizen", "/case/LPR-2026-999999", "Berkas tidak ada di perangkat ini"),
    Screen("case-conflict", "citizen", "/case/{conflict}", "Yang diisi", (sees("isian punya dua nilai"),)),
    Screen("choose", "citizen", "/case/{conflict}/choose", "Pilih yang benar"),
    Screen("correction-tasks", "citizen", "/case/{correction}/form", KRK),
    Screen("correction-question", "citizen", "/case/{correction}/form/nik", "NIK"),
    Screen("act-reply", "citizen", "/case/{unclear}/act/explain", "Kirim penjelasan", (sees("Yang ditanyakan"),)),
    Screen("act-rate", "citizen", "/case/{resolved}/act/rate", "Beri nilai"),
    Screen(
        "act-sure", "citizen", "/case/{received}/act/withdraw", "Cabut laporan",
        (press("Cabut laporan"), sees("Anda yakin?")),
    ),
    Screen("sync-well", "nobody", "/sync", "Sinkron"),
    Screen("sync-refused", "citizen", "/sync", "Perlu Anda tangani", wide=True),
    Screen("sync-waiting", "offline", "/sync", "Yang menunggu", (unfold("Isinya"), unfold("Pindahkan lewat file"))),
    Screen("me-nobody", "nobody", "/me", "Belum masuk"),
    Screen("enrol", "nobody", "/gabung", "Masuk dengan undangan"),
    Screen("me-guest", "citizen", "/me", "Tamu di perangkat ini"),
    Screen("me-sign-up", "citizen", "/me", "Saya", (press("Daftar"), press("Daftar"), sees("Tulis nama Anda."))),
    Screen("me-sign-in", "nobody", "/me", "Saya", (press("Masuk"),)),
    Screen("work-not-for-you", "nobody", "/work", "Tugas"),
)  # fmt: skip

WRONG = (chosen("IMG_0042.HEIC", HEIC, "image/heic"), chosen("peta.jpg", PAGE))

FILES = (
    Screen("tasks-documents", "applicant", "/case/{papers}/form", KRK),
    Screen("document-empty", "applicant", "/case/{papers}/form/file/signed_form", "Surat permohonan"),
    Screen(
        "document-missing", "applicant", "/case/{papers}/form/file/location_map", "Denah lokasi",
        (press("Lanjut"), sees("Tambahkan dulu")),
    ),
    Screen("document-files", "applicant", "/case/{papers}/form/file/land_proof", "Bukti tanah", wide=True),
    Screen(
        "document-refused", "applicant", "/case/{papers}/form/file/land_proof", "Bukti tanah",
        (offers(*WRONG), sees("HEIC, yang tidak bisa dibaca")),
    ),
    Screen("document-pdf", "applicant", "/case/{papers}/form/file/deed", "Akta pendirian"),
    Screen("document-gone", "applicant", "/case/{papers}/form/file/pbb_exemption", "Surat pembebasan PBB"),
    Screen("check-documents", "applicant", "/case/{papers}/form/check", "Periksa isian Anda", wide=True),
    Screen(
        "check-documents-missing", "applicant", "/case/{papers}/form/check", "Periksa isian Anda",
        (press("Kirim"), sees("Masih ada 5 bagian")),
    ),
    Screen(
        "viewer", "applicant", "/case/{papers}", "Foto dan dokumen",
        (press("Lihat KTP depan.jpg"), sees("Ukuran penuh")), wide=True,
    ),
    Screen(
        "viewer-pdf", "applicant", "/case/{papers}", "Foto dan dokumen",
        (press("Lihat Akta pendirian perseroan terbatas dan perubahannya.pdf"), sees("Buka PDF")),
    ),
    Screen("case-files-waiting", "enclosed", "/case/{enclosed}", "Foto dan dokumen", wide=True),
    Screen("sync-files", "enclosed", "/sync", "Foto dan dokumen yang menunggu", wide=True),
    Screen("case-files", "citizen", "/case/{correction}", "Foto dan dokumen"),
    Screen("correction-document", "citizen", "/case/{correction}/form/file/ktp", "KTP pemohon", (sees("terpotong"),)),
)  # fmt: skip

OFFICER = (
    Screen("officer-home", "officer", "/", "Halo, Petugas Serba Bisa", wide=True),
    Screen("officer-me", "officer", "/me", "Petugas Serba Bisa", wide=True),
    Screen(
        "me-devices", "officer", "/me", "Perangkat Anda",
        (press("Lihat perangkat saya"), sees("Tenggat di komputer")),
    ),
    Screen(
        "me-devices-out", "officer", "/me", "Perangkat Anda",
        (press("Lihat perangkat saya"), unfold("Keluarkan"), press("Ya, keluarkan"), sees("Tulis kata sandi Anda.")),
    ),
    Screen("work", "officer", "/work", "Tugas", (sees("Lewat batas waktu"),), wide=True),
    Screen(
        "work-narrowed", "officer", "/work", "Tugas",
        (unfold("Saring"),), wide=True,
    ),
    Screen("work-case", "officer", "/case/{survey}", "Apa selanjutnya", wide=True),
    Screen("act-survey", "officer", "/case/{survey}/act/report_survey", "Kirim hasil survei", wide=True),
    Screen(
        "act-survey-wrong", "officer", "/case/{survey}/act/report_survey", "Kirim hasil survei",
        (press("Kirim hasil survei"), sees("yang perlu dilengkapi atau diperbaiki")), wide=True,
    ),
    Screen("act-correction", "officer", "/case/{completeness}/act/request_correction", "Minta dilengkapi", wide=True),
    Screen(
        "act-awaits", "officer", "/case/{completeness}/act/accept", "Nyatakan lengkap",
        (sees("dokumen pemohon"),), wide=True,
    ),
    Screen("work-case-awaits", "officer", "/case/{completeness}", "Foto dan dokumen", wide=True),
    Screen("act-hindered", "officer", "/case/{completeness}/act/report_survey", "Kirim hasil survei", wide=True),
)  # fmt: skip

TROUBLED = (
    Screen("home-lost", "lost", "/", "Apa yang bisa kami bantu?", (sees("Ada yang terjadi dengan data"),)),
    Screen("sync-lost", "lost", "/sync", "Data di perangkat ini hilang"),
    Screen("home-wiped", "wiped", "/", "Apa yang bisa kami bantu?", (sees("Ada yang terjadi dengan data"),)),
    Screen("sync-wiped", "wiped", "/sync", "Perangkat ini dicabut oleh kota"),
    Screen("home-update", "updated", "/", "Apa yang bisa kami bantu?", (sees("Versi baru sudah siap"),)),
    Screen("home-english", "english", "/", "Your cases"),
    Screen("case-english", "english", "/case/{abroad}", "What happens next"),
    Screen("home-early", "early", "/", "Sambungkan sekali dulu"),
)  # fmt: skip

PLAIN = (
    Screen("plain-report", "plain", "/lapor", "Lapor", plain=True, wide=True),
    Screen("plain-track", "plain", "/lacak", "Lacak berkas", plain=True),
    Screen(
        "plain-receipt",
        "plain",
        "/lacak?number={number}&code={code}&new=1",
        "Laporan Anda sudah kami terima",
        plain=True,
    ),
    Screen("plain-case", "plain", "/lacak?number={number}&code={code}", "Batas waktu", plain=True),
    Screen(
        "plain-report-wrong",
        "plain",
        "/lapor",
        "Lapor",
        (press("Kirim laporan"), sees("Ada isian yang harus diperbaiki")),
        plain=True,
        foreseen=("status of 422",),
    ),
    Screen("plain-missing", "plain", "/tidak-ada", "Halaman ini tidak ada", plain=True, foreseen=("tidak-ada",)),
    Screen("plain-offline", "plain", "/offline.html", "Halaman ini perlu jaringan", plain=True),
)

SCREENS = (*CITIZEN, *FILES, *OFFICER, *TROUBLED, *PLAIN)
