/** What an invitation's link says: twin of `parse` in client/enrolment.py. */

import { TenggatError } from "../sync/errors.ts";

export interface Link {
  server: string;
  code: string;
  /** SHA-256 of the server's certificate, where the city made that itself. A browser cannot look at it, and has asked
   * the person already. */
  fingerprint: string | null;
}

export const ROUTE = "/gabung/";

const LOCAL = ["localhost", "127.0.0.1", "::1"];

/** A link as it was sent, pasted or scanned; a code alone where the server is `known`. `bad_link` where it is neither,
 * `plain_link` where others on the way to its server could read it.
 *
 * Messengers add blanks and brackets, and some write the # as %23. */
export function parseLink(text: string, known: string | null = null): Link {
  const given = stripped(text).replace("%23", "#");
  if (/^[A-Za-z0-9_-]{43}$/.test(given) && known !== null) return { server: known, code: given, fingerprint: null };
  const at = given.indexOf("#");
  const server = at < 0 ? null : addressOf(given.slice(0, at));
  const [code = "", fingerprint, ...rest] = decoded(given.slice(at + 1).replace(/\/+$/, ""))
    .slice(ROUTE.length)
    .split("/");
  const whole =
    server !== null &&
    given.startsWith(ROUTE, at + 1) &&
    /^[A-Za-z0-9_-]{43}$/.test(code) &&
    !rest.length &&
    (fingerprint === undefined || (/^[0-9a-f]{64}$/i.test(fingerprint) && server.startsWith("https:")));
  if (!whole) throw new TenggatError("bad_link", "this is not a whole invitation's link");
  if (!server.startsWith("https:") && !isLocal(server)) {
    throw new TenggatError("plain_link", "the link's address is not encrypted");
  }
  return { server, code, fingerprint: fingerprint?.toLowerCase() ?? null };
}

function stripped(text: string): string {
  return text.trim().replace(/^[<>"'.,]+|[<>"'.,]+$/g, "");
}

function decoded(route: string): string {
  try {
    return decodeURIComponent(route);
  } catch {
    return "";
  }
}

/** With its scheme, https unless it is this computer, and without a slash at its end; null where it is none. */
function addressOf(text: string): string | null {
  const here = LOCAL.includes(text.split(/[:/]/)[0] ?? "");
  try {
    const url = new URL(text.includes("://") ? text : `${here ? "http" : "https"}://${text}`);
    const sound = ["http:", "https:"].includes(url.protocol) && !url.search && !url.username && !/\s/.test(text);
    return sound ? (url.origin + url.pathname).replace(/\/+$/, "") : null;
  } catch {
    return null;
  }
}

function isLocal(server: string): boolean {
  return LOCAL.includes(new URL(server).hostname.replace(/^\[|\]$/g, ""));
}
