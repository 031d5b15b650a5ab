"""Offices and kecamatan, who works where, and who is missing."""

from typing import Final

from schemas.text import Text

WORDS: Final[dict[str, Text]] = {
    "offices_title": Text("Dinas dan kecamatan", "Offices and kecamatan"),
    "offices_lead": Text(
        "Siapa mengerjakan apa di mana. Dinas dan kecamatan sendiri ditulis di folder kota.",
        "Who does what where. Which offices and kecamatan there are, the city's folder says.",
    ),
    "gaps_title": Text("Yang kosong", "Who is missing"),
    "gaps_none": Text(
        "Tidak ada yang kosong: setiap tahap setiap layanan punya petugas.",
        "Nobody is missing: every stage of every service has somebody.",
    ),
    "gaps_add": Text("Tambah petugas", "Add somebody"),
    "gaps_find": Text("Petugas dinas ini", "People of this office"),
    "gaps_more": Text("Lainnya: {n}", "More: {n}"),
    "office_services": Text("Layanan", "Services"),
    "office_no_service": Text("Tidak ada layanan yang sampai ke sini.", "No service comes here."),
    "office_nobody": Text("Belum ada petugas.", "Nobody works here yet."),
    "office_people": Text("Petugas per kecamatan", "People by kecamatan"),
    "office_people_lead": Text(
        "Yang melihat seluruh dinas tidak diulang di tiap kecamatan.",
        "Whoever sees the whole office is not named again in each kecamatan.",
    ),
    "office_whole": Text("Seluruh dinas", "The whole office"),
    "office_part": Text("Sebagian kecamatan", "Some kecamatan"),
    "office_place": Text("Kecamatan", "Kecamatan"),
    "office_who": Text("Petugas", "People"),
    "office_open": Text("Per kecamatan", "By kecamatan"),
    "office_no_more": Text("tidak ada lagi", "nobody else"),
}
