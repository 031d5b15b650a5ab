"""People: looking for them, adding and changing them."""

from typing import Final

from schemas.text import Text

WORDS: Final[dict[str, Text]] = {
    "people_lead": Text(
        "Petugas kota, perannya, dan bagian kota yang dilihatnya. Warga dicari dengan nama penggunanya atau sebagian"
        " namanya.",
        "The city's staff, what they do, and which part of the city they see. Citizens are found by their user name or"
        " a part of their name.",
    ),
    "people_search": Text("Cari nama atau nama pengguna", "Search name or user name"),
    "people_whose": Text("Siapa", "Who"),
    "people_staff": Text("Petugas", "Staff"),
    "people_citizen": Text("Warga", "Citizens"),
    "people_state": Text("Akun", "Account"),
    "people_enabled": Text("Terbuka", "Open"),
    "people_disabled": Text("Ditutup", "Closed"),
    "people_all": Text("Semua", "All"),
    "people_add": Text("Tambah petugas", "Add somebody"),
    "people_name": Text("Nama", "Name"),
    "people_roles": Text("Peran", "Roles"),
    "people_where": Text("Bagian kota", "Part of the city"),
    "people_nowhere": Text("tidak melihat dinas mana pun", "sees no office's cases"),
    "people_everywhere": Text("semua dinas", "all offices"),
    "people_more_places": Text("dan {n} dinas lain", "and {n} more offices"),
    "people_last": Text("Terakhir terlihat", "Last seen"),
    "people_devices": Text("Perangkat: {n}", "Devices: {n}"),
    "people_closed_tag": Text("Akun ditutup", "Account closed"),
    "people_none": Text("Tidak ada yang cocok.", "Nobody is like that."),
    "people_clear": Text("Hapus saringan", "Clear the filters"),
    "people_ask_citizen": Text(
        "Tulis nama pengguna warga, atau paling sedikit {n} huruf dari namanya, lalu tekan Tampilkan.",
        "Write the citizen's user name, or at least {n} letters of their name, then press Show.",
    ),
    "people_to_offices": Text("Dinas dan kecamatan", "Offices and kecamatan"),
    "people_gaps": Text("Ada peran yang kosong: {n}", "Roles that nobody has: {n}"),
    # ---- One person ----
    "person_facts": Text("Keadaan", "How things stand"),
    "person_made": Text("Akun dibuat", "Account made"),
    "person_closed": Text("Ditutup", "Closed"),
    "person_email": Text("Pemberitahuan ke", "Notices to"),
    "person_password_given": Text("Kata sandi buatan admin", "Password made up by an admin"),
    "person_password_until": Text("berlaku sampai {when}", "good until {when}"),
    "person_password_over": Text("sudah lewat", "over"),
    "person_work": Text("Berkas yang menunggunya", "Cases that wait for them"),
    "person_own": Text("Berkasnya yang berjalan", "Own cases under way"),
    "person_waits": Text("Menunggu di perangkatnya", "Waiting on their devices"),
    "person_sessions": Text("Sesi di halaman admin", "Sessions on the admin pages"),
    "person_id": Text("Id", "Id"),
    "person_actions": Text("Tindakan", "Actions"),
    "person_change": Text("Ubah nama, peran, wilayah", "Change name, roles, places"),
    "person_change_citizen": Text("Ubah nama", "Change the name"),
    "person_change_lead": Text(
        "Perangkatnya mendengar pada kontak berikutnya: yang tidak boleh dilihat lagi dihapus dari sana.",
        "Their devices hear of it at their next contact, and drop what may not be seen any more.",
    ),
    "person_no_devices": Text("Belum ada perangkat. Undang satu.", "There is no device yet. Invite one."),
    "person_device_list": Text("Perangkat", "Devices"),
    "person_revoked": Text("dicabut {when}", "revoked {when}"),
    "person_may_exchange": Text("aktif", "active"),
    "person_audit": Text("Yang tercatat di log audit", "What the audit log has of this"),
    # ---- Adding and changing ----
    "person_add_title": Text("Tambah petugas", "Add somebody"),
    "person_change_title": Text("Ubah {name}", "Change {name}"),
    "person_login": Text("Nama pengguna", "User name"),
    "person_login_hint": Text(
        "Untuk masuk; 3 huruf atau lebih, huruf besar dan kecil sama. Tidak bisa diubah nanti.",
        "To sign in with; 3 letters or more, capitals do not matter. It cannot be changed later.",
    ),
    "person_name_hint": Text(
        "Tampil di samping yang dikerjakannya, juga bagi pemohon.",
        "Stands beside what they do, for applicants too.",
    ),
    "person_email_hint": Text(
        "Alamat e-mail untuk pemberitahuan; boleh kosong.", "An e-mail address for notices; may be empty."
    ),
    "person_roles_hint": Text("Pilih paling sedikit satu.", "Choose at least one."),
    "person_places": Text("Bagian kota yang dilihat", "The part of the city that they see"),
    "person_places_hint": Text(
        "Seluruh dinas, atau beberapa kecamatannya saja. Admin melihat semua perangkat tanpa ini, tetapi tidak satu"
        " berkas pun.",
        "A whole office, or some of its kecamatan alone. An admin sees all devices without this, and no cases at all.",
    ),
    "person_whole": Text("Seluruhnya", "All of it"),
    "person_some": Text("Hanya kecamatan tertentu", "Some kecamatan only"),
    "person_chosen": Text("dipilih: {n}", "chosen: {n}"),
    "person_password": Text("Kata sandi", "Password"),
    "person_made_up": Text("Buatkan, lalu tunjukkan satu kali", "Make one up, and show it once"),
    "person_made_up_hint": Text(
        "Tidak perlu diserahkan bila perangkatnya masuk lewat tautan undangan.",
        "It need not be handed over where the device comes in by the link of an invitation.",
    ),
    "person_given": Text("Saya tulis sendiri", "I write one myself"),
    "person_given_label": Text("Kata sandi baru", "New password"),
    "person_given_hint": Text(
        "Paling sedikit {n} huruf; yang mudah ditebak ditolak.",
        "At least {n} letters; what is easily guessed is refused.",
    ),
    "person_save": Text("Simpan", "Save"),
    "person_do_add": Text("Tambah", "Add"),
    "person_wrong": Text("Belum disimpan. Perbaiki yang ditandai.", "Not saved yet. Correct what is marked."),
    "done_person_added": Text(
        "Akun dibuat. Undang perangkatnya, atau serahkan nama pengguna dan kata sandinya.",
        "The account is made. Invite a device, or hand over user name and password.",
    ),
    "done_person_changed": Text(
        "Disimpan. Perangkatnya mendengar pada kontak berikutnya.",
        "Saved. Their devices hear of it at their next contact.",
    ),
    "done_person_same": Text(
        "Tidak ada yang berbeda, jadi tidak ada yang berubah.", "Nothing differed, so nothing was changed."
    ),
}
