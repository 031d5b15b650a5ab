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
    "position": Text("Posisi umpan", "Feed position"),
    "epoch": Text("Epoch", "Epoch"),
    "cases_n": Text("Berkas", "Cases"),
    "exchanges": Text("Sinkronisasi", "Exchanges"),
    "came_lately": Text("Perangkat yang datang", "Devices that came"),
    "came_lately_n": Text("{soon} dalam 5 menit, {hour} dalam 1 jam", "{soon} in 5 minutes, {hour} in 1 hour"),
    "answered": Text("Dijawab sejak server mulai", "Answered since the server began"),
    "speed": Text("Lama jawaban", "Time to answer"),
    "speed_told": Text("separuhnya ≤ {half}, 95% ≤ {most}", "half of them ≤ {half}, 95% ≤ {most}"),
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
    "uploads_now": Text("Unggahan berjalan", "Uploads under way"),
    "jobs": Text("Pekerjaan berkala", "Jobs"),
    "job": Text("Pekerjaan", "Job"),
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
    "certificate_soon": Text("Segera perbarui.", "Renew it soon."),
    "keys": Text("Kunci server", "The server’s keys"),
    "keys_made": Text("Dibuat", "Made"),
    "keys_id": Text("Nomor kunci", "Key’s id"),
    "keys_none": Text(
        "Belum dibuat; dibuat saat perangkat pertama memintanya.",
        "Not made yet: that is done when the first device asks for them.",
    ),
    "keys_end": Text(
        "Untuk berkas bawaan tanpa jaringan. Tidak punya tanggal akhir, dan ikut dalam setiap cadangan.",
        "For files that are carried where there is no network. They have no end, and are in every backup.",
    ),
    "seconds": Text("{n} dtk", "{n} s"),
    "slower": Text("Lambat", "Slow"),
}
