/** The Python client's local server: requests out, answers or refusals back, and nothing else. */

import { fromProblem, TenggatError } from "../sync/errors.ts";

export interface LocalOptions {
  /** "http://127.0.0.1:…"; the page's own where it is empty. */
  origin?: string;
  fetch?: typeof fetch;
}

/** The header by which a request says that it is a page's own script that asks: no form of another page can send it. */
const OURS = { "X-Tenggat": "desk" };

export class Local {
  readonly origin: string;
  private readonly fetch: typeof fetch;

  // A method of the window: it must be called as one.
  constructor({ origin = "", fetch: given = (...request) => fetch(...request) }: LocalOptions = {}) {
    this.origin = origin;
    this.fetch = given;
  }

  get(path: string): Promise<Response> {
    return this.ask(path, {});
  }

  post(path: string, body: unknown): Promise<Response> {
    const headers = { ...OURS, "Content-Type": "application/json" };
    return this.ask(path, { method: "POST", headers, body: JSON.stringify(body) });
  }

  /** Bytes, as they are. */
  send(path: string, body: Blob): Promise<Response> {
    const headers = { ...OURS, "Content-Type": "application/octet-stream" };
    return this.ask(path, { method: "POST", headers, body });
  }

  /** Rejects with what a problem body says, or `desk_gone` where nobody answers: the program was ended. */
  private async ask(path: string, init: RequestInit): Promise<Response> {
    let response: Response;
    try {
      response = await this.fetch(this.origin + path, { cache: "no-store", redirect: "error", ...init });
    } catch (error) {
      throw gone(error instanceof Error ? error.message : String(error));
    }
    if (response.ok) return response;
    throw await problemOf(response);
  }
}

async function problemOf(response: Response): Promise<TenggatError> {
  const said = await response.text().catch(() => "");
  try {
    const body: unknown = JSON.parse(said);
    if (typeof body === "object" && body !== null && !Array.isArray(body)) {
      return fromProblem(body as Record<string, unknown>);
    }
  } catch {
    // Not a problem body: told as it came.
  }
  return gone(`${response.status} ${said.slice(0, 200)}`);
}

function gone(detail: string): TenggatError {
  return new TenggatError("desk_gone", detail);
}
