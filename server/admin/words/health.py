"""The health page."""

from typing import Final

from schemas.text import Text

WORDS: Final[dict[str, Text]] = {
    "health_lead": Text(
        "Keadaan server. Angka yang sama tersedia untuk program di /metrics.",
        "How the server stands. Programs find the same numbers at /metrics.",
    ),
    "feed": Text("Perubahan", "Changes"),
    "last_change": Text("Perubahan terakhir", "Last change"),
    "lag_notices": Text("Belum dilihat untuk pemberitahuan", "Not yet looked at for notices"),
    "lag_recount": Text("Belum dihitung ulang", "Not yet counted again"),
    "lag_told": Text("{n} posisi", "{n} positions"),
    "lag_long": Text("Tertinggal; lihat pekerjaan di bawah", "Behind; look at the jobs below"),
    "position": Text("Posisi umpan", "Feed position"),
    "epoch": Text("Epoch", "Epoch"),
    "cases_n": Text("Berkas", "Cases"),
    "exchanges": Text("Sinkronisasi", "Exchanges"),
    "came_lately": Text("Perangkat yang datang", "Devices that came"),
    "came_lately_n": Text("{soon} dalam 5 menit, {hour} dalam 1 jam", "{soon} in 5 minutes, {hour} in 1 hour"),
    "answered": Text("Dijawab dalam 10 menit", "Answered in 10 minutes"),
    "speed": Text("Lama jawaban", "Time to answer"),
    "speed_told": Text("separuhnya {half}, 95% {most}", "half of them {half}, 95% {most}"),
    "devices_here": Text("Perangkat aktif", "Active devices"),
    "devices_silent": Text("Diam {n} hari", "Silent for {n} days"),
    "devices_waiting": Text("Ada yang menunggu", "With something waiting"),
    "storage": Text("Penyimpanan", "Storage"),
    "database": Text("Basis data", "Database"),
    "disk_free": Text("Sisa disk untuk foto dan dokumen", "Disk left for photos and documents"),
    "disk_little": Text(
        "Hampir penuh: kosongkan ruang, sebelum server menolak foto dan dokumen.",
        "Nearly full: make room before the server has to refuse photos and documents.",
    ),
    "database_disk_free": Text("Sisa disk untuk basis data", "Disk left for the database"),
    "database_disk_little": Text(
        "Disk basis data hampir penuh: kosongkan ruang, sebelum server tidak bisa menyimpan apa pun.",
        "The database’s disk is nearly full: make room before the server can store nothing more.",
    ),
    "uploads_now": Text("Unggahan berjalan", "Uploads under way"),
    "jobs": Text("Pekerjaan berkala", "Jobs"),
    "job": Text("Pekerjaan", "Job"),
    "job_tidy_uploads": Text("Bersihkan unggahan", "Clear uploads away"),
    "job_forget_tries": Text("Lupakan percobaan masuk", "Forget tries to sign in"),
    "job_forget_samples": Text("Hapus riwayat lama", "Drop old history"),
    "job_recount_dates": Text("Hitung ulang tanggal", "Count dates again"),
    "job_make_notices": Text("Cari yang perlu diberitahukan", "Find what is to be told"),
    "job_send_notices": Text("Kirim surat", "Send letters"),
    "every": Text("Tiap", "Every"),
    "when_needed": Text("bila perlu", "when needed"),
    "last_good": Text("Terakhir berhasil", "Last good end"),
    "outcome": Text("Hasil", "Outcome"),
    "job_failed": Text("gagal {n} kali berturut-turut", "failed {n} times in a row"),
    "job_overdue": Text(
        "terlambat; apakah server berjalan? tenggat-server jobs run {name}",
        "overdue; does the server run? tenggat-server jobs run {name}",
    ),
    "certificate": Text("Sertifikat", "Certificate"),
    "certificate_until": Text("Berlaku sampai", "Good until"),
    "certificate_unknown": Text(
        "tidak diperiksa di sini (TENGGAT_CERTIFICATE belum diatur)",
        "not looked at here (TENGGAT_CERTIFICATE is not set)",
    ),
    "certificate_unread": Text(
        "Tidak bisa dibaca: TENGGAT_CERTIFICATE menunjuk berkas yang tidak ada, bukan PEM, atau tertutup bagi server.",
        "Cannot be read: what TENGGAT_CERTIFICATE names is not there, is no PEM file, or is closed to the server.",
    ),
    "certificate_soon": Text("Segera perbarui.", "Renew it soon."),
    "keys": Text("Kunci server", "The server’s keys"),
    "keys_made": Text("Dibuat", "Made"),
    "keys_id": Text("Nomor kunci", "Key’s id"),
    "keys_none": Text(
        "Belum dibuat; dibuat saat perangkat pertama memintanya.",
        "Not made yet: that is done when the first device asks for them.",
    ),
    "keys_renewed": Text("Diganti", "Renewed"),
    "keys_former": Text(
        "Berkas untuk kunci yang sudah diganti masih dibuka, sampai kunci itu dilupakan (tenggat-server keys forget).",
        "Files for keys that were renewed are still opened, until those are forgotten (tenggat-server keys forget).",
    ),
    "keys_unread": Text(
        "Tidak bisa dibaca: foldernya atau berkas kuncinya tertutup bagi pengguna yang menjalankan server (jadikan"
        " miliknya), atau rusak (ambil kembali dari cadangan). Sampai itu selesai, berkas bawaan tidak bisa dibuka.",
        "Cannot be read: the folder or a key’s file is closed to the user that the server runs as (give it to that"
        " user), or damaged (bring it back from a backup). Until then no file that is carried here can be opened.",
    ),
    "keys_end": Text(
        "Untuk berkas bawaan tanpa jaringan. Tidak punya tanggal akhir, dan ikut dalam setiap cadangan."
        " Ganti dengan tenggat-server keys renew.",
        "For files that are carried where there is no network. They have no end, and are in every backup."
        " Renew them with tenggat-server keys renew.",
    ),
    "seconds_within": Text("≤ {n} dtk", "≤ {n} s"),
    "seconds_over": Text("lebih dari {n} dtk", "more than {n} s"),
    "slower": Text("Lambat", "Slow"),
}
