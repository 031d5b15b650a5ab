"""Bundles: what is carried instead of sent."""

WORDS = {
    "bundle_written": (
        "{n} perubahan dan {files} foto atau dokumen ada di {path} ({size}). Hanya server kota yang bisa membacanya.",
        "{n} change{s} and {files} photos or documents are in {path} ({size}). Only the city's server can read it.",
    ),
    "bundle_next": (
        "Bawa ke siapa saja yang punya jaringan (`tenggat carry {path}`), atau ke admin kota. Jawabannya dibuka di sini"
        " dengan `tenggat answer`. Bila jaringan datang lebih dulu, `tenggat sync` saja: tidak ada yang jadi ganda.",
        "Take it to anybody who has a network (`tenggat carry {path}`), or to the city's administrator. Its answer is"
        " opened here with `tenggat answer`. If a network comes first, just `tenggat sync`: nothing happens twice.",
    ),
    "bundle_files_left": (
        "{n} foto atau dokumen tidak ikut dan menunggu di perangkat ini.",
        "{n} photo{s} or documents were left out and wait on this device.",
    ),
    "bundle_left": (
        "{n} perubahan lagi tidak muat; buat berkas lagi setelah jawabannya datang.",
        "{n} change{s} more did not fit; make another file once the answer has come.",
    ),
    "adopted": (
        "{n} perubahan dari berkas itu kini menunggu di sini ({known} sudah ada). Kirim dengan `tenggat sync`.",
        "{n} change{s} of that file wait here now ({known} were here already). Send them with `tenggat sync`.",
    ),
    "carried": (
        "{path} sudah sampai di server. Jawabannya ada di {answer}; bawa kembali ke pemiliknya.",
        "{path} has reached the server. Its answer is in {answer}; take it back to its owner.",
    ),
    "carried_later": (
        "{n} foto atau dokumen di dalamnya belum diterima server sekarang. Bawa lagi berkas yang sama nanti:"
        " `tenggat carry {path}`.",
        "{n} photo{s} or documents in it were not taken by the server for now. Carry the same file again later:"
        " `tenggat carry {path}`.",
    ),
    "heard": ("Jawaban dibaca", "Answer read"),
    "heard_answered": ("{n} perubahan terjawab", "{n} change{s} answered"),
    "heard_files": ("{n} foto atau dokumen sampai", "{n} photo{s} or documents arrived"),
    "heard_nothing": ("tidak ada yang baru", "nothing new"),
    "heard_late": (
        "Perangkat ini sudah mendengar kabar yang lebih baru, jadi hanya jawabannya yang diambil. Berkas terbaru datang"
        " dengan `tenggat sync` atau jawaban berikutnya.",
        "This device has heard newer news already, so only what became of its changes was taken. The cases come with"
        " `tenggat sync` or the next answer.",
    ),
    "heard_more": (
        "Server punya lebih banyak daripada yang muat; buat `tenggat bundle` lagi, atau `tenggat sync`.",
        "The server has more than fitted; make another `tenggat bundle`, or `tenggat sync`.",
    ),
    "heard_problem": ("Server tidak menerima berkas itu:", "The server did not take that file:"),
    "error_not_a_bundle": ("Ini bukan berkas Tenggat.", "This is not a file of Tenggat's."),
    "todo_not_a_bundle": (
        "Pilih berkas yang dibuat `tenggat bundle`, atau jawabannya.",
        "Choose a file that `tenggat bundle` made, or its answer.",
    ),
    "error_newer_bundle": (
        "Berkas ini dibuat Tenggat yang lebih baru.",
        "This file was made by a newer version of Tenggat.",
    ),
    "todo_newer_bundle": ("Perbarui program ini.", "Update this program."),
    "error_bundle_damaged": (
        "Berkas ini rusak atau tidak utuh. Tidak ada yang hilang.",
        "This file is damaged or not whole. Nothing is lost.",
    ),
    "todo_bundle_damaged": (
        "Salin sekali lagi dari asalnya, atau buat lagi dengan `tenggat bundle`.",
        "Copy it once more from where it came, or make another with `tenggat bundle`.",
    ),
    "error_other_server": (
        "Berkas ini milik server lain, atau server kota sudah berganti kunci.",
        "This file is of another server, or the city's server has other keys now.",
    ),
    "todo_other_server": (
        "Isinya tidak berubah; simpan saja. Periksa profilnya (--profile); bila benar kotanya, `tenggat sync` sekali,"
        " lalu coba lagi. Bila tetap begini, buat lagi dengan `tenggat bundle` di perangkat asalnya.",
        "It was not changed; keep it. Check the profile (--profile); if the city is right, `tenggat sync` once, then"
        " try again. If it stays like this, make another with `tenggat bundle` on the device where it came from.",
    ),
    "error_no_server_keys": (
        "Perangkat ini belum pernah bertemu servernya.",
        "This device never met its server.",
    ),
    "error_not_an_answer": (
        "Ini bukan jawaban, melainkan kiriman yang harus dibawa ke server.",
        "This is no answer but a bundle that is to be carried to the server.",
    ),
    "todo_not_an_answer": ("Bawa dengan `tenggat carry BERKAS`.", "Carry it with `tenggat carry FILE`."),
    "error_not_to_carry": (
        "Ini jawaban server, bukan kiriman.",
        "This is an answer of the server's, not a bundle for it.",
    ),
    "todo_not_to_carry": (
        "Bawa ke perangkat pemiliknya; di sana `tenggat answer BERKAS`.",
        "Take it to its owner's device, and there `tenggat answer FILE`.",
    ),
    "error_not_ours": (
        "Jawaban ini untuk kiriman perangkat lain, atau kiriman yang sudah lama.",
        "This answers another device's bundle, or one of long ago.",
    ),
    "todo_not_ours": (
        "Bila memang dari sini, buat lagi dengan `tenggat bundle`: isinya yang belum terjawab ikut semua.",
        "If it is from here, make another with `tenggat bundle`: all that has no answer is in it.",
    ),
    "error_answer_too_old": (
        "Server dipulihkan dari cadangan setelah jawaban ini dibuat, jadi isinya tidak berlaku lagi.",
        "The server was restored after it gave this answer, so what it says no longer holds.",
    ),
    "todo_answer_too_old": (
        "Yang menunggu di sini tetap aman: `tenggat sync`, atau buat lagi `tenggat bundle`.",
        "What waits here is safe: `tenggat sync`, or make another `tenggat bundle`.",
    ),
}
