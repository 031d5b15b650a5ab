"""What is said of deeds that cannot be done here and now, where the refusal has no words of its own."""

WORDS = {
    "error_no_such_case": ("Berkas itu tidak ada di perangkat ini.", "There is no such case on this device."),
    "error_no_such_service": ("Tidak ada layanan itu.", "There is no such service."),
    "error_not_marked": (
        "Hanya yang ditandai petugas yang bisa diperbaiki.",
        "Only what was marked can be corrected.",
    ),
    "error_choose_first": (
        "Ada isian dengan dua nilai. Pilih dulu salah satu (`tenggat choose`).",
        "A field has two values. Choose one first (`tenggat choose`).",
    ),
    "error_nothing_to_choose": ("Tidak ada yang perlu dipilih di sana.", "There is nothing to choose there."),
    "error_note_required": ("Tuliskan alasannya.", "Write down the reason."),
    "error_items_required": (
        "Sebutkan semua yang harus diperbaiki, masing-masing dengan alasannya.",
        "List all that is to be corrected, each with a reason.",
    ),
    "error_documents_waiting": (
        "Dokumen pemohon masih dalam perjalanan.",
        "The applicant's documents are still on their way.",
    ),
    "error_unknown_document": ("Dokumen itu tidak diminta di sini.", "That document is not asked for here."),
    "error_no_such_file": (
        "Berkas itu tidak ada lagi di perangkat ini. Pilih sekali lagi.",
        "The file is not on this device any more. Choose it again.",
    ),
    "error_unsent": (
        "Masih ada yang belum diterima server atau ditolak di perangkat ini. Lihat `tenggat status` dulu.",
        "Something on this device has not been received or was refused. See `tenggat status` first.",
    ),
    "error_other_person": (
        "Kiriman dalam berkas ini milik orang lain daripada perangkat ini.",
        "The work in this file is of another person than this device.",
    ),
    "error_sign_in_first": (
        "Kiriman dalam berkas ini milik sebuah akun. Masuk dulu dengan akun itu.",
        "The work in this file is of an account. Sign in to that account first.",
    ),
    "window_no_library": (
        "Jendela butuh beberapa pustaka lagi: pip install 'tenggat[desktop]'. Semua perintah lain jalan tanpanya.",
        "The window needs some more libraries: pip install 'tenggat[desktop]'. All other commands work without them.",
    ),
    "window_no_screen": (
        "Tidak ada layar di sini (DISPLAY kosong), jadi jendela tidak bisa dibuka; pakai perintah-perintah di bawah.",
        "There is no screen here (DISPLAY is empty), so no window can be opened; use the commands below.",
    ),
    "window_no_toolkit": (
        "Jendela butuh WebKit: sudo apt install python3-gi gir1.2-webkit2-4.1, atau pip install 'tenggat[desktop,qt]'.",
        "It needs WebKit: sudo apt install python3-gi gir1.2-webkit2-4.1, or pip install 'tenggat[desktop,qt]'.",
    ),
    "window_silent": (
        "Jendela Tenggat yang lain terbuka di komputer ini dan tidak menjawab. Tutup dulu yang itu, lalu coba lagi.",
        "Another window of Tenggat is open on this computer and does not answer. End that one first, then try again.",
    ),
    "error_no_server": (
        "Profil ini belum tahu server kotanya. Masuk dengan --server.",
        "This profile does not know its city's server yet. Sign in with --server.",
    ),
    "error_no_entry": ("Hanya jendela Tenggat yang boleh meminta itu.", "Only Tenggat's window may ask for that."),
    "error_locked": ("Jendela terkunci. Buka dulu profilnya.", "The window is locked. Open a profile first."),
    "error_no_thumbnail": ("Berkas ini tidak punya gambar kecil.", "This file has no small picture."),
}
