/** What the device's own clock says: a claim, never believed by anyone. */

/** RFC 3339 with the device's offset, to the second. */
export function stampOf(moment: Date): string {
  const east = -moment.getTimezoneOffset();
  const two = (value: number) => String(Math.trunc(Math.abs(value))).padStart(2, "0");
  const local = new Date(moment.getTime() + east * 60_000).toISOString().slice(0, 19);
  return `${local}${east < 0 ? "-" : "+"}${two(east / 60)}:${two(east % 60)}`;
}
