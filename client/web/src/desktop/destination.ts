/** Where a new profile sends its work, as a person typed or pasted it. */

import type { Destination } from "./gate.ts";

/** A server's address, or a link with which an admin enrols a device: whatever leads further than to a server. Null where
 * nothing is said, `wrong` where it is neither. */
export function readDestination(typed: string): Destination | null | "wrong" {
  const text = typed.trim();
  if (!text) return null;
  if (/\s/.test(text)) return "wrong";
  if (/^tenggat:/i.test(text)) return { link: text };
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `${isHere(text) ? "http" : "https"}://${text}`;
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return "wrong";
  }
  if (!["http:", "https:"].includes(url.protocol) || !url.hostname || url.username || url.password) return "wrong";
  if (url.pathname !== "/" || url.search || url.hash) return { link: address };
  return { server: url.origin };
}

/** Nobody has a certificate for these. */
function isHere(host: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+)(:\d+)?(\/|$)/i.test(host);
}
