/** What is told to a person whose answer cannot be taken: a word code for programs, and what to do, in two languages. */

import type { Text } from "./text.ts";

/** Why an answer cannot be taken. `code` is stable; `text` says what to do, never what the person did wrong. */
export interface Problem {
  readonly code: string;
  readonly text: Readonly<Text>;
}

function problem(code: string, id: string, en: string): Problem {
  return { code, text: { id, en } };
}

export const REQUIRED = problem("required", "Isi bagian ini.", "Fill this in.");
export const NOT_A_FORM = problem("not_a_form", "Kirim isian sebagai satu objek.", "Send the answers as one object.");
export const UNKNOWN_FIELD = problem(
  "unknown_field",
  "Isian ini tidak dikenal. Perbarui aplikasi, lalu coba lagi.",
  "This field is not known. Update the app, then try again.",
);
export const NOT_TEXT = problem("not_text", "Isi dengan tulisan.", "Write words here.");
export const BAD_CHARACTERS = problem(
  "bad_characters",
  "Ada karakter yang tidak dapat disimpan. Ketik ulang tulisan ini.",
  "Some characters cannot be kept. Type this again.",
);
export const NOT_DIGITS = problem("not_digits", "Isi hanya dengan angka 0–9.", "Use only the digits 0–9.");
export const NOT_A_NUMBER = problem(
  "not_a_number",
  "Isi dengan angka tanpa pemisah ribuan, misalnya 1250 atau 12,5.",
  "Write a number without thousands separators, such as 1250 or 12.5.",
);
export const NOT_WHOLE = problem(
  "not_whole",
  "Isi dengan angka bulat, misalnya 2.",
  "Write a whole number, such as 2.",
);
export const UNKNOWN_OPTION = problem("unknown_option", "Pilih salah satu jawaban.", "Choose one of the answers.");
export const NOT_A_LIST = problem("not_a_list", "Pilih dari daftar jawaban.", "Choose from the list of answers.");
export const UNKNOWN_AREA = problem(
  "unknown_area",
  "Pilih kelurahan dari daftar.",
  "Choose a kelurahan from the list.",
);
export const UNKNOWN_OFFICE = problem("unknown_office", "Pilih kantor dari daftar.", "Choose an office from the list.");
export const NOT_A_CASE = problem(
  "not_a_case",
  "Tulis nomor seperti di tanda terima.",
  "Write the number as it is on the receipt.",
);
export const NOT_A_DATE = problem(
  "not_a_date",
  "Pilih tanggal yang ada di kalender.",
  "Choose a date that is in the calendar.",
);
export const DATE_OUT_OF_RANGE = problem(
  "date_out_of_range",
  "Periksa tahunnya: harus antara 1900 dan 2100.",
  "Check the year: it must be between 1900 and 2100.",
);
export const NOT_A_PHONE = problem(
  "not_a_phone",
  "Tulis nomor telepon 8–15 angka, misalnya 081234567890.",
  "Write a phone number of 8–15 digits, such as 081234567890.",
);
export const NOT_AN_EMAIL = problem(
  "not_an_email",
  "Tulis alamat e-mail lengkap, misalnya nama@contoh.id.",
  "Write a full e-mail address, such as name@example.org.",
);
export const NOT_A_POINT = problem("not_a_point", "Tandai lagi lokasinya di peta.", "Mark the place on the map again.");
export const NOT_AN_OUTLINE = problem(
  "not_an_outline",
  "Gambar lagi batas tanahnya di peta.",
  "Draw the outline on the map again.",
);
export const NOT_YES_OR_NO = problem("not_yes_or_no", "Pilih ya atau tidak.", "Choose yes or no.");

/** `digits` is the exact count wanted. */
export function wrongLength(digits: number): Problem {
  return problem("wrong_length", `Isi tepat ${digits} angka.`, `Use exactly ${digits} digits.`);
}

/** `characters` is the least that is taken. */
export function tooShort(characters: number): Problem {
  return problem(
    "too_short",
    `Tulis paling sedikit ${characters} karakter.`,
    `Write at least ${characters} characters.`,
  );
}

/** `characters` is the most that is taken. */
export function tooLong(characters: number): Problem {
  return problem(
    "too_long",
    `Singkat tulisan ini: paling banyak ${characters} karakter.`,
    `Shorten this: at most ${characters} characters.`,
  );
}

/** `entries` is the least that is taken. */
export function tooFew(entries: number): Problem {
  return problem("too_few", `Beri paling sedikit ${entries}.`, `Give at least ${entries}.`);
}

/** `entries` is the most that is taken. */
export function tooMany(entries: number): Problem {
  return problem("too_many", `Beri paling banyak ${entries}.`, `Give at most ${entries}.`);
}

/** The bounds are both allowed; `unit` as in the catalogue. */
export function outOfRange(least: number, most: number, unit: string | null): Problem {
  const tail = unit ? ` ${unit}` : "";
  const grouped = (bound: number) => bound.toLocaleString("en-US", { maximumSignificantDigits: 13 });
  const swapped = (bound: number) => grouped(bound).replace(/[,.]/g, mark => (mark === "," ? "." : ","));
  return problem(
    "out_of_range",
    `Isi angka dari ${swapped(least)} sampai ${swapped(most)}${tail}.`,
    `Write a number from ${grouped(least)} to ${grouped(most)}${tail}.`,
  );
}
