/** One file to the server by tus 1.0 (docs/protocol.md, Files), with tus-js-client: it goes on where it was cut off.
 *
 * Loaded only when something waits. Trying again is not its own to decide: `uploads.ts` does, on its timer.
 */

import { type DetailedError, Upload } from "tus-js-client";
import { fromProblem, TenggatError } from "../../sync/errors.ts";
import type { UploadRow } from "../database.ts";
import { notOurServer, unreachable } from "../transport.ts";

/** Bytes in one request: what a network drops half way costs no more than this where a proxy holds bodies back. */
const CHUNK = 512 * 1024;

/** Milliseconds without a byte going either way. */
const TIMEOUT = 60_000;

export interface Sending {
  /** Where the server's addresses begin, with its origin. */
  server: string;
  token: string;
  bytes: ArrayBuffer;
  /** Bytes as tus-js-client takes them: a Blob in browsers. */
  bodyOf: (bytes: ArrayBuffer) => Blob;
  /** The server's address of this upload became known. */
  begun: (url: string) => Promise<void>;
  /** Bytes that have left; `certain` where the server has said that it has them. */
  sent: (bytes: number, certain: boolean) => void;
  /** Ends it where it stands. */
  signal: AbortSignal;
}

/** Resolves when the server has all of it. Rejects with `upload_gone` where it must be begun anew, `unreachable`,
 * `not_our_server`, or the code of the server's refusal. */
export function send(row: UploadRow, sending: Sending): Promise<void> {
  const { server, token, bytes, signal } = sending;
  return new Promise((resolve, reject) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = (done: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      done();
    };
    const stop = () => {
      void upload.abort();
      end(() => reject(unreachable("the upload was stopped")));
    };
    const alive = () => {
      clearTimeout(timer);
      timer = setTimeout(stop, TIMEOUT);
    };
    const upload = new Upload(sending.bodyOf(bytes), {
      // With an address to go on at, it must not begin anew by itself: what was sent would be sent again after a server
      // that only stumbled.
      ...(row.url ? { uploadUrl: new URL(row.url, server).href } : { endpoint: `${server}/api/v1/uploads` }),
      metadata: { case: row.case, attachment: row.id },
      headers: { Authorization: `Bearer ${token}` },
      uploadSize: bytes.byteLength,
      chunkSize: CHUNK,
      retryDelays: null as unknown as number[],
      storeFingerprintForResuming: false,
      onBeforeRequest: alive,
      onAfterResponse(request, response) {
        alive();
        // The server has had these bytes before, or it has not, and then it need not say so.
        const had = Number(response.getHeader("Upload-Offset") ?? 0);
        if (request.getMethod() !== "POST" || had < bytes.byteLength) return;
        void upload.abort();
        end(resolve);
      },
      onUploadUrlAvailable: () => void (upload.url && sending.begun(new URL(upload.url).pathname).catch(() => {})),
      onProgress(done) {
        alive();
        sending.sent(done, false);
      },
      onChunkComplete: (_, done) => sending.sent(done, true),
      onSuccess: () => end(resolve),
      onError: error => end(() => reject(reasonOf(error, row))),
    });
    signal.addEventListener("abort", stop);
    if (signal.aborted) stop();
    else upload.start();
  });
}

function reasonOf(error: Error | DetailedError, row: UploadRow): TenggatError {
  const response = "originalResponse" in error ? error.originalResponse : null;
  if (!response) return unreachable(`the connection broke: ${error.message.split(", ")[0]}`);
  const status = response.getStatus();
  const problem = problemIn(response.getBody());
  // Expired, ended, or of before a restore; or its offset is not what was thought, and only asking tells.
  if (row.url && (status === 404 || status === 410)) return new TenggatError("upload_gone", "to be begun anew");
  if (problem) return problem;
  if (status === 401) return new TenggatError("not_signed_in", "the server does not know this device");
  if (status === 409) return new TenggatError("wrong_offset", "the server has more or less than was thought");
  if (status >= 500 || status === 429 || status === 423) {
    return new TenggatError("unreachable", `the server answered ${status}`, { status });
  }
  return notOurServer(`something other than the city's server answered: ${status}`);
}

function problemIn(body: string): TenggatError | null {
  try {
    const found: unknown = JSON.parse(body);
    const code = (found as { code?: unknown } | null)?.code;
    return typeof code === "string" ? fromProblem(found as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
