/** How much room is left for photos. Pure, for the screens as well. */

/** Bytes that are left for words, whatever is attached. */
export const RESERVE = 8 * 1024 * 1024;

/** Bytes of a photo as it comes to lie here, with something small to show of it. */
const PHOTO = 270_000;

/** Photos for which there must be room, or it is said that it runs out: a surveyor's day takes sixty. */
const PLENTY = 120;

/** About how many photos can still be kept where so many bytes are free; null where there is plenty of room, or the browser
 * cannot say. */
export function photosLeft(free: number | null): number | null {
  if (free === null) return null;
  const n = Math.max(0, Math.floor((free - RESERVE) / PHOTO));
  return n < PLENTY ? n : null;
}
