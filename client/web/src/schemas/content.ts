/** What a file is, by its first and its last bytes: the same wherever one is chosen, sent or taken in.
 *
 * Pure. Neither a name nor what was said of a file is believed.
 */

export type Content = "image/jpeg" | "image/png" | "image/webp" | "image/heic" | "application/pdf";

/** Bytes at the beginning that must be looked at. */
export const HEAD = 1_024;
/** Bytes at the end of a PDF within which it says that it ends. */
export const TAIL = 4_096;

/** Of ISO/IEC 23008-12: pictures coded with HEVC, and the general brands that cameras write for them. Not AVIF's. */
const HEIC = /^ftyp(hei[cmsx]|hev[cmsx]|mif1|msf1)/;

/** Media type by the first `HEAD` bytes; null for all that is not known. */
export function kindOf(head: Uint8Array): Content | null {
  const text = asText(head.subarray(0, HEAD));
  if (text.startsWith("\xff\xd8\xff")) return "image/jpeg";
  if (text.startsWith("\x89PNG\r\n\x1a\n")) return "image/png";
  if (text.startsWith("RIFF") && text.slice(8, 12) === "WEBP") return "image/webp";
  if (HEIC.test(text.slice(4))) return "image/heic";
  // Scanners and printers write commands of their own, an empty line or a mark of UTF-8 first; readers look as far.
  return text.includes("%PDF-") ? "application/pdf" : null;
}

/** Whether a PDF goes on to its own end, by its last `TAIL` bytes: one that was not downloaded whole does not. */
export function pdfEnds(tail: Uint8Array): boolean {
  return asText(tail.subarray(-TAIL)).includes("%%EOF");
}

/** One character for each byte. */
function asText(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
