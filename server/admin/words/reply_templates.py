"""The pages of texts that officers answer with."""

from typing import Final

from schemas.text import Text

WORDS: Final[dict[str, Text]] = {
    "templates": Text("Templat jawaban", "Reply templates"),
    "templates_lead": Text(
        "Teks yang bisa disisipkan petugas saat menjawab. Perangkat mereka mengambilnya saat sinkron dan menyimpannya,"
        " jadi bisa dipakai tanpa sinyal. Petugas masih bisa mengubah isinya sebelum mengirim.",
        "Texts that officers can insert when they answer. Their devices fetch them at a sync and keep them, so they"
        " work without a signal. An officer can still change the words before sending.",
    ),
    "templates_empty": Text(
        "Belum ada templat. Mulailah dengan jawaban yang paling sering ditulis petugas.",
        "There are no templates yet. Begin with the answer that officers write most.",
    ),
    "template_new": Text("Templat baru", "New template"),
    "template_title": Text("Judul", "Title"),
    "template_title_hint": Text(
        "Petugas memilih menurut judul ini. Paling banyak {n} huruf.", "Officers choose by this. At most {n} letters."
    ),
    "template_text": Text("Teks", "Text"),
    "template_text_hint": Text(
        "Ditulis untuk dibaca warga. Paling banyak {n} huruf. Jangan tulis nama orang atau data pribadi.",
        "Written for citizens to read. At most {n} letters. No names of people, no personal data.",
    ),
    "template_services": Text("Untuk layanan", "For services"),
    "template_actions": Text("Untuk tindakan", "For actions"),
    "template_none_is_all": Text("Tanpa pilihan berarti semua.", "None chosen means all."),
    "template_all_services": Text("semua layanan", "all services"),
    "template_all_actions": Text("semua tindakan", "all actions"),
    "template_save": Text("Simpan", "Save"),
    "template_retire": Text("Tarik", "Retire"),
    "template_retire_lead": Text(
        "Tidak ditawarkan lagi kepada petugas. Teksnya tetap tersimpan di sini dan bisa dipakai lagi.",
        "Offered to officers no more. The text stays here and can be used again.",
    ),
    "template_retired": Text("Ditarik", "Retired"),
    "template_retired_ones": Text("Yang sudah ditarik ({n})", "Retired ones ({n})"),
    "template_again": Text("Simpan dan pakai lagi", "Save and use again"),
    "template_history": Text("Riwayat", "History"),
    "template_version": Text("Versi {n}", "Version {n}"),
    "template_title_wrong": Text("Tulis judul, 1 sampai {n} huruf.", "Write a title, 1 to {n} letters."),
    "template_title_taken": Text(
        "Templat lain sudah berjudul ini; petugas memilih menurut judul.",
        "Another template has this title; officers choose by it.",
    ),
    "template_text_wrong": Text("Tulis teksnya, 1 sampai {n} huruf.", "Write the text, 1 to {n} letters."),
    "template_actions_wrong": Text(
        "Tindakan ini tidak ada di layanan yang dipilih: {names}.", "The chosen services have no such action: {names}."
    ),
    "template_changed_meanwhile": Text(
        "Orang lain mengubah templat ini sementara itu. Yang Anda ketik masih di bawah; bandingkan dengan riwayat,"
        " lalu simpan lagi.",
        "Somebody changed this template meanwhile. What you typed is still below; compare it with the history, then"
        " save again.",
    ),
    "done_template_added": Text(
        "Tersimpan. Petugas melihatnya sesudah perangkatnya sinkron.",
        "Saved. Officers see it after their devices have synced.",
    ),
    "done_template_changed": Text(
        "Tersimpan. Teks sebelumnya ada di riwayat.", "Saved. The text before is in the history."
    ),
    "done_template_retired": Text("Ditarik. Tidak ditawarkan lagi.", "Retired. It is offered no more."),
}
