/** What a file is, by its first bytes: a name and what a browser makes of it are only claims. */

export type Content = "image/jpeg" | "image/png" | "image/webp" | "image/heic" | "application/pdf";

/** As its first readable bytes: what has more before them, the server takes for something else. */
const PDF = /^(\xef\xbb\xbf)?[\t-\r ]*%PDF-/;
const HEIC = /^ftyp(hei[cmsx]|hev[cmsx]|mif1|msf1)/;

/** Bytes that must be looked at. */
export const LOOK = 1024;

/** Bytes before the end of a PDF within which it says that it ends; the server's `_TAIL`. */
const TAIL = 4_096;

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

/** Whether a file goes on to its own end. Browsers show what is there of one that does not, and leave the rest white: half
 * a document would be taken for all of it. */
export function isWhole(content: Content, bytes: ArrayBuffer): boolean {
  const view = new DataView(bytes);
  switch (content) {
    case "image/jpeg":
      return jpegEnds(view);
    case "image/png":
      return pngEnds(view);
    case "image/webp":
      return view.byteLength >= 12 && view.getUint32(4, true) + 8 <= view.byteLength;
    case "application/pdf":
      return String.fromCharCode(...new Uint8Array(bytes.slice(-TAIL))).includes("%%EOF");
    default:
      // Its own decoder says so.
      return true;
  }
}

/** Past each segment by its length, since a thumbnail in one has an end of its own; what a phone adds after the end, such
 * as a film, is none of the picture. */
function jpegEnds(view: DataView): boolean {
  let at = 2;
  while (at + 1 < view.byteLength) {
    const marker = view.getUint8(at) === 0xff ? view.getUint8(at + 1) : 0;
    if (marker === 0xd9) return true;
    if (marker === 0 || marker === 0xff) at += 1;
    else if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) at += 2;
    else if (at + 3 < view.byteLength) at += 2 + view.getUint16(at + 2);
    else return false;
  }
  return false;
}

function pngEnds(view: DataView): boolean {
  const END = 0x49454e44;
  let at = 8;
  while (at + 12 <= view.byteLength) {
    if (view.getUint32(at + 4) === END) return true;
    at += 12 + view.getUint32(at);
  }
  return false;
}
