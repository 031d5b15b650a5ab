/** Everything that can be wrong with an exchange: one class, told apart by its word code.
 *
 * The Python has a class per code, so that the server can map each to its HTTP status. A screen only compares codes,
 * so here the code is the whole difference.
 */

/** Anything refused, with a word code that programs compare and a sentence that people read. */
export class TenggatError extends Error {
  override readonly name = "TenggatError";

  constructor(
    readonly code: string,
    readonly detail: string,
    readonly extra: Readonly<Record<string, unknown>> = {},
  ) {
    super(detail);
  }
}

/** Bytes that are not what the protocol says: the sender must be mended, sending again cannot help. */
export const malformed = (detail: string) => new TenggatError("malformed", detail);

/** The body ended before its `end` line: send it again, whole. */
export const bodyCut = (detail: string) => new TenggatError("body_cut", detail);

/** A line, a body, a batch or a field is over its limit. */
export const tooLarge = (detail: string) => new TenggatError("too_large", detail);

/** Whether the other side's bytes were at fault: what is `Malformed`, or a child of it, in the Python. */
export function isMalformed(error: unknown): boolean {
  return (
    error instanceof TenggatError && ["malformed", "body_cut", "too_large", "unknown_encoding"].includes(error.code)
  );
}

/** The error that a problem body (RFC 9457) stands for. A code that this version does not know is kept: whoever
 * compares codes has words for any other. */
export function fromProblem(body: Readonly<Record<string, unknown>>): TenggatError {
  const { type: _type, title, status: _status, detail, code, ...extra } = body;
  return new TenggatError(typeof code === "string" ? code : "error", String(detail || title || "refused"), extra);
}
