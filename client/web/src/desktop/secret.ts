/** What a PIN or a passphrase has to look like before it is handed over; the vault decides (`client/vault/`). */

export const SHORTEST = { pin: 6, passphrase: 12 } as const;

export type SecretFault = "missing" | "digits" | "short" | "plain" | "differs";

/** What is wrong with a new secret, typed twice. */
export function secretFault(kind: "pin" | "passphrase", secret: string, again: string): SecretFault | null {
  if (!secret) return "missing";
  if (kind === "pin" && !/^[0-9]+$/.test(secret)) return "digits";
  if (secret.length < SHORTEST[kind]) return "short";
  if (isPlain(secret)) return "plain";
  return secret === again ? null : "differs";
}

/** One sign over and over, or signs in a row: what is tried first. */
function isPlain(secret: string): boolean {
  const steps = new Set<number>();
  for (let place = 1; place < secret.length; place += 1) {
    steps.add(secret.charCodeAt(place) - secret.charCodeAt(place - 1));
  }
  const [step = 0] = steps;
  return steps.size <= 1 && Math.abs(step) <= 1;
}

/** A recovery code as it was copied from paper or heard, as it is handed over. */
export function readCode(typed: string): string {
  return typed.toUpperCase().replace(/[^0-9A-Z]/g, "");
}

export const CODE_LENGTH = 32;

/** In groups that are easily read aloud. */
export function groups(code: string): string[] {
  return readCode(code).match(/.{1,4}/g) ?? [];
}
