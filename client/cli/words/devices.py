"""A person's own devices."""

WORDS = {
    "no_account": (
        "Hanya akun yang punya daftar perangkat. Masuk dulu (`tenggat sign-in`) atau buat akun (`tenggat sign-up`).",
        "Only an account has a list of devices. Sign in first (`tenggat sign-in`) or make one (`tenggat sign-up`).",
    ),
    "devices_alone": (
        "Hanya perangkat ini yang masuk dengan akun Anda.",
        "Only this device is signed in with your account.",
    ),
    "devices_how": (
        "Yang hilang atau bukan milik Anda: `tenggat devices end ID`.",
        "One that was lost or is not yours: `tenggat devices end ID`.",
    ),
    "device_this": ("perangkat ini", "this device"),
    "device_browser": ("Peramban ({app})", "Browser ({app})"),
    "device_program": ("Tenggat di komputer ({app})", "Tenggat on a computer ({app})"),
    "device_new": ("Perangkat yang belum pernah tersambung", "A device that never came"),
    "device_file": ("Perangkat yang isinya dibawa lewat file", "A device whose data was carried in a file"),
    "device_pages": ("Halaman admin", "Admin pages"),
    "pages_out_what": (
        "Sesi itu berakhir saat itu juga. Siapa pun di sana harus masuk lagi.",
        "That session ends at once. Whoever is there has to sign in again.",
    ),
    "file_out_what": (
        "File lain dari perangkat itu tidak lagi dijalankan atas nama Anda, tetapi diperiksa dulu oleh admin kota.",
        "What comes in other files of that device is not carried out in your name any more; the city's administrator "
        "looks at it first.",
    ),
    "device_since": ("Masuk {when}", "Signed in {when}"),
    "device_file_since": ("Diterima admin kota {when}", "Taken in by the city's administrator {when}"),
    "device_seen": ("Terakhir tersambung {when}", "Last here {when}"),
    "device_waits": (
        "Waktu itu {n} kiriman di sana belum terkirim.",
        "It had {n} thing{s} then that it had not sent.",
    ),
    "device_out_what": (
        "Perangkat itu tidak bisa lagi memakai akun Anda. Begitu tersambung lagi, yang belum terkirim di sana "
        "diserahkan dulu ke server untuk diperiksa admin kota, lalu semua data aplikasi di sana dihapus.",
        "It can no longer use your account. Once it has a network again, what it had not sent is first handed to the "
        "server, where the city's administrator looks at it; then all of the app's data on it is removed.",
    ),
    "device_out": ("{id} sudah dikeluarkan.", "{id} was put out."),
    "device_this_out": (
        "Itu perangkat ini sendiri. Keluar dengan `tenggat sign-out`.",
        "That is this very device. Sign out with `tenggat sign-out`.",
    ),
    "no_device": (
        "Tidak ada perangkat “{text}” di akun Anda. Lihat `tenggat devices`.",
        "There is no device “{text}” in your account. See `tenggat devices`.",
    ),
    "many_devices": (
        "“{text}” cocok dengan beberapa perangkat: {found}. Tulis lebih lengkap.",
        "“{text}” fits several devices: {found}. Write more of it.",
    ),
}
