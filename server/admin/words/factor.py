"""The second factor, called two-step verification where people read of it."""

from typing import Final

from schemas.text import Text

WORDS: Final[dict[str, Text]] = {
    "factor": Text("Verifikasi dua langkah", "Two-step verification"),
    "factor_lead": Text(
        "Sesudah kata sandi, halaman admin menanyakan kode dari ponsel Anda. Kata sandi yang bocor saja tidak cukup"
        " untuk masuk.",
        "After the password, the admin pages ask for a code of your phone. A stolen password alone opens nothing.",
    ),
    "factor_since": Text("aktif sejak {when}", "on since {when}"),
    "factor_none": Text("belum diatur", "not set up"),
    # ---- Signing in ----
    "code_title": Text("Kode dari ponsel", "The code of your phone"),
    "code_label": Text("Kode enam angka", "Six-digit code"),
    "code_hint": Text(
        "Buka aplikasi autentikator di ponsel Anda. Kodenya berganti tiap setengah menit.",
        "Open the authenticator app on your phone. The code changes every half minute.",
    ),
    "code_no_phone": Text("Ponsel tidak ada di tangan?", "Is the phone not at hand?"),
    "code_recovery": Text("Kode pemulihan", "Recovery code"),
    "code_recovery_hint": Text(
        "Salah satu dari sepuluh kode di kertas Anda; tiap kode berlaku satu kali. Bila kertasnya hilang juga, minta"
        " admin lain.",
        "One of the ten codes on your paper; each is good once. If the paper is lost too, ask another admin.",
    ),
    "code_recover": Text("Masuk dengan kode pemulihan", "Sign in with a recovery code"),
    "code_paper_opens": Text("Kode pemulihan tetap bisa dipakai sekarang.", "A recovery code can be used right now."),
    "code_again": Text("Mulai lagi dari kata sandi", "Begin again with the password"),
    "code_too_late": Text(
        "Sudah terlalu lama sejak kata sandi diketik. Masuk sekali lagi.",
        "It was too long ago that the password was typed. Sign in once more.",
    ),
    "changed_meanwhile": Text(
        "Akun ini berubah tepat saat Anda masuk, misalnya kata sandinya atau verifikasi dua langkahnya. Masuk sekali"
        " lagi.",
        "Something of this account was changed just as you signed in, such as its password or its two-step"
        " verification. Sign in once more.",
    ),
    "half_way_over": Text(
        "Akun ini berubah tepat saat Anda masuk, misalnya kata sandinya atau verifikasi dua langkahnya, atau tombolnya"
        " tertekan dua kali. Masuk sekali lagi.",
        "Something of this account was changed just as you signed in, such as its password or its two-step"
        " verification; or the button was pressed twice. Sign in once more.",
    ),
    # ---- One's own ----
    "factor_must": Text(
        "Kota ini mewajibkan verifikasi dua langkah bagi admin. Atur sekarang; sesudah itu halaman lain terbuka.",
        "This city wants two-step verification of its admins. Set it up now; the other pages open after that.",
    ),
    "factor_need": Text(
        "Anda perlu aplikasi autentikator di ponsel, misalnya Aegis, 2FAS, Google Authenticator atau Microsoft"
        " Authenticator. Aplikasi itu tidak butuh jaringan.",
        "You need an authenticator app on a phone, such as Aegis, 2FAS, Google Authenticator or Microsoft"
        " Authenticator. It needs no network.",
    ),
    "factor_on": Text("Aktif sejak {when}.", "On since {when}."),
    "factor_left": Text("Kode pemulihan yang tersisa: {n} dari {most}.", "Recovery codes left: {n} of {most}."),
    "factor_few": Text(
        "Kode pemulihan Anda hampir habis. Buat yang baru.", "Your recovery codes are nearly used up. Make new ones."
    ),
    "factor_no_codes": Text(
        "Kode pemulihan Anda habis. Bila ponselnya juga hilang, hanya admin lain yang bisa membukakan jalan: buat kode"
        " yang baru sekarang.",
        "Your recovery codes are used up. Were the phone lost too, only another admin could let you in: make new ones"
        " now.",
    ),
    "codes_title_of": Text("Kode pemulihan", "Recovery codes"),
    "factor_left_short": Text("tersisa {n} dari {most}", "{n} of {most} left"),
    "factor_few_tag": Text("hampir habis", "nearly used up"),
    "factor_none_tag": Text("habis", "used up"),
    # ---- Right after a recovery code ----
    "recovered": Text("Anda masuk dengan kode pemulihan", "You signed in with a recovery code"),
    "recovered_used": Text("Kode itu tidak berlaku lagi.", "That code is good no more."),
    "recovered_none": Text(
        "Itu kode pemulihan yang terakhir. Bila Anda keluar tanpa ponsel, hanya admin lain yang bisa membukakan jalan:"
        " buat kode baru sekarang, dan hubungkan ponsel lain bila yang dulu hilang.",
        "That was the last recovery code. Once you are out and have no phone, only another admin can let you in: make"
        " new codes now, and connect another phone if the one of before is lost.",
    ),
    "recovered_do": Text("Buat kode baru atau hubungkan ponsel lain", "Make new codes, or connect another phone"),
    # ---- Before one goes on ----
    "arrived": Text("Anda sudah masuk", "You are signed in"),
    "arrived_guessed": Text(
        "{n} kode salah dicoba sejak Anda terakhir masuk, sesudah kata sandi Anda yang benar. Bila bukan Anda yang"
        " mengetiknya, orang lain mengetahui kata sandi Anda: ganti sekarang.",
        "Wrong codes were tried {n} times since you were last let in, after your right password. If it was not you who"
        " typed them, somebody else knows your password: change it now.",
    ),
    "arrived_reopened": Text(
        "Kode dari ponsel Anda tadinya ditutup: {n} kode salah berturut-turut, sesudah kata sandi Anda yang benar. Bila"
        " bukan Anda yang mengetiknya, orang lain mengetahui kata sandi Anda: ganti sekarang. Kode dari ponsel berlaku"
        " lagi.",
        "Codes of your phone were shut: {n} wrong ones in a row, after your right password. If it was not you who typed"
        " them, somebody else knows your password: change it now. Codes of the phone count again.",
    ),
    "arrived_on": Text("Lanjut", "Go on"),
    "arrived_after": Text(
        "Sesudah mengirim, tekan nama Anda di atas halaman berikutnya untuk mengurus itu.",
        "After sending, press your name at the top of the next page to see to that.",
    ),
    "factor_set_up": Text("Atur verifikasi dua langkah", "Set up two-step verification"),
    "factor_change": Text("Yang bisa diubah", "What can be changed"),
    "factor_change_lead": Text(
        "Ketik kata sandi Anda, lalu pilih tindakannya.", "Type your password, then choose what to do."
    ),
    "factor_replace": Text("Pindah ke ponsel lain", "Change to another phone"),
    "factor_new_codes": Text("Buat kode pemulihan baru", "Make new recovery codes"),
    "factor_remove": Text("Matikan verifikasi dua langkah", "Turn two-step verification off"),
    "factor_replace_hint": Text(
        "Ponsel yang lama tetap berlaku sampai yang baru menunjukkan kode pertamanya.",
        "The present phone stays good until the new one has shown its first code.",
    ),
    # ---- What is offered ----
    "offered_title": Text("Hubungkan ponsel Anda", "Connect your phone"),
    "offered_one": Text("Pindai kode ini dengan aplikasi autentikator", "Scan this with the authenticator app"),
    "offered_qr": Text("Kode QR untuk aplikasi autentikator", "The QR code for the authenticator app"),
    "offered_here": Text(
        "Sedang memakai ponsel itu sendiri? Buka di aplikasi autentikator",
        "Are you on that phone right now? Open it in the authenticator app",
    ),
    "offered_by_hand": Text(
        "Atau ketik kunci ini di aplikasi (berbasis waktu, enam angka):",
        "Or type this key into the app (time-based, six digits):",
    ),
    "offered_secret": Text(
        "Jangan tunjukkan kepada siapa pun: siapa yang punya kunci ini bisa membuat kode Anda.",
        "Show it to nobody: whoever has this key can make your codes.",
    ),
    "offered_two": Text("Ketik kode yang tampil di aplikasi", "Type the code that the app shows"),
    "offered_do": Text("Aktifkan", "Turn it on"),
    # ---- Recovery codes ----
    "codes_title": Text("Kode pemulihan Anda", "Your recovery codes"),
    "codes_fresh": Text(
        "Verifikasi dua langkah aktif. Sesi Anda di peramban lain sudah berakhir.",
        "Two-step verification is on. Your sessions in other browsers have ended.",
    ),
    "codes_lead": Text(
        "Untuk hari ketika ponsel tidak ada. Tiap kode berlaku satu kali, dan daftar ini hanya tampil sekarang: cetak,"
        " atau salin ke tempat yang aman, bukan ke ponsel yang sama.",
        "For the day when the phone is not there. Each code is good once, and this list is shown now and never again:"
        " print it, or copy it to a safe place that is not the same phone.",
    ),
    "codes_old": Text("Kode pemulihan yang lama tidak berlaku lagi.", "The recovery codes of before are good no more."),
    "codes_done": Text("Sudah saya simpan, lanjut", "I have kept them, go on"),
    "done_factor_removed": Text(
        "Verifikasi dua langkah dimatikan. Hapus juga dari aplikasi di ponsel Anda.",
        "Two-step verification is off. Delete it from the app on your phone too.",
    ),
    # ---- Shut ----
    "factor_shut_own": Text(
        "Kode dari ponsel Anda ditutup sejak {when}: {most} kode salah berturut-turut, sesudah kata sandi Anda yang"
        " benar. Bila bukan Anda yang mengetiknya, orang lain mengetahui kata sandi Anda: ganti kata sandi, lalu"
        " hubungkan ponsel Anda lagi (Pindah ke ponsel lain).",
        "Codes of your phone are shut since {when}: {most} wrong ones in a row, after your right password. If it was"
        " not you who typed them, somebody else knows your password: change it, then connect your phone again (Change"
        " to another phone).",
    ),
    "factor_shut_theirs": Text(
        "Kode dari ponselnya ditutup sejak {when}: {most} kode salah berturut-turut, sesudah kata sandi yang benar."
        " Bila bukan {name} yang mengetiknya, orang lain mengetahui kata sandinya. Kata sandi baru membuka kodenya"
        " lagi; kode pemulihan juga.",
        "Codes of their phone are shut since {when}: {most} wrong ones in a row, after the right password. If it was"
        " not {name} who typed them, somebody else knows the password. A new password opens the codes again, and so"
        " does a recovery code.",
    ),
    "factor_reopened": Text("Kode dari ponselnya berlaku lagi.", "Codes of their phone count again."),
    # ---- Somebody else's ----
    "factor_lost": Text("Ponselnya hilang…", "Their phone is lost…"),
    "factor_lost_lead": Text(
        "Bila ponsel dan kode pemulihannya hilang: verifikasi dua langkahnya dilepas.",
        "Where both the phone and the recovery codes are lost: takes their two-step verification away.",
    ),
    "factor_remove_title": Text(
        "Lepas verifikasi dua langkah {name}?", "Take the two-step verification of {name} away?"
    ),
    "factor_remove_what": Text(
        "Kode dari ponsel itu dan semua kode pemulihannya tidak berlaku lagi, dan sesinya di halaman admin berakhir.",
        "Codes of that phone and all recovery codes are good no more, and their sessions on the admin pages end.",
    ),
    "factor_remove_sure": Text(
        "Pastikan ini benar {name}: temui atau telepon lewat nomor yang sudah Anda kenal. Sesudah ini kata sandinya"
        " saja sudah cukup untuk masuk dan mengatur ponsel baru.",
        "Make sure that it is {name}: meet them, or call by a number that you know already. After this the password"
        " alone is enough to sign in and set up another phone.",
    ),
    "factor_remove_do": Text("Lepas", "Take it away"),
    "done_factor_taken": Text(
        "Verifikasi dua langkahnya dilepas, dan sesinya di halaman admin sudah berakhir.",
        "Their two-step verification is gone, and their sessions on the admin pages ended.",
    ),
    # ---- The health page ----
    "factor_key_closed": Text(
        "Kode dari ponsel {n} orang tidak bisa diperiksa: keys/factor.key atau foldernya tertutup bagi pengguna yang"
        " menjalankan server. Jadikan miliknya. Kode pemulihan mereka tetap berlaku.",
        "Codes of the phones of {n} people cannot be checked: keys/factor.key or its folder is closed to the user that"
        " the server runs as. Give it to that user. Their recovery codes are still good.",
    ),
    "factor_key_gone": Text(
        "Kode dari ponsel {n} orang tidak bisa diperiksa: keys/factor.key hilang, rusak, atau bukan yang dulu. Ambil"
        " kembali dari cadangan. Kode pemulihan mereka tetap berlaku.",
        "Codes of the phones of {n} people cannot be checked: keys/factor.key is gone, damaged or not the one of"
        " before. Bring it back from a backup. Their recovery codes are still good.",
    ),
    "factor_shut": Text(
        "Kode ponsel yang ditutup sesudah {most} kode salah: {n}. Orang lain tampaknya mengetahui kata sandinya; kata"
        " sandi baru dari Anda membuka kodenya lagi.",
        "Phones whose codes were shut after {most} wrong ones: {n}. Somebody else seems to know the password; a new"
        " password that you give opens the codes again.",
    ),
    "factor_shut_who": Text("Lihat siapa", "See who"),
    "factor_without_admin": Text("Admin tanpa verifikasi dua langkah", "Admins without two-step verification"),
    "factor_without_supervisor": Text(
        "Atasan tanpa verifikasi dua langkah", "Supervisors without two-step verification"
    ),
    # ---- The list of people ----
    "factor_is_on": Text("Aktif", "On"),
    "factor_is_shut": Text("Kodenya ditutup", "Codes are shut"),
    "factor_is_none": Text("Belum diatur", "Not set up"),
}
