"""Photos and documents: attaching them, where they are, and what is wrong with one."""

WORDS = {
    "attached": (
        "{label}: {name} ({size}) tersimpan di perangkat ini.",
        "{label}: {name} ({size}) is kept on this device.",
    ),
    "attached_again": (
        "{label}: {name} ({size}) sudah ada di sini; tidak dilampirkan dua kali.",
        "{label}: {name} ({size}) is here already; it is not attached twice.",
    ),
    "room_low": (
        "Ruang kosong di perangkat ini tinggal {free}. Kosongkan sebagian: di bawah {reserve} lampiran tidak diterima.",
        "This device has only {free} left. Make some room: below {reserve} no file is taken.",
    ),
    "attach_failed": ("{path}: {why}", "{path}: {why}"),
    "attach_more": ("Masih kurang: {names}.", "Still missing: {names}."),
    "attach_how": (
        "Lampirkan dengan `tenggat attach {case} DOKUMEN BERKAS`",
        "Attach with `tenggat attach {case} DOCUMENT FILE`",
    ),
    "detached": (
        "{name} dilepas dari berkas ini. Server mengetahuinya saat `tenggat sync`.",
        "{name} is taken off this case. The server hears of it at `tenggat sync`.",
    ),
    "no_file_number": (
        "Tidak ada lampiran nomor {n}. Lihat `tenggat files {case}`.",
        "There is no file number {n}. See `tenggat files {case}`.",
    ),
    "bad_file_pair": ("“{text}” bukan DOKUMEN=BERKAS.", "“{text}” is not DOCUMENT=FILE."),
    "files_none": ("Belum ada lampiran.", "There are no files."),
    "files_counted": (
        "{arrived} dari {n} lampiran sampai di server.",
        "{arrived} of {n} file{s} arrived at the server.",
    ),
    "files_save_how": (
        "Simpan salinannya: `tenggat file save {case} NO`",
        "Save a copy: `tenggat file save {case} N`",
    ),
    "files_detach_how": ("Lepaskan: `tenggat detach {case} NO`", "Take one off: `tenggat detach {case} N`"),
    "head_files": ("Lampiran", "Files"),
    "col_file": ("No.", "No."),
    "col_document": ("Dokumen", "Document"),
    "col_name": ("Nama", "Name"),
    "col_size": ("Ukuran", "Size"),
    "col_state": ("Keadaan", "State"),
    "file_waiting": ("di perangkat ini", "on this device"),
    "file_uploading": ("{percent}% terkirim", "{percent}% sent"),
    "file_sent": ("terkirim, belum diperiksa", "sent, not checked yet"),
    "file_arrived": ("sampai dan diperiksa", "arrived and checked"),
    "file_elsewhere": ("belum sampai dari pengirim", "not arrived from its sender yet"),
    "file_refused": ("ditolak: {why}", "refused: {why}"),
    "file_trouble": ("di perangkat ini; terakhir: {why}", "on this device; last time: {why}"),
    "file_late": ("datang terlambat", "came too late"),
    "file_saved": ("{name} disimpan di {path}.", "{name} is saved as {path}."),
    "file_not_saved": (
        "Tidak dapat disimpan di {path}: {reason}. Pilih tempat lain dengan --to.",
        "It cannot be saved as {path}: {reason}. Choose another place with --to.",
    ),
    "file_opening": ("Membuka {path} …", "Opening {path} …"),
    "file_no_viewer": (
        "Tidak ada program yang bisa membukanya di sini. Simpan dengan `tenggat file save {case} {n}`.",
        "There is no program here that could open it. Save it with `tenggat file save {case} {n}`.",
    ),
    "ask_documents": (
        "Dokumen. Tulis letak berkasnya; Enter: lewati · Ctrl-C: berhenti, yang dilampirkan tersimpan",
        "Documents. Write where the file is; Enter: skip · Ctrl-C: stop, what you attached is saved",
    ),
    "ask_path": ("Berkas", "File"),
    "ask_path_more": ("Satu lagi (Enter bila sudah)", "One more (Enter when that is all)"),
    "ask_has": ("sudah ada: {n} berkas", "there already: {n} file{s}"),
    "ask_needed_file": ("Berkas ini wajib ada.", "This file is required."),
    "uploading": ("Mengirim lampiran {n} dari {all}", "Sending file {n} of {all}"),
    "fetching": ("Mengambil lampiran", "Fetching a file"),
    "sync_files": ("{n} lampiran terkirim ({size})", "{n} file{s} sent ({size})"),
    "sync_files_known": ("{n} lampiran sudah ada di server", "{n} file{s} already at the server"),
    "sync_fetched": ("{n} lampiran diambil", "{n} file{s} fetched"),
    "sync_files_still": ("{n} lampiran ({size}) masih menunggu.", "{n} file{s} ({size}) still waiting."),
    "sync_files_refused": ("{n} lampiran tidak diterima:", "{n} file{s} not taken:"),
    "file_todo": (
        "Lepaskan dengan `tenggat detach {case} {n}`, lalu lampirkan yang baru: "
        "`tenggat attach {case} {document} BERKAS`",
        "Take it off with `tenggat detach {case} {n}`, then attach another: `tenggat attach {case} {document} FILE`",
    ),
    "file_todo_again": (
        "Lampirkan sekali lagi: `tenggat attach {case} {document} BERKAS`",
        "Attach it once more: `tenggat attach {case} {document} FILE`",
    ),
    "file_todo_full": (
        "Lihat nomornya di `tenggat files {case}`, lepaskan satu dengan `tenggat detach {case} NO`, lalu lampirkan"
        " lagi.",
        "See its number in `tenggat files {case}`, take one off with `tenggat detach {case} N`, then attach it again.",
    ),
    "act_not_done": (
        "{action} belum dilakukan. Perbaiki lampirannya, lalu ulangi perintah ini.",
        "{action} is not done yet. Mend the files, then give this command again.",
    ),
    "act_kept": (
        "Ikut, dari sebelumnya: {names}. Untuk menggantinya: --file {document}=BERKAS",
        "Goes along, from before: {names}. To replace it: --file {document}=FILE",
    ),
    "act_lost": (
        "{names}: tidak ada lagi di perangkat ini, jadi tidak ikut. Lampirkan sekali lagi dengan --file.",
        "{names}: no longer on this device, so it does not go along. Give it once more with --file.",
    ),
    "file_todo_act": (
        "Lampiran dari tindakan tidak bisa diganti; yang lain tetap sampai.",
        "What came with an action cannot be replaced; the others arrive all the same.",
    ),
    "status_files": ("Lampiran menunggu", "Files waiting"),
    "status_files_waiting": (
        "{n} lampiran, {size}; {sent} sudah sampai",
        "{n} file{s}, {size}; {sent} of that arrived",
    ),
    "status_files_refused": (
        "{n} lampiran, {size}; {sent} sudah sampai; {refused} ditolak (`tenggat sync`)",
        "{n} file{s}, {size}; {sent} of that arrived; {refused} refused (`tenggat sync`)",
    ),
    "kind_files": ("{n} lampiran", "{n} file{s}"),
    "kind_files_off": ("{n} lampiran dilepas", "{n} file{s} taken off"),
    "entry_file": ("Lampiran", "File"),
    "action_files": ("lampiran (--file)", "files (--file)"),
    "with_action": ("bersama {action}", "with {action}"),
    "error_invalid_file": ("Berkas ini tidak bisa dilampirkan.", "This file cannot be attached."),
    "error_storage_full": (
        "Ruang di perangkat ini hampir habis. Kosongkan sebagian, lalu coba lagi; yang sudah tersimpan tetap aman.",
        "This device is almost full. Make some room, then try again; what was saved stays safe.",
    ),
    "error_not_arrived": (
        "Berkas ini belum sampai dari perangkat pengirimnya.",
        "This file has not arrived from its sender's device.",
    ),
    "error_documents_missing": ("Ada dokumen yang belum dilampirkan.", "Some documents are not attached yet."),
    "error_file_refused": ("Server tidak menerima berkas ini.", "The server does not take this file."),
    "error_server_full": (
        "Penyimpanan server penuh; lampiran menunggu di perangkat ini.",
        "The server's storage is full; files wait on this device.",
    ),
    "todo_server_full": ("Dicoba lagi nanti dengan sendirinya.", "It is tried again later by itself."),
    "todo_case_file": (
        "Lihat nomornya di `tenggat files {case}`, lepaskan yang salah dengan `tenggat detach {case} NO`, "
        "lalu `tenggat submit {case}`.",
        "See its number in `tenggat files {case}`, take the wrong one off with `tenggat detach {case} N`, "
        "then `tenggat submit {case}`.",
    ),
    "todo_case_documents": (
        "Lampirkan dengan `tenggat attach {case} DOKUMEN BERKAS`, lalu `tenggat submit {case}`.",
        "Attach them with `tenggat attach {case} DOCUMENT FILE`, then `tenggat submit {case}`.",
    ),
    "todo_case_waiting": (
        "Tunggu sampai lampirannya sampai (`tenggat files {case}`), lalu `tenggat outbox retry {seq}`.",
        "Wait until the files have arrived (`tenggat files {case}`), then `tenggat outbox retry {seq}`.",
    ),
}
