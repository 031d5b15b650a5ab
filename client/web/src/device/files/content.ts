/** Whether a file is whole, by its own account; what it is, `schemas/content.ts` says. */

import { type Content, pdfEnds } from "../../schemas/content.ts";

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
      return pdfEnds(new Uint8Array(bytes));
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
