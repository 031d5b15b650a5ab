/** A local server in a few lines: it answers as it is told, and remembers what it was asked. */

import type { Events } from "../../src/desktop/changes.ts";
import { TenggatError } from "../../src/sync/errors.ts";

export class FakeLocal {
  readonly asked: [string, unknown][] = [];
  /** By path: a body to answer with, an error to refuse with, or what works either out. */
  readonly answers = new Map<string, unknown>();
  /** Runs while each request is on its way. */
  meanwhile: (path: string) => Promise<void> = async () => {};
  readonly listeners: [string, () => void][] = [];
  closed = 0;

  readonly fetch = (async (address: string, init: RequestInit = {}) => {
    const path = address.replace(/\?.*/, "");
    const sent = typeof init.body === "string" ? JSON.parse(init.body) : (init.body ?? address.slice(path.length));
    await this.meanwhile(path);
    this.asked.push([path, sent]);
    const found = this.answers.get(path);
    const answer = typeof found === "function" ? found(sent) : found;
    if (answer instanceof TenggatError) {
      const { code, detail, extra } = answer;
      return new Response(JSON.stringify({ type: "about:blank", code, detail, ...extra }), { status: 400 });
    }
    if (answer instanceof Error) throw answer;
    if (answer instanceof Response || answer instanceof Blob)
      return new Response(answer instanceof Blob ? answer : null);
    return new Response(JSON.stringify(answer ?? null));
  }) as unknown as typeof fetch;

  readonly listen = (): Events => ({
    addEventListener: (kind, listener) => void this.listeners.push([kind, listener]),
    close: () => {
      this.closed += 1;
    },
  });

  /** Something changed there, or came further. */
  tell(kind: "changed" | "progress" = "changed"): void {
    for (const [heard, listener] of this.listeners) if (heard === kind) listener();
  }

  /** What was asked, in order, without the gate and what begins it. */
  get paths(): string[] {
    return this.asked.map(([path]) => path);
  }
}
