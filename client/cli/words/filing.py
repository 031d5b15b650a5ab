"""Writing, submitting and acting, and the questions that are asked for it."""

WORDS = {
    "draft_saved": (
        "Draf {case} tersimpan di perangkat ini.",
        "Draft {case} is saved on this device.",
    ),
    "draft_missing": ("Yang masih perlu diisi atau diperbaiki:", "Still to be filled in or corrected:"),
    "draft_ready": ("Sudah lengkap: `tenggat submit {case}`", "It is complete: `tenggat submit {case}`"),
    "edit_how": ("Isi dengan `tenggat edit {case} isian=nilai`", "Fill in with `tenggat edit {case} field=value`"),
    "edited": ("Tersimpan di perangkat ini:", "Saved on this device:"),
    "submitted": (
        "{case} siap dikirim dan aman di perangkat ini. Server menerimanya saat `tenggat sync`.",
        "{case} is ready to go and safe on this device. The server receives it at `tenggat sync`.",
    ),
    "expected_by": (
        "Bila diterima hari ini, “{label}” paling lambat {when}.",
        "If it is received today, “{label}” by {when} at the latest.",
    ),
    "expected_tomorrow": (
        "Kantor sudah tutup: bila diterima sekarang, “{label}” paling lambat {when}.",
        "The office is closed now: if it is received now, “{label}” by {when} at the latest.",
    ),
    "expected_may_move": ("Tanggal ini masih bisa berubah.", "This date may still change."),
    "expected_unknown": (
        "Tanggalnya diberikan server saat menerima.",
        "The server gives the date when it receives it.",
    ),
    "submit_refused": ("Belum bisa dikirim. Perbaiki dulu:", "It cannot be submitted yet. First correct:"),
    "ask_submit": ("Kirim sekarang?", "Submit it now?"),
    "ask_discard": ("Buang perubahan yang belum terkirim pada {case}?", "Drop what is not yet sent of {case}?"),
    "discarded": (
        "{n} perubahan dibuang. Tulisannya terbaca 30 hari di `tenggat outbox list --all`.",
        "{n} change{s} dropped. The text stays readable for 30 days in `tenggat outbox list --all`.",
    ),
    "discard_kept": (
        "Berkasnya sendiri ada di server, jadi tetap ada.",
        "The case itself is at the server, so it stays.",
    ),
    "actions_none": (
        "Tidak ada yang bisa dilakukan di tahap “{stage}”.",
        "There is nothing to be done in the stage “{stage}”.",
    ),
    "actions_head": ("Di tahap “{stage}”:", "In the stage “{stage}”:"),
    "yours": ("Anda bisa", "you can"),
    "leads_to": ("menuju {stage}", "leads to {stage}"),
    "acted": (
        "{action} tercatat di perangkat ini untuk {case}. Server menerimanya saat `tenggat sync`.",
        "{action} is recorded on this device for {case}. The server receives it at `tenggat sync`.",
    ),
    "ask_help": (
        "Enter: lewati · <: kembali · ?: bantuan · -: kosongkan · Ctrl-C: berhenti, yang diisi tersimpan",
        "Enter: skip · <: back · ?: help · -: empty it · Ctrl-C: stop, what you typed is saved",
    ),
    "ask_now": ("sekarang: {value}", "now: {value}"),
    "ask_many": ("boleh beberapa, pisahkan dengan koma", "several, separated by commas"),
    "ask_pick": ("Nomor atau nama", "Number or name"),
    "ask_district": ("Kecamatan (atau langsung nama kelurahan)", "Kecamatan (or a kelurahan's name at once)"),
    "ask_number_wrong": ("Pilih 1–{n}, atau tulis namanya.", "Choose 1–{n}, or write its name."),
    "ask_needed": ("Ini harus diisi.", "This must be filled in."),
    "ask_stopped": (
        "Berhenti dulu. Yang sudah diisi tersimpan; lanjutkan dengan `{command}`.",
        "Stopped for now. What you typed is saved; go on with `{command}`.",
    ),
    "ask_resumed": ("Melanjutkan isian yang tersimpan.", "Going on with the answers that were saved."),
    "ask_note": ("Catatan atau alasan", "A note or reason"),
    "ask_mend": (
        "Isian atau dokumen yang harus diperbaiki (Enter bila sudah semua)",
        "Field or document to be corrected (Enter when that is all)",
    ),
    "ask_mend_why": ("Apa yang salah?", "What is wrong with it?"),
    "ask_unknown_item": ("Tidak ada isian atau dokumen “{name}”.", "There is no field or document “{name}”."),
    "ask_lines": (
        "Beberapa baris boleh; baris kosong mengakhiri.",
        "Several lines will do; an empty line ends it.",
    ),
    "items_list": ("Yang bisa ditandai: {names}", "What can be marked: {names}"),
}
