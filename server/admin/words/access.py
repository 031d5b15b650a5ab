"""How somebody comes in, and what ends it: invitations, passwords, sessions, closing an account."""

from typing import Final

from schemas.text import Text

WORDS: Final[dict[str, Text]] = {
    # ---- Invitations ----
    "invite": Text("Undang perangkat", "Invite a device"),
    "invite_lead": Text(
        "Satu tautan untuk satu perangkat, tanpa kata sandi. Kodenya ditunjukkan satu kali.",
        "One link for one device, with no password. The code is shown once.",
    ),
    "invite_title": Text("Undang perangkat untuk {name}", "Invite a device for {name}"),
    "invite_days": Text("Berlaku (hari)", "Good for (days)"),
    "invite_days_hint": Text("1 sampai {n}.", "1 to {n}."),
    "invite_days_wrong": Text("Tulis angka 1 sampai {n}.", "Write a number from 1 to {n}."),
    "invite_address": Text(
        "Alamat server, sebagaimana perangkat mencapainya", "The server's address, as devices reach it"
    ),
    "invite_address_hint": Text("Misalnya https://layanan.example.id", "For example https://layanan.example.id"),
    "invite_address_wrong": Text(
        "Ini bukan alamat server; contohnya https://layanan.example.id",
        "This is no server's address; it looks like https://layanan.example.id",
    ),
    "invite_do": Text("Buat tautan", "Make the link"),
    "invited_title": Text("Tautan untuk {name}", "The link for {name}"),
    "invited_once": Text(
        "Tautan ini hanya tampil sekarang. Siapa yang lebih dulu membukanya, dialah yang masuk: berikan kepada {name}"
        " saja, lewat jalan yang Anda percaya.",
        "This link is shown now and never again. Whoever opens it first is in: give it to {name} alone, by a way that"
        " you trust.",
    ),
    "invited_link": Text("Tautan", "Link"),
    "invited_qr": Text("Kode QR dari tautan ini", "The QR code of this link"),
    "invited_until": Text("Berlaku sampai {when}, untuk satu perangkat.", "Good until {when}, for one device."),
    "invited_how": Text(
        "Di ponsel: pindai kodenya dengan kamera. Di jendela Tenggat: tempel tautannya di tempat ia menanyakan server.",
        "On a phone: read the code with the camera. In the window: paste the link where it asks for the server.",
    ),
    "invited_local": Text(
        "Tautan ini hanya terbuka di komputer ini. Untuk perangkat lain, buat lagi dengan alamat server yang mereka"
        " pakai.",
        "This link opens on this computer only. For other devices, make another with the address that they use.",
    ),
    "invited_plain": Text(
        "Alamat ini tidak terenkripsi: siapa pun di perjalanan bisa membaca kodenya, dan semua sesudahnya.",
        "This address is not encrypted: whoever is on the way can read the code, and all that follows.",
    ),
    "invited_pinned": Text(
        "Sidik sertifikat kota ikut di tautan; perangkat itu tidak mempercayai sertifikat lain.",
        "The fingerprint of the city's certificate is in the link; the device trusts no other.",
    ),
    "invitations": Text("Undangan", "Invitations"),
    "invitations_empty": Text("Tidak ada undangan yang terbuka.", "No invitation is open."),
    "invitation_until": Text("berlaku sampai {when}", "good until {when}"),
    "invitation_withdraw": Text("Tarik kembali", "Take it back"),
    "invitations_over": Text("Yang sudah selesai", "Those that are over"),
    "invitation_used": Text("dipakai", "used"),
    "invitation_expired": Text("lewat waktu", "too old"),
    "invitation_revoked": Text("ditarik kembali", "taken back"),
    "done_withdrawn": Text("Undangan ditarik kembali.", "The invitation opens nothing any more."),
    # ---- Passwords and sessions ----
    "new_password": Text("Kata sandi baru", "New password"),
    "new_password_lead": Text(
        "Bila lupa, atau diketahui orang lain. Sesinya di halaman admin berakhir.",
        "Where it was forgotten, or somebody else knows it. Their sessions on the admin pages end.",
    ),
    "new_password_title": Text("Kata sandi baru untuk {name}", "A new password for {name}"),
    "new_password_why": Text("Perangkatnya", "Their devices"),
    "new_password_forgot": Text(
        "Tetap masuk: kata sandinya hanya lupa", "Stay signed in: the password was only forgotten"
    ),
    "new_password_known": Text(
        "Dicabut semuanya: orang lain mengetahui kata sandinya",
        "Are all revoked: somebody else knew the password",
    ),
    "new_password_known_hint": Text(
        "Yang menunggu di perangkat masuk ke karantina pada kontak berikutnya, lalu isinya dihapus.",
        "What waits on them comes to quarantine at their next contact, then they drop what they hold.",
    ),
    "new_password_own": Text("Kata sandi Anda sekarang", "Your present password"),
    "own_password": Text("Kata sandi Anda", "Your password"),
    "own_password_must": Text(
        "Kata sandi ini dibuatkan untuk Anda dan sebentar lagi tidak berlaku. Pilih yang hanya Anda ketahui; sesudah"
        " itu halaman lain terbuka.",
        "This password was made up for you, and is soon good no more. Choose one that you alone know; the other pages"
        " open after that.",
    ),
    "own_password_lead": Text(
        "Sesi Anda yang lain di halaman admin berakhir. Perangkat Anda tetap masuk.",
        "Your other sessions on the admin pages end. Your devices stay signed in.",
    ),
    "done_password_chosen": Text("Kata sandi Anda sudah diganti.", "Your password was changed."),
    "new_password_do": Text("Ganti kata sandi", "Change the password"),
    "new_password_done": Text("Kata sandi {name} sudah diganti.", "The password of {name} is another one now."),
    "new_password_once": Text(
        "Hanya tampil sekarang, dan berlaku 7 hari: pemiliknya memilih yang baru sebelum itu. Bacakan atau serahkan"
        " lewat jalan yang Anda percaya.",
        "It is shown now and never again, and good for 7 days, in which its owner chooses another. Read it out, or hand"
        " it over by a way that you trust.",
    ),
    "new_password_ended": Text(
        "Sesi di halaman admin yang berakhir: {sessions}. Perangkat yang dicabut: {devices}.",
        "Sessions on the admin pages that ended: {sessions}. Devices revoked: {devices}.",
    ),
    "secret_label": Text("Kata sandi", "Password"),
    "to_person": Text("Ke halaman {name}", "To the page of {name}"),
    "end_sessions": Text("Keluarkan dari halaman admin", "Sign out of the admin pages"),
    "end_sessions_lead": Text(
        "Semua sesinya di halaman ini berakhir. Perangkatnya tidak disentuh.",
        "All their sessions on these pages end. Their devices are not touched.",
    ),
    "done_sessions_ended": Text("Sesinya di halaman admin sudah berakhir.", "Their sessions on the admin pages ended."),
    "done_password_given": Text(
        "Kata sandi diganti, dan sesinya di halaman admin berakhir. Perangkatnya tetap masuk.",
        "The password is another one, and their sessions on the admin pages ended. Their devices stay signed in.",
    ),
    "done_password_revoked": Text(
        "Kata sandi diganti, sesinya di halaman admin berakhir, dan semua perangkatnya dicabut.",
        "The password is another one, their sessions on the admin pages ended, and all their devices are revoked.",
    ),
    "done_password_given_reopened": Text(
        "Kata sandi diganti, dan sesinya di halaman admin berakhir. Perangkatnya tetap masuk. Kode dari ponselnya"
        " berlaku lagi.",
        "The password is another one, and their sessions on the admin pages ended. Their devices stay signed in. Codes"
        " of their phone count again.",
    ),
    "done_password_revoked_reopened": Text(
        "Kata sandi diganti, sesinya di halaman admin berakhir, dan semua perangkatnya dicabut. Kode dari ponselnya"
        " berlaku lagi.",
        "The password is another one, their sessions on the admin pages ended, and all their devices are revoked. Codes"
        " of their phone count again.",
    ),
    # ---- Closing ----
    "close": Text("Tutup akun…", "Close the account…"),
    "close_lead": Text(
        "Bila seseorang pergi. Perangkatnya dicabut, dan menyerahkan yang menunggu.",
        "When somebody leaves. Their devices are revoked, and hand over what waits.",
    ),
    "close_title": Text("Tutup akun {name}?", "Close the account of {name}?"),
    "close_what": Text(
        "{name} tidak bisa masuk lagi. Sesinya di halaman admin dan undangannya berakhir saat ini juga.",
        "{name} cannot sign in any more. Sessions on the admin pages and invitations end at once.",
    ),
    "close_devices": Text(
        "Perangkat yang dicabut: {n}. Pada kontak berikutnya masing-masing menyerahkan yang menunggu ke karantina, lalu"
        " menghapus isinya. Ini tidak bisa dibatalkan.",
        "Devices that are revoked: {n}. At its next contact each hands over what waits to quarantine, then drops all"
        " that it holds. This cannot be undone.",
    ),
    "close_waits": Text(
        "{n} hal menunggu di perangkatnya. Minta {name} sinkron dulu bila masih bisa: sesudah ini semuanya harus"
        " diperiksa satu per satu di karantina.",
        "Things wait on their devices ({n}). Have {name} sync first, if that can still be: after this each has to be"
        " looked at in quarantine.",
    ),
    "close_work": Text(
        "Berkas yang menunggunya: {n}. Rekan yang berperan sama melihatnya juga.",
        "Cases that wait for them: {n}. Colleagues with the same role see these too.",
    ),
    "close_gaps": Text("Sesudah ini ada yang kosong:", "After this somebody is missing:"),
    "close_do": Text("Tutup akun", "Close the account"),
    "open_again": Text("Buka akun lagi", "Open the account again"),
    "open_again_lead": Text(
        "Bisa masuk lagi dengan kata sandinya. Perangkat lama tetap dicabut: undang lagi.",
        "They can sign in again with their password. Old devices stay revoked: invite them anew.",
    ),
    "done_closed": Text("Akun ditutup, perangkatnya dicabut.", "The account is closed, and its devices are revoked."),
    "done_opened": Text("Akun dibuka lagi.", "The account is open again."),
}
