"""The words around what the catalogue says, in both languages; in one table, so that a translator reads one file."""

from dataclasses import dataclass
from typing import Final

from schemas.text import Language, Text

WORDS: Final[dict[str, Text]] = {
    # ---- The frame ----
    "skip": Text("Langsung ke isi", "Skip to the content"),
    "app": Text("Buka aplikasi", "Open the app"),
    "track": Text("Lacak berkas", "Track a case"),
    "report": Text("Lapor masalah", "Report a problem"),
    "other_language": Text("English", "Bahasa Indonesia"),
    "menu": Text("Halaman lain", "Other pages"),
    "mistake": Text("Perlu diperbaiki: {title}", "To be corrected: {title}"),
    "fix": Text("Ada isian yang harus diperbaiki", "Some answers need to be corrected"),
    "optional": Text("boleh dikosongkan", "may be left empty"),
    # ---- Tracking ----
    "track_lead": Text(
        "Lihat tahap dan batas waktu sebuah berkas. Nomor dan kode ada di tanda terima.",
        "See the stage and the due dates of a case. Number and code are on the receipt.",
    ),
    "number": Text("Nomor berkas", "Case number"),
    "number_hint": Text("Contoh: {example}", "For example {example}"),
    "code": Text("Kode lacak", "Tracking code"),
    "code_hint": Text("Sepuluh huruf dan angka.", "Ten letters and digits."),
    "show": Text("Lihat", "Show"),
    "not_found_case": Text(
        "Tidak ada berkas dengan nomor dan kode ini. Cocokkan keduanya dengan tanda terima.",
        "There is no case with this number and code. Check both against the receipt.",
    ),
    "many_tracks": Text(
        "Terlalu banyak percobaan dari jaringan ini. Coba lagi sesudah {when}.",
        "Too many tries from this network. Try again after {when}.",
    ),
    "now": Text("Sekarang", "Now"),
    "waits": Text(
        "Untuk menjawab, datang ke loket dengan nomor ini, atau pakai aplikasi di perangkat yang mengirimnya.",
        "To answer, come to the counter with this number, or use the app on the device that sent it.",
    ),
    "dates": Text("Batas waktu", "Due dates"),
    "why": Text("Mengapa tanggal ini?", "Why this date?"),
    "met": Text("selesai, tepat waktu", "done, on time"),
    "met_late": Text("selesai, terlambat", "done, late"),
    "paused": Text("hitungan berhenti sementara", "counting has stopped for now"),
    "paused_late": Text(
        "hitungan berhenti sementara, sesudah terlambat", "counting has stopped for now, after it was late"
    ),
    "provisional": Text("Tanggal ini masih bisa berubah.", "This date may still change."),
    "files": Text(
        "{arrived} dari {all} foto dan dokumen sudah sampai.", "{arrived} of {all} photos and documents have arrived."
    ),
    "journey": Text("Perjalanan berkas", "What happened"),
    "opened": Text("Dibuka oleh petugas", "Opened by an officer"),
    "went_on": Text("Ada perkembangan; tahapnya tetap {stage}", "Something was done; the stage is still {stage}"),
    "another": Text("Lacak berkas lain", "Track another case"),
    # ---- The receipt ----
    "received": Text("Laporan Anda sudah kami terima", "We have your report"),
    "keep": Text(
        "Simpan halaman ini, cetak, atau catat nomor dan kodenya: hanya dengan keduanya Anda dapat melihat laporan ini"
        " lagi. Jangan bagikan kodenya.",
        "Keep this page, print it, or write down number and code: only with both can you see this report again. Do not"
        " share the code.",
    ),
    "next": Text(
        "Yang terjadi berikutnya, kapan, dan mengapa, ada di bawah ini.",
        "What happens next, by when and why, is told below.",
    ),
    # ---- The form ----
    "no_photos": Text(
        "{documents}: tidak bisa dikirim dari halaman ini. Bila perlu, petugas akan memintanya.",
        "{documents}: cannot be sent from this page. Where it is needed, an officer will ask for it.",
    ),
    "choose": Text("Pilih", "Choose"),
    "yes": Text("Ya", "Yes"),
    "no": Text("Tidak", "No"),
    "or": Text("atau", "or"),
    "if": Text("Isi bila “{question}” dijawab {answers}.", "Answer if “{question}” is {answers}."),
    "unless": Text("Isi, kecuali bila “{question}” dijawab {answers}.", "Answer, unless “{question}” is {answers}."),
    "unit": Text("Dalam {unit}.", "In {unit}."),
    "trap": Text("Biarkan kosong", "Leave this empty"),
    "trap_problem": Text(
        "Kosongkan isian ini. Isian ini dipakai untuk mengenali mesin.",
        "Leave this empty. It is there to tell machines from people.",
    ),
    "send": Text("Kirim laporan", "Send the report"),
    "switch": Text("Show this in English", "Tampilkan dalam bahasa Indonesia"),
    "switch_kept": Text("What you typed stays.", "Yang Anda ketik tetap ada."),
    "stale": Text(
        "Halaman ini sudah lama terbuka, jadi laporan belum terkirim. Yang Anda ketik ada di bawah; kirim sekali lagi.",
        "This page was open for too long, so the report was not sent. What you typed is below; send it once more.",
    ),
    "other_content": Text(
        "Dari halaman ini sudah terkirim laporan lain, dan laporan itu tidak berubah. Yang Anda ketik sekarang ada di"
        " bawah dan belum terkirim; kirim sekali lagi bila ini laporan baru.",
        "Another report was sent from this page before, and it has not changed. What you typed now is below and was"
        " not sent; send it once more if it is a new report.",
    ),
    "see_first": Text("Lihat laporan {number}", "See report {number}"),
    "many_reports": Text(
        "Dari jaringan ini sudah banyak laporan masuk, jadi laporan Anda belum terkirim. Yang Anda ketik ada di bawah;"
        " kirim lagi sesudah {when}.",
        "Many reports have come from this network, so yours was not sent yet. What you typed is below; send it again"
        " after {when}.",
    ),
    "busy": Text(
        "Server sedang sibuk. Yang Anda ketik ada di bawah; kirim lagi sebentar lagi. Laporan tidak akan tercatat dua"
        " kali.",
        "The server is busy. What you typed is below; send it again in a moment. The report will not be counted twice.",
    ),
    # ---- Refusals ----
    "refused_not_found": Text("Halaman ini tidak ada", "There is no such page"),
    "refused_not_found_lead": Text(
        "Periksa alamatnya, atau mulai dari salah satu halaman ini.", "Check the address, or start from one of these."
    ),
    "refused_too_large": Text("Isiannya terlalu panjang", "This is too long"),
    "refused_too_large_lead": Text(
        "Kembali ke halaman sebelumnya, singkat isiannya, lalu kirim lagi.",
        "Go back to the page before, shorten it, then send it again.",
    ),
    "refused_busy": Text("Server sedang sibuk", "The server is busy"),
    "refused_busy_lead": Text(
        "Tidak ada yang berubah. Coba lagi sebentar lagi.", "Nothing was changed. Try again in a moment."
    ),
    "refused": Text("Terjadi kesalahan", "Something went wrong"),
    "refused_lead": Text(
        "Kesalahan ini sudah dicatat. Kembali ke halaman sebelumnya dan coba lagi.",
        "It has been noted. Go back to the page before and try again.",
    ),
    "unbuilt": Text("Aplikasi web belum dibuat", "The web app was not built"),
    "unbuilt_lead": Text(
        "Server ini berjalan, tetapi aplikasi webnya belum dibuat. Pengelola server membuatnya dengan",
        "This server runs, but its web app was not built. Whoever runs the server builds it with",
    ),
}


@dataclass(frozen=True)
class Words:
    """The table in one language; called with a key, and with what its sentence names."""

    language: Language

    def __call__(self, key: str, **values: object) -> str:
        return WORDS[key].get(self.language).format(**values)

    def of(self, text: Text) -> str:
        """A text of the catalogue, of a problem or of a result."""
        return text.get(self.language)
