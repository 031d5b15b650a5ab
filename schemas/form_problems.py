"""What is told to a person whose answer cannot be taken: a word code for programs, and what to do, in two languages."""

import msgspec

from schemas.text import Text


class Problem(msgspec.Struct, frozen=True):
    """Why an answer cannot be taken. `code` is stable; `text` says what to do, never what the person did wrong."""

    code: str
    text: Text


def _problem(code: str, id_: str, en: str) -> Problem:
    return Problem(code, Text(id=id_, en=en))


REQUIRED = _problem("required", "Isi bagian ini.", "Fill this in.")
NOT_A_FORM = _problem("not_a_form", "Kirim isian sebagai satu objek.", "Send the answers as one object.")
UNKNOWN_FIELD = _problem(
    "unknown_field",
    "Isian ini tidak dikenal. Perbarui aplikasi, lalu coba lagi.",
    "This field is not known. Update the app, then try again.",
)
NOT_TEXT = _problem("not_text", "Isi dengan tulisan.", "Write words here.")
BAD_CHARACTERS = _problem(
    "bad_characters",
    "Ada karakter yang tidak dapat disimpan. Ketik ulang tulisan ini.",
    "Some characters cannot be kept. Type this again.",
)
NOT_DIGITS = _problem("not_digits", "Isi hanya dengan angka 0–9.", "Use only the digits 0–9.")
NOT_A_NUMBER = _problem(
    "not_a_number",
    "Isi dengan angka tanpa pemisah ribuan, misalnya 1250 atau 12,5.",
    "Write a number without thousands separators, such as 1250 or 12.5.",
)
NOT_WHOLE = _problem("not_whole", "Isi dengan angka bulat, misalnya 2.", "Write a whole number, such as 2.")
UNKNOWN_OPTION = _problem("unknown_option", "Pilih salah satu jawaban.", "Choose one of the answers.")
NOT_A_LIST = _problem("not_a_list", "Pilih dari daftar jawaban.", "Choose from the list of answers.")
UNKNOWN_AREA = _problem("unknown_area", "Pilih kelurahan dari daftar.", "Choose a kelurahan from the list.")
UNKNOWN_OFFICE = _problem("unknown_office", "Pilih kantor dari daftar.", "Choose an office from the list.")
NOT_A_CASE = _problem(
    "not_a_case",
    "Tulis nomor seperti di tanda terima.",
    "Write the number as it is on the receipt.",
)
NOT_A_DATE = _problem(
    "not_a_date",
    "Pilih tanggal yang ada di kalender.",
    "Choose a date that is in the calendar.",
)
DATE_OUT_OF_RANGE = _problem(
    "date_out_of_range",
    "Periksa tahunnya: harus antara 1900 dan 2100.",
    "Check the year: it must be between 1900 and 2100.",
)
NOT_A_PHONE = _problem(
    "not_a_phone",
    "Tulis nomor telepon 8–15 angka, misalnya 081234567890.",
    "Write a phone number of 8–15 digits, such as 081234567890.",
)
NOT_AN_EMAIL = _problem(
    "not_an_email",
    "Tulis alamat e-mail lengkap, misalnya nama@contoh.id.",
    "Write a full e-mail address, such as name@example.org.",
)
NOT_A_POINT = _problem("not_a_point", "Tandai lagi lokasinya di peta.", "Mark the place on the map again.")
NOT_AN_OUTLINE = _problem(
    "not_an_outline",
    "Gambar lagi batas tanahnya di peta.",
    "Draw the outline on the map again.",
)
NOT_YES_OR_NO = _problem("not_yes_or_no", "Pilih ya atau tidak.", "Choose yes or no.")


def wrong_length(digits: int) -> Problem:
    """`digits` is the exact count wanted."""
    return _problem("wrong_length", f"Isi tepat {digits} angka.", f"Use exactly {digits} digits.")


def too_short(characters: int) -> Problem:
    """`characters` is the least that is taken."""
    return _problem(
        "too_short",
        f"Tulis paling sedikit {characters} karakter.",
        f"Write at least {characters} characters.",
    )


def too_long(characters: int) -> Problem:
    """`characters` is the most that is taken."""
    return _problem(
        "too_long",
        f"Singkat tulisan ini: paling banyak {characters} karakter.",
        f"Shorten this: at most {characters} characters.",
    )


def too_few(entries: int) -> Problem:
    """`entries` is the least that is taken."""
    return _problem("too_few", f"Beri paling sedikit {entries}.", f"Give at least {entries}.")


def too_many(entries: int) -> Problem:
    """`entries` is the most that is taken."""
    return _problem("too_many", f"Beri paling banyak {entries}.", f"Give at most {entries}.")


def out_of_range(least: float, most: float, unit: str | None) -> Problem:
    """The bounds are both allowed; `unit` as in the catalogue."""
    tail = f" {unit}" if unit else ""
    low, high = f"{least:,.13g}", f"{most:,.13g}"
    swap = str.maketrans(",.", ".,")
    return _problem(
        "out_of_range",
        f"Isi angka dari {low.translate(swap)} sampai {high.translate(swap)}{tail}.",
        f"Write a number from {low} to {high}{tail}.",
    )
