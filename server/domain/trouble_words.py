"""Each trouble in two sentences, in both languages: why this is stuck, and what to do."""

from dataclasses import dataclass
from typing import Final

from schemas.text import Language, Text
from server.domain.troubles import DAY, HOUR, MINUTE, Trouble


@dataclass(frozen=True)
class _Said:
    name: Text
    """In a word or three, for a list to choose from."""
    why: Text
    do: Text


_WORDS: Final[dict[str, _Said]] = {
    "turned_away": _Said(
        Text("Ditolak masuk", "Turned away"),
        Text(
            "Perangkat ini datang {since} lalu, tetapi kunci masuknya tidak dikenal server; {n} hal menunggu di situ.",
            "This device came {since} ago, but the server does not know its token (waiting on it: {n}).",
        ),
        Text(
            "Minta pemiliknya masuk lagi di perangkat itu. Yang menunggu tetap tersimpan dan terkirim sesudahnya.",
            "Ask its owner to sign in again on it. What waits there stays, and is sent after that.",
        ),
    ),
    "account_closed": _Said(
        Text("Akun ditutup", "Account closed"),
        Text(
            "Perangkat ini datang {since} lalu, tetapi akunnya ditutup; {n} hal menunggu di situ.",
            "This device came {since} ago, but its account is closed (waiting on it: {n}).",
        ),
        Text(
            "Buka akunnya lagi: perangkat ini lalu menyerahkan isinya ke karantina. Atau minta berkas bawaannya"
            " (tenggat bundle) dan impor.",
            "Open the account again: this device then hands over what waits, to quarantine. Or import its file"
            " (tenggat bundle).",
        ),
    ),
    "quarantined": _Said(
        Text("Ada di karantina", "In quarantine"),
        Text(
            "{n} perintah dari perangkat ini tidak bisa dijalankan dan disimpan di karantina.",
            "Commands of this device that could not be carried out lie in quarantine ({n}).",
        ),
        Text(
            "Buka karantina: coba lagi, perbaiki, atau tolak dengan jawaban kepada pengirimnya.",
            "Open the quarantine: try again, correct, or reject with an answer to the sender.",
        ),
    ),
    "not_handed_over": _Said(
        Text("Dicabut, isinya belum diserahkan", "Revoked, not handed over"),
        Text(
            "Perangkat ini dicabut {since} lalu dan belum menyerahkan isinya; terakhir {n} hal menunggu di situ.",
            "This device was revoked {since} ago and has not handed over (waiting on it at its last contact: {n}).",
        ),
        Text(
            "Sambungkan perangkat itu sekali ke internet dengan aplikasinya terbuka; isinya masuk karantina.",
            "Bring it online once with the app open; what it holds then comes to quarantine.",
        ),
    ),
    "answers_cut": _Said(
        Text("Jawaban terputus", "Answers cut off"),
        Text(
            "Perangkat ini sampai ke server, tetapi {n} kali berturut-turut jawabannya terputus; terakhir utuh {since}"
            " lalu.",
            "This device reaches the server, but {n} times in a row the answer was cut off; the last whole one was"
            " {since} ago.",
        ),
        Text(
            "Coba jaringan lain, misalnya Wi-Fi kantor. Bila tetap terputus, minta data diagnosis.",
            "Try another network, such as the office's Wi-Fi. If it goes on, ask for a diagnosis.",
        ),
    ),
    "portal": _Said(
        Text("Wi-Fi meminta masuk", "Wi-Fi wants a sign-in"),
        Text(
            "{n} kali yang menjawab bukan server kota: biasanya halaman masuk Wi-Fi umum atau proksi.",
            "Not the city's server answered ({n} in a row): usually a public Wi-Fi's sign-in page, or a proxy.",
        ),
        Text(
            "Buka peramban di perangkat itu dan selesaikan halaman masuk Wi-Fi, atau pakai data seluler.",
            "Open a browser on that device and complete the Wi-Fi's sign-in page, or use mobile data.",
        ),
    ),
    "untrusted": _Said(
        Text("Sertifikat tidak dipercaya", "Certificate not trusted"),
        Text(
            "{n} kali perangkat ini tidak memercayai sertifikat server.",
            "This device did not trust the server's certificate (tries in a row: {n}).",
        ),
        Text(
            "Periksa tanggal di perangkat itu, lalu sertifikat server. Bila sertifikat diganti, undang perangkat lagi.",
            "Check that device's date, then the server's certificate. If that was replaced, invite the device anew.",
        ),
    ),
    "device_full": _Said(
        Text("Tidak bisa menyimpan", "Cannot store"),
        Text(
            "{n} kali perangkat ini tidak bisa menyimpan jawaban: penyimpanannya penuh atau rusak.",
            "This device could not store an answer (tries in a row: {n}): its storage is full or damaged.",
        ),
        Text(
            "Kosongkan ruang di perangkat itu (foto dan video lain), lalu sinkronkan lagi.",
            "Free some space on that device (other photos and videos), then sync again.",
        ),
    ),
    "stuck": _Said(
        Text("Tidak kunjung terkirim", "Waits though in contact"),
        Text(
            "{n} perintah menunggu, yang tertua sejak {since} lalu, padahal perangkat ini tersambung.",
            "Commands wait ({n}), the oldest for {since}, though this device is in contact.",
        ),
        Text(
            "Minta data diagnosis. Bila perlu, paksa sinkron ulang; yang menunggu tidak hilang.",
            "Ask for a diagnosis. If needed, force a resync; what waits is not lost.",
        ),
    ),
    "silent_with_work": _Said(
        Text("Diam, membawa pekerjaan", "Silent, with work on it"),
        Text(
            "Tidak ada kabar sejak {since} lalu, dan {n} hal menunggu hanya di perangkat ini.",
            "Not heard of for {since}, and work waits on this device and nowhere else ({n}).",
        ),
        Text(
            "Hubungi pemiliknya: buka aplikasi di tempat bersinyal, atau kirim berkas bawaan (tenggat bundle).",
            "Call its owner: open the app where there is a signal, or send its file (tenggat bundle).",
        ),
    ),
    "storage_low": _Said(
        Text("Penyimpanan hampir penuh", "Storage nearly full"),
        Text(
            "Sisa penyimpanan perangkat ini kurang dari {free_up}; foto berikutnya mungkin tidak muat.",
            "Less than {free_up} is left on this device; the next photos may find no room.",
        ),
        Text(
            "Minta pemiliknya mengosongkan ruang. Foto yang belum terkirim jangan dihapus dari aplikasi.",
            "Ask its owner to free some space, and to delete no unsent photos from the app.",
        ),
    ),
    "clock_wrong": _Said(
        Text("Jam keliru", "Clock wrong"),
        Text(
            "Jam perangkat ini {side} {by}, jadi waktu yang dicatatnya tidak bisa dipegang.",
            "This device's clock is {by} {side}, so the times it claims are of no use.",
        ),
        Text(
            "Nyalakan tanggal dan jam otomatis di pengaturan perangkat itu.",
            "Switch on automatic date and time in that device's settings.",
        ),
    ),
    "uploads_stuck": _Said(
        Text("Unggahan macet", "Uploads stuck"),
        Text(
            "{n} foto atau dokumen mulai diunggah {since} lalu dan belum selesai.",
            "Photos or documents ({n}) began to upload {since} ago and are not done.",
        ),
        Text(
            "Minta pemiliknya membuka aplikasi di jaringan yang baik sampai unggahannya selesai.",
            "Ask its owner to keep the app open on a good network until they are.",
        ),
    ),
    "uploads_refused": _Said(
        Text("Unggahan ditolak", "Uploads refused"),
        Text(
            "{n} foto atau dokumen ditolak minggu ini: rusak, atau jenisnya tidak sesuai.",
            "Photos or documents were refused this week ({n}): broken, or of another type than said.",
        ),
        Text(
            "Alasannya tampil di perangkat; minta pemiliknya mengambil foto lagi atau memilih berkas lain.",
            "The device shows why; ask its owner to take the photo again or choose another file.",
        ),
    ),
    "digest_differs": _Said(
        Text("Isi berulang kali berbeda", "Content keeps differing"),
        Text(
            "{n} kali isi perangkat ini berbeda dari server dan diperbaiki sendiri.",
            "{n} times what this device holds differed from the server, and was mended by itself.",
        ),
        Text(
            "Paksa sinkron ulang. Bila terjadi lagi, laporkan sebagai kesalahan program dengan data diagnosis.",
            "Force a resync. If it happens again, report it as a fault of the program, with a diagnosis.",
        ),
    ),
    "refused": _Said(
        Text("Ada yang ditolak", "Something was refused"),
        Text(
            "{n} hal yang dikirim dari perangkat ini ditolak dan belum dibereskan pemiliknya.",
            "What was sent from this device was refused ({n}), and its owner has not dealt with it.",
        ),
        Text(
            "Minta pemiliknya membuka daftar sinkron di aplikasi; alasannya tertulis di situ.",
            "Ask its owner to open the sync screen of the app; the reasons stand there.",
        ),
    ),
    "conflicts": _Said(
        Text("Isian bertentangan", "Conflicting values"),
        Text(
            "{n} berkas punya isian dengan dua nilai yang belum dipilih.",
            "Cases have a field with two values ({n}), and nobody has chosen.",
        ),
        Text(
            "Minta pemiliknya memilih nilai yang benar di aplikasi.",
            "Ask its owner to choose the right one in the app.",
        ),
    ),
    "silent": _Said(
        Text("Diam", "Silent"),
        Text(
            "Tidak ada kabar sejak {since} lalu; terakhir tidak ada yang menunggu di perangkat ini.",
            "Not heard of for {since}; nothing waited on it at its last contact.",
        ),
        Text(
            "Tanyakan apakah perangkat ini masih dipakai. Bila hilang atau tidak dipakai, cabut.",
            "Ask whether it is still in use. If it is lost or no longer used, revoke it.",
        ),
    ),
    "never_synced": _Said(
        Text("Belum pernah sinkron", "Never synced"),
        Text(
            "Perangkat ini didaftarkan {since} lalu dan belum pernah sinkron.",
            "This device was signed in {since} ago and has never synced.",
        ),
        Text(
            "Minta pemiliknya membuka aplikasi sekali dengan internet. Bila pendaftaran itu keliru, cabut.",
            "Ask its owner to open the app once while online. If it was signed in by mistake, revoke it.",
        ),
    ),
    "carried": _Said(
        Text("Datang lewat file", "Came by a file"),
        Text(
            "Isi perangkat ini dibawa ke sini lewat file {since} lalu; perangkatnya sendiri belum pernah tersambung.",
            "What this device held was carried here in a file {since} ago; it never came itself.",
        ),
        Text(
            "Tidak perlu apa-apa. Bila perangkat itu masuk, isinya dilanjutkan di sana.",
            "Nothing is to be done. Should it ever sign in, what it held goes on there.",
        ),
    ),
    "old_version": _Said(
        Text("Versi lama", "Old version"),
        Text("Aplikasi di perangkat ini versi lama ({app}).", "The app on this device is an old version ({app})."),
        Text(
            "Di peramban: tutup lalu buka lagi aplikasinya. Di komputer: pasang versi terbaru.",
            "In a browser: close the app and open it again. On a computer: install the newest version.",
        ),
    ),
    "resync_waits": _Said(
        Text("Sinkron ulang diminta", "Resync asked for"),
        Text(
            "Sinkron ulang diminta {since} lalu dan belum dijalankan.",
            "A resync was asked for {since} ago and has not happened yet.",
        ),
        Text("Terjadi sendiri saat perangkat ini datang lagi.", "It happens by itself when this device comes again."),
    ),
    "diagnosis_waits": _Said(
        Text("Diagnosis diminta", "Diagnosis asked for"),
        Text(
            "Data diagnosis diminta {since} lalu dan belum datang.",
            "A diagnosis was asked for {since} ago and has not come yet.",
        ),
        Text("Dikirim sendiri saat perangkat ini datang lagi.", "It is sent by itself when this device comes again."),
    ),
    "wiped": _Said(
        Text("Dicabut dan kosong", "Revoked and empty"),
        Text(
            "Dicabut {since} lalu; isinya sudah diserahkan dan dihapus dari perangkat.",
            "Revoked {since} ago; it handed over what it held, and dropped the rest.",
        ),
        Text("Tidak perlu apa-apa.", "Nothing is to be done."),
    ),
    "signed_out": _Said(
        Text("Sudah keluar", "Signed out"),
        Text("Pemiliknya keluar {since} lalu.", "Its owner signed out {since} ago."),
        Text("Tidak perlu apa-apa.", "Nothing is to be done."),
    ),
    "replaced": _Said(
        Text("Sudah berganti", "Replaced"),
        Text(
            "Isi perangkat ini dilanjutkan di bawah pendaftaran yang lebih baru.",
            "What this device held goes on under a later sign-in.",
        ),
        Text("Tidak perlu apa-apa.", "Nothing is to be done."),
    ),
}

CODES: Final = tuple(_WORDS)


def name_of(code: str) -> Text:
    """A trouble in a word or three."""
    return _WORDS[code].name


def why(trouble: Trouble, language: Language) -> str:
    """Why this is stuck, in one sentence."""
    return _WORDS[trouble.code].why.get(language).format(**_spoken(trouble, language))


def what_to_do(trouble: Trouble, language: Language) -> str:
    """What somebody can do about it."""
    return _WORDS[trouble.code].do.get(language)


def span(seconds: int | None, language: Language) -> str:
    """A time from one moment to another, in its largest unit."""
    if seconds is None:
        return "lama" if language == "id" else "long"
    for size, indonesian, english in _UNITS:
        if seconds >= size:
            n = seconds // size
            return f"{n} {indonesian}" if language == "id" else f"{n} {english}{'' if n == 1 else 's'}"
    return "beberapa detik" if language == "id" else "some seconds"


def size(count: int, language: Language) -> str:
    """Bytes as people say them."""
    for unit, name in ((1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "KB")):
        if count >= unit:
            if count >= 10 * unit or unit <= 1_000_000:
                return f"{count // unit} {name}"
            told = f"{count / unit:.1f} {name}"
            return told.replace(".", ",") if language == "id" else told
    return f"{count} B"


def _spoken(trouble: Trouble, language: Language) -> dict[str, object]:
    said: dict[str, object] = dict(trouble.values)
    for name in {"since", "oldest", "by"} & said.keys():
        value = trouble.values[name]
        said[name] = span(value if isinstance(value, int) else None, language)
    free = trouble.values.get("free")
    if isinstance(free, int):
        # It is told to the last 100 MB: 0 means less than that.
        said["free_up"] = size(free + 100_000_000, language)
    if "ahead" in said:
        ahead = bool(said["ahead"])
        said["side"] = ("maju" if ahead else "mundur") if language == "id" else ("fast" if ahead else "slow")
    return said


_UNITS: Final = ((DAY, "hari", "day"), (HOUR, "jam", "hour"), (MINUTE, "menit", "minute"))
