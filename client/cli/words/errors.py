"""What is said when something cannot be done: `error_<code>` what happened, `todo_<code>` what to do."""

WORDS = {
    "error_unreachable": ("Server tidak dapat dihubungi.", "The server cannot be reached."),
    "todo_unreachable": (
        "Semua yang Anda isi aman di perangkat ini. Coba lagi `tenggat sync` bila ada sinyal.",
        "All that you typed is safe on this device. Try `tenggat sync` again when there is a signal.",
    ),
    "error_not_our_server": (
        "Yang menjawab bukan server kota; biasanya halaman masuk Wi-Fi umum.",
        "Something other than the city's server answered; usually the sign-in page of a public Wi-Fi.",
    ),
    "todo_not_our_server": (
        "Buka halaman masuk Wi-Fi itu di peramban, atau pakai jaringan lain, lalu `tenggat sync`. "
        "Bila tetap begini, periksa alamat servernya (`tenggat status`).",
        "Open that sign-in page in a browser or use another network, then `tenggat sync`. "
        "If it stays like this, check the server's address (`tenggat status`).",
    ),
    "error_busy": ("Server sedang sibuk; tidak ada yang berubah.", "The server is busy; nothing was changed."),
    "todo_busy": ("Coba lagi sebentar lagi.", "Try again in a little while."),
    "error_too_many": ("Terlalu banyak percobaan.", "Too many tries."),
    "todo_too_many": ("Tunggu {seconds} detik, lalu coba lagi.", "Wait {seconds} seconds, then try again."),
    "error_not_signed_in": (
        "Perangkat ini belum masuk, atau server tidak mengenalnya lagi.",
        "This device is not signed in, or the server no longer knows it.",
    ),
    "todo_not_signed_in": (
        "Masuk dengan `tenggat sign-in`, atau mulai sebagai tamu dengan `tenggat guest`. "
        "Yang menunggu di perangkat ini tetap ada.",
        "Sign in with `tenggat sign-in`, or begin as a guest with `tenggat guest`. "
        "What waits on this device stays here.",
    ),
    "error_wrong_credentials": ("Nama masuk atau sandi tidak cocok.", "Login or password is not right."),
    "todo_wrong_credentials": (
        "Periksa keduanya. Bila lupa, minta admin kota menggantinya.",
        "Check both. If you forgot them, ask the city's administrator.",
    ),
    "error_password_over": (
        "Sandi yang dibuatkan admin ini sudah lewat masanya.",
        "This password, which an administrator made up, is good no more.",
    ),
    "todo_password_over": ("Minta yang baru ke admin kota.", "Ask the city's administrator for another."),
    "error_revoked": (
        "Perangkat ini dicabut oleh kota, atau Anda keluarkan dari perangkat lain.",
        "This device was revoked by the city, or put out by you from another one.",
    ),
    "todo_revoked": (
        "Yang belum terkirim sudah diserahkan ke server untuk diperiksa, dan data di sini dihapus. "
        "Hubungi admin kota, lalu masuk lagi dengan `tenggat sign-in`.",
        "What had not been sent was handed to the server for checking, and the data here was removed. "
        "Talk to the city's administrator, then sign in again with `tenggat sign-in`.",
    ),
    "error_upgrade": (
        "Aplikasi ini terlalu lama untuk server kota: yang Anda kirim sampai, tetapi berkas tidak diperbarui.",
        "This program is too old for the city's server: what you send arrives, but cases are not updated.",
    ),
    "todo_upgrade": (
        "Perbarui dengan `pip install --upgrade tenggat`. Tidak ada yang hilang.",
        "Update it with `pip install --upgrade tenggat`. Nothing is lost.",
    ),
    "error_already_syncing": (
        "Perangkat ini sedang dikirim-terima oleh jendela atau perintah lain.",
        "Another window or command is syncing this device right now.",
    ),
    "todo_already_syncing": ("Tunggu sampai selesai.", "Wait until it is done."),
    "error_no_catalogue": (
        "Perangkat ini belum punya daftar layanan kota.",
        "This device does not have the city's services yet.",
    ),
    "todo_no_catalogue": (
        "Sekali saja, selagi ada jaringan: `tenggat sign-in --server ALAMAT` atau `tenggat guest --server ALAMAT`.",
        "Just once, while there is a network: `tenggat sign-in --server URL` or `tenggat guest --server URL`.",
    ),
    "error_frozen": (
        "Kiriman ini sudah meninggalkan perangkat, jadi tidak bisa diubah lagi.",
        "This has left the device, so it can no longer be changed.",
    ),
    "error_store_broken": (
        "Data di perangkat ini tidak dapat dibuka. Salin foldernya ke tempat aman sebelum melakukan apa pun.",
        "The data on this device cannot be opened. Copy its folder to a safe place before anything else.",
    ),
    "error_conflict": ("Sudah ada yang memakai nama itu.", "Something of that name exists already."),
    "error_invalid": ("Ada yang perlu diperbaiki.", "Something needs to be corrected."),
    "error_forbidden": ("Itu tidak diizinkan.", "That is not allowed."),
    "error_not_found": ("Itu tidak ditemukan.", "That was not found."),
    "error_too_large": (
        "Tulisannya terlalu panjang untuk dikirim; singkatkan.",
        "This is too long to be sent; shorten it.",
    ),
    "error_malformed": ("Jawaban server tidak dapat dibaca.", "The server's answer cannot be read."),
    "error_body_cut": ("Jawaban server terputus.", "The server's answer was cut off."),
    "error_unknown_encoding": (
        "Jawaban server memakai kompresi yang tidak dikenal.",
        "The server's answer is compressed in an unknown way.",
    ),
    "error_instance_taken": ("Data ini salinan dari perangkat lain.", "This data is a copy of another device's."),
    "unexpected": (
        "Ada kesalahan di program ({error}). Yang sudah tersimpan tetap aman. "
        "Jalankan dengan TENGGAT_DEBUG=1 untuk melaporkannya.",
        "Something went wrong in this program ({error}). What was saved stays safe. "
        "Run it with TENGGAT_DEBUG=1 to report it.",
    ),
    "stopped": ("Dihentikan.", "Stopped."),
    "bad_profile": (
        "“{name}” tidak bisa jadi nama profil: pakai huruf, angka, titik, dan tanda hubung.",
        "“{name}” cannot be a profile's name: use letters, digits, dots and hyphens.",
    ),
    "no_home": ("Folder {path} tidak dapat dipakai: {reason}.", "The folder {path} cannot be used: {reason}."),
    "no_file": ("{path} tidak dapat dibaca: {reason}.", "{path} cannot be read: {reason}."),
    "file_exists": (
        "{path} sudah ada. Pilih nama lain, supaya tidak ada yang tertimpa.",
        "{path} exists already. Choose another name, so that nothing is overwritten.",
    ),
    "not_json": ("{path} bukan satu objek JSON: {reason}.", "{path} is not one JSON object: {reason}."),
    "no_server": (
        "Alamat server belum diketahui. Sebutkan dengan --server, misalnya --server https://layanan.semarangkota.go.id.",
        "The server's address is not known yet. Give it with --server, such as --server https://permits.example.org.",
    ),
    "bad_server": ("“{url}” bukan alamat server.", "“{url}” is not a server's address."),
    "other_server": (
        "Profil ini milik {held}. Untuk server lain pakai profil lain: --profile NAMA.",
        "This profile belongs to {held}. For another server use another profile: --profile NAME.",
    ),
    "already_in": (
        "Perangkat ini sudah masuk sebagai {name}. Keluar dulu (`tenggat sign-out`) atau pakai --profile lain.",
        "This device is signed in as {name}. Sign out first (`tenggat sign-out`) or use another --profile.",
    ),
    "no_case": (
        "Tidak ada berkas “{text}” di perangkat ini. Lihat `tenggat list --all`.",
        "There is no case “{text}” on this device. See `tenggat list --all`.",
    ),
    "many_cases": (
        "“{text}” cocok dengan beberapa berkas: {found}. Tulis lebih lengkap.",
        "“{text}” fits several cases: {found}. Write more of it.",
    ),
    "no_field": (
        "{where} tidak punya isian “{name}”.{maybe}{known}\n  Lihat `tenggat services {service}`.",
        "{where} has no field “{name}”.{maybe}{known}\n  See `tenggat services {service}`.",
    ),
    "fields_required": ("\n  Harus diisi: {names}", "\n  Required: {names}"),
    "fields_optional": ("\n  Boleh kosong: {names}", "\n  Optional: {names}"),
    "maybe": (" Maksud Anda {names}?", " Did you mean {names}?"),
    "no_equals": ("“{text}” bukan isian=nilai.", "“{text}” is not field=value."),
    "unclear": (
        "{label}: “{text}” bisa berarti {found}. Tulis lebih lengkap, atau kodenya.",
        "{label}: “{text}” can mean {found}. Write more of it, or its code.",
    ),
    "template_nowhere": (
        "“{action}” tidak meminta tulisan, jadi tidak ada tempat untuk templat.",
        "“{action}” asks for no words, so there is no place for a template.",
    ),
    "template_unclear": (
        "Templat “{name}” tidak jelas. Yang ada untuk tindakan ini: {names}",
        "It is not clear which template “{name}” is. There are for this action: {names}",
    ),
    "no_action": (
        "{service} tidak punya tindakan “{name}”. Yang bisa sekarang: `tenggat act {case}`.",
        "{service} has no action “{name}”. What can be done now: `tenggat act {case}`.",
    ),
    "no_such_service": (
        "Tidak ada layanan “{name}”. Yang ada: {known}.",
        "There is no service “{name}”. There are: {known}.",
    ),
    "no_entry": ("Tidak ada kiriman nomor {n}.", "There is no command number {n}."),
    "not_refused": ("Kiriman {seq} tidak ditolak.", "Command {seq} was not refused."),
    "nothing_to_undo": (
        "Tidak ada perubahan di berkas ini yang belum terkirim.",
        "Nothing in this case is still unsent.",
    ),
    "guest_stays": (
        "Tamu tidak bisa keluar: hanya perangkat ini yang menuju berkasnya. Daftar dulu dengan `tenggat sign-up`.",
        "A guest cannot sign out: nothing but this device leads to the cases. Sign up first with `tenggat sign-up`.",
    ),
    "half_typed_left": (
        "Masih ada isian setengah jadi untuk {cases}. Selesaikan dengan `tenggat act`, atau buang dengan --forget.",
        "There are half-typed answers for {cases}. Finish them with `tenggat act`, or drop them with --forget.",
    ),
    "needs_values": (
        "Sebutkan isian=nilai, atau --json BERKAS. Nama isiannya: `tenggat services {service}`.",
        "Give field=value, or --json FILE. The names of the fields: `tenggat services {service}`.",
    ),
    "password_empty": ("Sandi kosong.", "The password is empty."),
}
