/** What a file is, by its first bytes: a name and what a browser makes of it are only claims. */

export type Content = "image/jpeg" | "image/png" | "image/webp" | "image/heic" | "application/pdf";

const PDF = /%PDF-\d/;
const HEIC = /^ftyp(hei[cmsx]|hev[cmsx]|mif1|msf1)/;

/** Bytes that must be looked at; a PDF may begin with something else, as its readers allow. */
export const LOOK = 1024;

/** Null for anything else. */
export function contentOf(head: Uint8Array): Content | null {
  // One character for each byte.
  const text = String.fromCharCode(...head.subarray(0, LOOK));
  if (text.startsWith("\xff\xd8\xff")) return "image/jpeg";
  if (text.startsWith("\x89PNG\r\n\x1a\n")) return "image/png";
  if (text.startsWith("RIFF") && text.slice(8, 12) === "WEBP") return "image/webp";
  if (HEIC.test(text.slice(4))) return "image/heic";
  return PDF.test(text) ? "application/pdf" : null;
}
