"""What frames every page: names of pages, signing in and out, refusals, the audit log."""

from typing import Final

from schemas.text import Text

WORDS: Final[dict[str, Text]] = {
    "skip": Text("Langsung ke isi", "Skip to the content"),
    "other_language": Text("English", "Bahasa Indonesia"),
    "menu": Text("Halaman admin", "Admin pages"),
    "admin": Text("Admin", "Admin"),
    "board": Text("Papan sinkron", "Sync board"),
    "quarantine": Text("Karantina", "Quarantine"),
    "health": Text("Kesehatan", "Health"),
    "people": Text("Orang & perangkat", "People & devices"),
    "settings": Text("Pengaturan", "Settings"),
    "audit": Text("Catatan audit", "Audit log"),
    "back": Text("Kembali", "Back"),
    "cancel": Text("Batal", "Cancel"),
    "none": Text("–", "–"),
    "error": Text("Perlu diperbaiki: {title}", "To be corrected: {title}"),
    # ---- Signing in ----
    "sign_in": Text("Masuk", "Sign in"),
    "sign_in_lead": Text(
        "Untuk admin dan atasan. Sesi berakhir sesudah 30 menit tanpa kegiatan.",
        "For admins and supervisors. A session ends after 30 minutes without a request.",
    ),
    "login": Text("Nama pengguna", "User name"),
    "password": Text("Kata sandi", "Password"),
    "sign_out": Text("Keluar", "Sign out"),
    "wrong_credentials": Text("Nama atau kata sandi tidak cocok.", "Name or password is not right."),
    "not_here_staff": Text(
        "Akun ini tidak berperan admin atau atasan, jadi tidak bisa membuka halaman ini. Pekerjaan Anda ada di"
        " aplikasi: masuk di “Saya” dengan nama dan kata sandi yang sama. Berkas dan batas waktunya ada di “Tugas”.",
        "This account is neither an admin's nor a supervisor's, so it cannot open these pages. Your work is in the app:"
        " sign in under “Me”, with the same name and password. Cases and their dates are under “Work”.",
    ),
    "not_here_citizen": Text(
        "Akun ini tidak berperan admin atau atasan, jadi tidak bisa membuka halaman ini. Berkas Anda ada di aplikasi:"
        " masuk di “Saya” dengan nama dan kata sandi yang sama.",
        "This account is neither an admin's nor a supervisor's, so it cannot open these pages. Your cases are in the"
        " app: sign in under “Me”, with the same name and password.",
    ),
    "to_the_app": Text("Buka aplikasi", "Open the app"),
    "too_many": Text("Terlalu banyak percobaan. Coba lagi sesudah {when}.", "Too many tries. Try again after {when}."),
    "session_over": Text(
        "Sesi Anda sudah berakhir. Masuk lagi; sesudah itu Anda kembali ke halaman yang dibuka.",
        "Your session has ended. Sign in again; after that you are back at the page that you opened.",
    ),
    "kept_none": Text(
        "Sesi Anda sudah berakhir. Formulir tadi memuat kata sandi atau kode, jadi isinya tidak disimpan: masuk dulu,"
        " lalu isi sekali lagi.",
        "Your session was over. That form held a password or a code, so nothing of it was kept: sign in, then fill it"
        " in once more.",
    ),
    "kept_but_secret": Text(
        "Sesi Anda sudah berakhir. Yang Anda ketik belum terkirim dan masih tersimpan di halaman ini, kecuali kata"
        " sandinya. Masuk lagi, lalu ketik itu sekali lagi.",
        "Your session was over. What you typed was not sent, and is still kept on this page, but for the password. Sign"
        " in again, then type that once more.",
    ),
    "kept": Text(
        "Yang Anda ketik belum terkirim dan masih tersimpan di halaman ini. Masuk lagi, lalu kirim.",
        "What you typed was not sent, and is still kept on this page. Sign in again, then send it.",
    ),
    "send_kept": Text("Kirim yang tadi diketik?", "Send what was typed before?"),
    "send_kept_lead": Text(
        "Anda sudah masuk lagi. Isian ini belum terkirim ke {path}:",
        "You are signed in again. This was not sent to {path} yet:",
    ),
    "send_kept_rest": Text("Lanjutkan yang tadi diketik", "Go on with what was typed before"),
    "send_kept_rest_lead": Text(
        "Anda sudah masuk lagi. Yang tadi diketik belum terkirim, dan kata sandinya tidak disimpan. Kembali ke"
        " formulirnya, lalu ketik kata sandi itu sekali lagi.",
        "You are signed in again. What you typed was not sent yet, and its password was not kept. Go back to the form,"
        " then type that password once more.",
    ),
    "send_kept_form": Text("Kembali ke formulir", "Back to the form"),
    "send": Text("Kirim", "Send"),
    "signed_out": Text("Anda sudah keluar.", "You are signed out."),
    # ---- Refusals ----
    "refused_forbidden": Text("Anda tidak bisa membuka ini", "This is not open to you"),
    "refused_forbidden_lead": Text(
        "Peran Anda tidak mencakup halaman ini, atau formulirnya berasal dari sesi lain. Buka lagi dari menu di atas.",
        "Your roles do not open this page, or its form came from another session. Open it again from the menu above.",
    ),
    "refused_not_found": Text("Tidak ada apa pun di sini", "There is nothing here"),
    "refused_not_found_lead": Text(
        "Mungkin sudah dihapus, atau alamatnya salah ketik. Pilih halaman dari menu di atas.",
        "It may be gone, or the address was mistyped. Choose a page from the menu above.",
    ),
    "refused_conflict": Text("Tidak bisa dilakukan sekarang", "This cannot be done now"),
    "refused_conflict_lead": Text(
        "Keadaannya sudah berubah sejak halaman tadi dibuka. Buka lagi dan lihat yang terbaru.",
        "Things have changed since the page was opened. Open it again and look at how they are now.",
    ),
    "refused_invalid": Text("Isiannya tidak bisa dipakai", "This cannot be taken"),
    "refused_invalid_lead": Text(
        "Kembali ke halaman sebelumnya dan perbaiki isiannya.", "Go back to the page before and correct it."
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
    # ---- The audit log ----
    "audit_lead": Text(
        "Yang dilakukan di halaman admin dan di baris perintah server. Tiap baris mengunci baris sebelumnya;"
        " periksa dengan tenggat-server audit verify.",
        "What was done on the admin pages and on the server's command line. Each row seals the one before;"
        " check with tenggat-server audit verify.",
    ),
    "audit_empty": Text("Belum ada yang dicatat.", "Nothing was noted yet."),
    "audit_at": Text("Waktu", "Time"),
    "audit_who": Text("Siapa", "Who"),
    "audit_action": Text("Tindakan", "Action"),
    "audit_target": Text("Terhadap", "On what"),
    "audit_details": Text("Rincian", "Details"),
    "audit_filter": Text("Tindakan berawal dengan", "Action begins with"),
    "by_cli": Text("baris perintah", "command line"),
    "filter": Text("Saring", "Filter"),
    "older": Text("Lebih lama", "Older"),
    "newest": Text("Terbaru", "Newest"),
}
