"""Locking a profile, its PIN, and the recovery code."""

WORDS = {
    "ask_pin": ("PIN", "PIN"),
    "ask_passphrase": ("Frasa sandi", "Passphrase"),
    "ask_old_pin": ("PIN lama", "Old PIN"),
    "ask_old_passphrase": ("Frasa sandi lama", "Old passphrase"),
    "ask_new_pin": ("PIN baru (paling sedikit 6 angka)", "New PIN (at least 6 digits)"),
    "ask_new_pin_again": ("PIN baru sekali lagi", "New PIN once more"),
    "ask_new_passphrase": ("Frasa sandi baru (paling sedikit 12 huruf)", "New passphrase (at least 12 characters)"),
    "ask_new_passphrase_again": ("Frasa sandi baru sekali lagi", "New passphrase once more"),
    "ask_code": ("Kode pemulihan", "Recovery code"),
    "locking_pin": (
        "Semua data profil ini dienkripsi, dan hanya terbuka dengan PIN di komputer ini.",
        "Everything in this profile is encrypted, and opens only with a PIN on this computer.",
    ),
    "locking_passphrase": (
        "Semua data profil ini dienkripsi. Komputer ini tidak punya tempat kunci sistem, jadi yang membukanya frasa "
        "sandi.",
        "Everything in this profile is encrypted. This computer has no system keyring, so a passphrase opens it.",
    ),
    "locked": ("Profil ini terkunci mulai sekarang.", "This profile is locked from now on."),
    "recovery_code": ("Kode pemulihan:", "Recovery code:"),
    "recovery_keep": (
        "Tulis di kertas dan simpan terpisah dari komputer ini. Kode ini hanya ditampilkan sekali; tanpa kode ini, PIN "
        "yang terlupa berarti data di sini tidak terbuka lagi.",
        "Write it on paper and keep it apart from this computer. It is shown only this once; without it, a PIN that is "
        "forgotten means that the data here does not open again.",
    ),
    "pin_changed": ("Sudah diganti.", "It was changed."),
    "recovered": (
        "Profil ini terbuka lagi dengan yang baru; kode pemulihan yang lama tidak berlaku.",
        "This profile opens with the new one now; the old recovery code is void.",
    ),
    "pin_needed": (
        "Profil ini terkunci. Jalankan di terminal, atau beri PIN-nya lewat masukan standar: `tenggat --pin-stdin …`.",
        "This profile is locked. Run this in a terminal, or give its PIN on standard input: `tenggat --pin-stdin …`.",
    ),
    "no_viewing": (
        "Profil ini terkunci, jadi salinan yang bisa dibaca tidak ditaruh di disk. Simpan sendiri di tempat yang Anda "
        "pilih: `tenggat file save`.",
        "This profile is locked, so no readable copy is put on the disk. Save one where you choose: "
        "`tenggat file save`.",
    ),
    "error_wrong_key": (
        "Data profil ini tidak terbuka dengan kuncinya: rusak, atau bukan milik vault.json ini. Tidak ada yang diubah. "
        "Salin foldernya ke tempat aman sebelum melakukan apa pun.",
        "This profile's data does not open with its key: it is damaged, or not that of this vault.json. Nothing was "
        "changed. Copy its folder to a safe place before anything else.",
    ),
    "error_not_sealed": (
        "Data profil ini tidak terenkripsi, padahal profilnya terkunci. Tidak ada yang diubah. Salin foldernya ke "
        "tempat aman sebelum melakukan apa pun.",
        "This profile's data is not encrypted, though the profile is locked. Nothing was changed. Copy its folder to a "
        "safe place before anything else.",
    ),
    "error_no_cipher": (
        "Profil ini terenkripsi, dan program ini dipasang tanpa SQLCipher.",
        "This profile is encrypted, and this program was installed without SQLCipher.",
    ),
    "todo_no_cipher": (
        "Pasang dengan `pip install 'tenggat[desktop]'`.",
        "Install it with `pip install 'tenggat[desktop]'`.",
    ),
    "error_not_opened": (
        "Berkas terenkripsi di perangkat ini rusak atau diubah, jadi tidak terbuka.",
        "An encrypted file on this device was damaged or changed, so it does not open.",
    ),
    "error_store_closed": ("Profil ini baru saja ditutup.", "This profile was closed just now."),
    "todo_store_closed": ("Buka lagi.", "Open it again."),
}
