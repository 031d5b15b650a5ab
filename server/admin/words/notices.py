"""The page of notices, and what health says of them."""

from typing import Final

from schemas.text import Text

WORDS: Final[dict[str, Text]] = {
    "notices": Text("Pemberitahuan", "Notices"),
    "notices_lead": Text(
        "Siapa diberi tahu apa: petugas sebelum batas waktu, atasan begitu lewat, kepala seksi bila masih lewat sesudah"
        " tiga hari kerja, atasan tentang perangkat yang diam, pemilik akun yang kode ponselnya ditutup. Tiap hal"
        " sekali; surel paling banyak sekali sehari.",
        "Who is told what: the officer before a date, the supervisor when it has passed, the section head when it is"
        " still so after three working days, the supervisor of silent devices, the owner of an account whose phone's"
        " codes were shut. Each thing once; at most one e-mail a day.",
    ),
    "notices_show_waiting": Text("Menunggu", "Waiting"),
    "notices_show_failed": Text("Gagal", "Failed"),
    "notices_show_sent": Text("Terkirim", "Sent"),
    "notices_show_kept": Text("Hanya di sini", "Only here"),
    "notices_show_grants": Text("UU 30/2014", "Law 30/2014"),
    "notices_show_all": Text("Semua", "All"),
    "notices_which": Text("Pemberitahuan yang ditampilkan", "Notices shown"),
    "notices_empty": Text("Tidak ada pemberitahuan di sini.", "There are no notices here."),
    "told": Text("Untuk Anda", "For you"),
    "told_lead": Text(
        "Yang disampaikan kepada Anda: batas waktu yang lewat, perangkat yang diam, kode ponsel Anda yang ditutup. Tiap"
        " hal sekali; juga yang tidak dikirim lewat surel.",
        "What you were told: dates that have passed, devices that are silent, codes of your phone that were shut. Each"
        " thing once; also what was not sent by e-mail.",
    ),
    "told_empty": Text(
        "Belum ada yang disampaikan kepada Anda. Bila ada batas waktu yang lewat atau perangkat yang diam, tampil di"
        " sini.",
        "You have not been told anything yet. When a date passes or a device falls silent, it stands here.",
    ),
    "told_state_queued": Text("akan dikirim lewat surel", "will be sent by e-mail"),
    "told_state_leaving": Text("sedang dikirim lewat surel", "is being sent by e-mail"),
    "told_state_sent": Text("dikirim lewat surel", "sent by e-mail"),
    "told_state_failed": Text("surelnya gagal terkirim", "its e-mail could not be sent"),
    "told_state_kept": Text("hanya di sini", "only here"),
    "told_device": Text("Lihat perangkatnya", "Look at the device"),
    "told_account": Text("Lihat akunnya", "Look at the account"),
    "told_case": Text("Buka berkasnya", "Open the case"),
    "told_work": Text("Buka daftar tugas", "Open the work list"),
    "notices_mail": Text("Surel", "E-mail"),
    "notices_mail_off": Text(
        "Dimatikan di pengaturan: pemberitahuan hanya tampil di sini.",
        "Switched off in the settings: notices are shown here only.",
    ),
    "notices_mail_unset": Text(
        "Server surel belum diatur (TENGGAT_SMTP_URL): pemberitahuan hanya tampil di sini dan tidak dikirim nanti.",
        "No mail server is set (TENGGAT_SMTP_URL): notices are shown here only, and not sent later.",
    ),
    "notices_mail_on": Text("Dikirim lewat {server}.", "Sent through {server}."),
    "notices_mail_wrong": Text("Pengaturannya tidak bisa dipakai: {why}", "Its setting cannot be used: {why}"),
    "notices_waiting_n": Text("Menunggu dikirim", "Waiting to be sent"),
    "notices_oldest": Text("Tertua", "Oldest"),
    "notices_failed_n": Text("Gagal", "Failed"),
    "notices_no_address": Text("Petugas aktif tanpa alamat surel", "Active officers without an address"),
    "notices_queue": Text("{n} menunggu", "{n} waiting"),
    "notices_failing": Text("{n} gagal", "{n} failed"),
    "notices_test": Text("Kirim surat percobaan ke", "Send a test letter to"),
    "notices_test_do": Text("Kirim percobaan", "Send the test"),
    "notices_test_wrong": Text("Ini bukan alamat surel. Contoh: petugas@kota.example", "This is no e-mail address."),
    "notices_test_failed": Text("Tidak terkirim: {why}", "It was not sent: {why}"),
    "notices_retry_all": Text("Coba lagi semua yang gagal", "Try all that failed again"),
    "notices_retry": Text("Coba lagi", "Try again"),
    "notices_tries": Text("dicoba {n} kali", "tried {n} times"),
    "notices_next": Text("berikutnya {when}", "next {when}"),
    "notice_state_queued": Text("menunggu", "waiting"),
    "notice_state_leaving": Text("sedang dikirim", "leaving"),
    "notice_state_sent": Text("terkirim", "sent"),
    "notice_state_failed": Text("gagal", "failed"),
    "notice_state_kept": Text("hanya di sini", "only here"),
    "notice_to": Text("untuk {name}", "for {name}"),
    "notice_gone": Text("seseorang yang sudah tidak ada", "somebody who is gone"),
    "notice_why_no_address": Text(
        "tidak ada alamat surel, atau akunnya ditutup", "no address, or the account is closed"
    ),
    "notice_evidence": Text("Bukti", "Evidence"),
    "notice_evidence_told": Text(
        "Pada {on}: tahap {stage}. Diterima lengkap {start}, {days} hari kerja, hari libur yang dilewati {skips},"
        " jeda {pauses} hari, batas {due}.",
        "On {on}: stage {stage}. Complete on {start}, {days} working days, days off passed over {skips}, paused for"
        " {pauses} days, due {due}.",
    ),
    "done_notice_test": Text(
        "Server surel menerima surat percobaan. Periksa apakah sampai, juga di folder spam.",
        "The mail server took the test letter. Look whether it arrived, also in the spam folder.",
    ),
    "done_notice_retry": Text("Dicoba lagi pada pengiriman berikutnya.", "They are tried again with the next sending."),
}
