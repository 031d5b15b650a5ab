/** What a camera wrote into a picture of when and where it was taken, read before it is left out (ADR 10). */

import ExifReader from "exifreader";
import { stampOf } from "../clock.ts";

export interface Claims {
  taken: string | null;
  place: [number, number] | null;
  accuracy: number | null;
}

export const NOTHING: Claims = { taken: null, place: null, accuracy: null };

/** Seven decimals of a degree are a centimetre. */
const DEGREE = 1e7;

/** Never rejects: a picture without them is a picture all the same. */
export async function claimsOf(bytes: ArrayBuffer): Promise<Claims> {
  try {
    const { exif = {}, gps = {} } = await ExifReader.load(bytes, { expanded: true, async: true, includeTags: TAGS });
    const { Latitude: lat, Longitude: lon } = gps;
    return {
      taken: takenAt(said(exif.DateTimeOriginal), said(exif.OffsetTimeOriginal)),
      place: isPlace(lat, lon) ? [rounded(lat), rounded(lon)] : null,
      accuracy: isPlace(lat, lon) ? metres(exif.GPSHPositioningError?.value) : null,
    };
  } catch {
    return NOTHING;
  }
}

const TAGS = {
  exif: [
    ...["DateTimeOriginal", "OffsetTimeOriginal", "GPSHPositioningError"],
    ...["GPSLatitude", "GPSLatitudeRef", "GPSLongitude", "GPSLongitudeRef"],
  ],
  gps: true as const,
};

/** "2026:03:16 09:30:00" of the camera's clock, and "+07:00" where it knows its zone; else it is this device's. */
function takenAt(time: string, offset: string): string | null {
  const found = /^(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)/.exec(time);
  if (!found) return null;
  const [year = 0, month = 0, ...rest] = found.slice(1).map(Number);
  const moment = new Date(year, month - 1, ...rest);
  // A camera that was never set says 1970 or 0000, and 31 February is no day.
  if (year < 1990 || moment.getMonth() !== month - 1) return null;
  const zone = /^[+-](?:0\d|1[0-4]):[0-5]\d/.exec(offset)?.[0];
  const [day, clock] = [found.slice(1, 4).join("-"), found.slice(4, 7).join(":")];
  if (!zone) return stampOf(moment);
  const claimed = `${day}T${clock}${zone}`;
  return Number.isNaN(Date.parse(claimed)) ? null : claimed;
}

/** Nobody takes photos where both are 0, but cameras without a satellite write it. */
function isPlace(lat: unknown, lon: unknown): boolean {
  const within = (value: unknown, bound: number) => typeof value === "number" && Math.abs(value) <= bound;
  return within(lat, 90) && within(lon, 180) && (lat !== 0 || lon !== 0);
}

function rounded(degrees: unknown): number {
  return Math.round(Number(degrees) * DEGREE) / DEGREE + 0;
}

function metres(value: unknown): number | null {
  const [over, under] = Array.isArray(value) ? value.map(Number) : [];
  const found = Number(over) / Number(under);
  return Number.isFinite(found) && found >= 0 && found <= 1e7 ? Math.round(found * 100) / 100 : null;
}

function said(tag: { description?: unknown; value?: unknown } | undefined): string {
  const value = Array.isArray(tag?.value) ? tag.value[0] : tag?.value;
  return typeof value === "string" ? value : String(tag?.description ?? "");
}
