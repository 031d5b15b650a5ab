/** What a client should hold, in one number per scope: a count and a sum of 64-bit hashes of id and version.
 *
 * The sum is modulo 2⁶⁴, and the order in which records came does not matter. A hash is a bigint to count with, and
 * 16 hexadecimal digits (`toHex`, `fromHex`) to be stored and sent.
 */

import { sha256 } from "@noble/hashes/sha2.js";

/** First 8 bytes, big-endian, of SHA-256 over `id:version`: 0 ≤ hash < 2⁶⁴. */
export function recordHash(recordId: string, version: number): bigint {
  const bytes = sha256(new TextEncoder().encode(`${recordId}:${version}`));
  return new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0);
}

/** The sum with these records added. */
export function add(total: bigint, ...hashes: bigint[]): bigint {
  return unsigned(hashes.reduce((sum, hash) => sum + hash, total));
}

/** The sum with these records taken out. */
export function subtract(total: bigint, ...hashes: bigint[]): bigint {
  return unsigned(hashes.reduce((sum, hash) => sum - hash, total));
}

/** As it stands on the wire: 16 hexadecimal digits. */
export function toHex(total: bigint): string {
  return unsigned(total).toString(16).padStart(16, "0");
}

/** Back from `toHex`. */
export function fromHex(digits: string): bigint {
  return BigInt(`0x${digits}`);
}

/** The same 64 bits as a signed integer, for databases that have no unsigned one. */
export function signed(total: bigint): bigint {
  return BigInt.asIntN(64, total);
}

/** Back from `signed`. */
export function unsigned(total: bigint): bigint {
  return BigInt.asUintN(64, total);
}

/** Count and sum over [id, version] pairs: the definition, for tests and for small sets. */
export function digestOf(records: Iterable<readonly [string, number]>): [number, string] {
  const hashes = Array.from(records, ([id, version]) => recordHash(id, version));
  return [hashes.length, toHex(add(0n, ...hashes))];
}

/** What to mend after a mismatch: ids to fetch (missing here, or of another version) and ids to drop.
 *
 * `have` is the server's answer to `check`, `held` what the client holds. Both lists come sorted.
 */
export function difference(
  have: Iterable<readonly [string, number]>,
  held: ReadonlyMap<string, number>,
): { fetch: string[]; drop: string[] } {
  const wanted = new Map(have);
  return {
    fetch: [...wanted.keys()].filter(id => held.get(id) !== wanted.get(id)).sort(),
    drop: [...held.keys()].filter(id => !wanted.has(id)).sort(),
  };
}
