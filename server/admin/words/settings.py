"""Settings, and the catalogues that were served."""

from typing import Final

from schemas.text import Text

WORDS: Final[dict[str, Text]] = {
    "settings_general": Text("Umum", "General"),
    "settings_calendar": Text(
        "Hari libur kota: menutup atau membuka hari dengan surat keputusan, dan apa akibatnya.",
        "The city's days off: closing or opening a day by a decree, and what follows from it.",
    ),
    "settings_catalogue": Text(
        "Layanan, isian dan batas waktu yang pernah berlaku, dan apa yang berubah.",
        "Services, fields and time limits as they were at any time, and what changed.",
    ),
    "settings_templates": Text(
        "Teks yang bisa disisipkan petugas saat menjawab.", "Texts that officers can insert when they answer."
    ),
    "settings_notices": Text(
        "Siapa diberi tahu tentang apa, dan apakah surelnya sampai.", "Who was told what, and whether mail arrived."
    ),
    "settings_wrong": Text("Belum disimpan. Perbaiki yang ditandai.", "Not saved yet. Correct what is marked."),
    "settings_save": Text("Simpan", "Save"),
    "setting_wrong": Text("Isi bilangan bulat dari {least} sampai {most}.", "A whole number from {least} to {most}."),
    "setting_default": Text("Biasanya {n}.", "Usually {n}."),
    "setting_chosen": Text("Diatur {when}.", "Set on {when}."),
    "done_settings_changed": Text(
        "Tersimpan. Semua server memakainya mulai sekarang.", "Saved. All servers go by it from now on."
    ),
    "done_settings_same": Text("Tidak ada yang berubah.", "Nothing was different."),
    # ---- Catalogues ----
    "catalogue": Text("Versi katalog", "Catalogue versions"),
    "catalogue_lead": Text(
        "Yang pernah diberikan ke perangkat. Berkas yang sudah berjalan tetap memakai batas waktu yang berlaku saat"
        " batas itu mulai dihitung, apa pun yang berubah di sini.",
        "What devices were ever given. Cases that run keep the time limits that held when these began, whatever changes"
        " here.",
    ),
    "catalogue_versions": Text("Semua versi", "All versions"),
    "catalogue_version": Text("Versi", "Version"),
    "catalogue_since": Text("Pertama berlaku", "First served"),
    "catalogue_against": Text("Dibanding sebelumnya", "Against the one before"),
    "catalogue_what_changed": Text("Apa yang berubah", "What changed"),
    "catalogue_now": Text("sekarang", "now"),
    "catalogue_old": Text("Dari versi", "From version"),
    "catalogue_new": Text("Ke versi", "To version"),
    "catalogue_compare": Text("Bandingkan", "Compare"),
    "catalogue_different": Text("Yang berubah dari {old} ke {new}", "What changed from {old} to {new}"),
    "catalogue_same": Text("Keduanya sama.", "The two are the same."),
    "catalogue_wrong": Text(
        "Versi itu tidak ada, atau dibuat server lama yang tidak terbaca lagi. Pilih dari daftar di bawah.",
        "There is no such version, or it is of an old server and cannot be read any more. Choose from the list below.",
    ),
    "catalogue_empty": Text(
        "Belum ada: katalog dicatat saat server mulai melayani.", "None yet: it is noted when a server begins to serve."
    ),
}
