"""The quarantine."""

from typing import Final

from schemas.text import Text

WORDS: Final[dict[str, Text]] = {
    "quarantine_lead": Text(
        "Perintah yang tidak bisa dijalankan, disimpan utuh. Tidak ada yang hilang: coba lagi, perbaiki, atau tolak"
        " dengan jawaban.",
        "Commands that could not be carried out, kept whole. Nothing is lost: try again, correct, or reject with an"
        " answer.",
    ),
    "aside_malformed": Text("Rusak", "Damaged"),
    "aside_internal": Text("Kesalahan server", "A fault of the server"),
    "aside_seq_reused": Text("Nomor terpakai", "Number used before"),
    "aside_device_revoked": Text("Perangkat dicabut", "Device revoked"),
    "quarantine_empty": Text("Karantina kosong.", "The quarantine is empty."),
    "quarantine_of_device": Text("Hanya dari satu perangkat.", "Of one device only."),
    "show_all": Text("Tampilkan semua", "Show all"),
    "all_of_them": Text("Semua: {n}", "All: {n}"),
    "came_in": Text("Masuk", "Came in"),
    "what": Text("Perintah", "Command"),
    "sender": Text("Pengirim", "Sender"),
    "error_word": Text("Galat", "Error"),
    "bytes_word": Text("Ukuran", "Size"),
    "case": Text("Berkas", "Case"),
    "service": Text("Layanan", "Service"),
    "line_without_key": Text("Baris tanpa nomor urut", "A line without a number"),
    "kind_case_edit": Text("Mengubah isian", "Change fields"),
    "kind_case_act": Text("Tindakan", "Action"),
    "kind_case_choose": Text("Memilih nilai", "Choose a value"),
    "kind_case_open": Text("Membuka berkas", "Open a case"),
    "citizen_word": Text("Warga", "A citizen"),
    "carries": Text("Isinya", "What it carries"),
    "carries_fields": Text("Isian: {names}", "Fields: {names}"),
    "carries_files": Text("Foto dan dokumen: {n}", "Photos and documents: {n}"),
    "carries_note": Text("Ada catatan", "A note"),
    "later_warning": Text(
        "Sesudahnya perangkat ini sudah mengirim {n} perintah lain untuk berkas yang sama. Mungkin isinya sudah dikirim"
        " ulang; lihat dulu supaya tidak dua kali.",
        "The same device has sent more commands about this case since ({n}). It may have been sent anew; look first, so"
        " that it is not done twice.",
    ),
    "building_told": Text(
        "{n} perintah berikutnya menunggu perintah ini dan ikut dijalankan.",
        "Later commands wait for this one ({n}), and go along with it.",
    ),
    "still_not": Text(
        "Masih tidak bisa dijalankan, dan tidak ada yang berubah.",
        "It still cannot be carried out, and nothing was changed.",
    ),
    "retry": Text("Coba lagi", "Try again"),
    "retry_lead": Text(
        "Dijalankan apa adanya atas nama pengirimnya, satu kali. Berguna sesudah kesalahan server diperbaiki.",
        "Carried out as it is in its sender's name, once. Of use after a fault of the server was mended.",
    ),
    "payload": Text("Yang dikirim", "What was sent"),
    "payload_lead": Text(
        "Berisi data pribadi. Bahwa Anda membukanya dicatat di catatan audit.",
        "This holds personal data. That you look at it is noted in the audit log.",
    ),
    "payload_show": Text("Tampilkan isinya", "Show what was sent"),
    "correct": Text("Perbaiki dan jalankan", "Correct and carry out"),
    "correct_lead": Text(
        "Ubah JSON di bawah; nomor urut (seq) tetap. Yang dikirim dan yang diperbaiki sama-sama disimpan.",
        "Change the JSON below; its number (seq) stays. Both what was sent and what was corrected are kept.",
    ),
    "json": Text("Perintah (JSON)", "Command (JSON)"),
    "reject": Text("Tolak dengan jawaban", "Reject with an answer"),
    "reject_lead": Text(
        "Pengirim melihat jawaban ini di perangkatnya, di tempat perintahnya.",
        "The sender sees this answer on their device, in the place of the command.",
    ),
    "answer": Text("Jawaban kepada pengirim", "Answer to the sender"),
    "answer_wrong": Text("Tulis jawaban, paling banyak {n} huruf.", "Write an answer of at most {n} letters."),
    "reject_do": Text("Tolak dan kirim jawaban", "Reject, and send the answer"),
    "dismiss": Text("Kesampingkan", "Lay aside"),
    "dismiss_lead": Text(
        "Baris ini tidak punya nomor, jadi pengirimnya tidak bisa dijawab. Baris tetap tersimpan di basis data.",
        "This line has no number, so its sender cannot be answered. It stays in the database.",
    ),
    "recent": Text("Baru saja ditangani", "Dealt with lately"),
    "how_retried": Text("Dijalankan", "Carried out"),
    "how_corrected": Text("Diperbaiki dan dijalankan", "Corrected and carried out"),
    "how_rejected": Text("Ditolak dengan jawaban", "Rejected with an answer"),
    "done_retried": Text(
        "Perintah dijalankan. Perangkat pengirim mendengarnya pada kontak berikutnya.",
        "The command was carried out. Its sender's device hears of it at its next contact.",
    ),
    "done_corrected": Text(
        "Perintah yang diperbaiki dijalankan. Perangkat pengirim mendengarnya pada kontak berikutnya.",
        "The corrected command was carried out. Its sender's device hears of it at its next contact.",
    ),
    "done_rejected": Text(
        "Perintah ditolak. Pengirim melihat jawabannya pada kontak berikutnya.",
        "The command was rejected. Its sender sees the answer at the next contact.",
    ),
    "done_dismissed": Text("Baris dikesampingkan.", "The line was laid aside."),
}
