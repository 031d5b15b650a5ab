/** Words as they are typed: one write at a time for each case, and all that was typed meanwhile in the next. */

import type { Values } from "../desk.ts";

type Write = (id: string, changes: Values, service?: string) => Promise<void>;

interface Call {
  changes: Values;
  service: string | undefined;
  resolve: () => void;
  reject: (error: unknown) => void;
}

export class Keystrokes {
  private readonly calls = new Map<string, Call[]>();
  private readonly writing = new Map<string, Promise<void>>();

  constructor(private readonly write: Write) {}

  /** Resolves when these changes are stored. */
  type(id: string, changes: Values, service?: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const calls = this.calls.get(id) ?? [];
      calls.push({ changes, service, resolve, reject });
      this.calls.set(id, calls);
      if (!this.writing.has(id)) this.writing.set(id, this.all(id));
    });
  }

  /** When all that was typed into a case is stored, or refused. */
  async quiet(id: string): Promise<void> {
    await this.writing.get(id);
  }

  /** When all that was typed anywhere is stored, or refused. */
  async still(): Promise<void> {
    while (this.writing.size) await Promise.all(this.writing.values());
  }

  private async all(id: string): Promise<void> {
    for (let calls = this.calls.get(id); calls; calls = this.calls.get(id)) {
      this.calls.delete(id);
      await this.together(id, calls);
    }
    this.writing.delete(id);
  }

  private async together(id: string, calls: Call[]): Promise<void> {
    const changes: Values = Object.fromEntries(calls.flatMap(call => Object.entries(call.changes)));
    try {
      await this.write(id, changes, calls.map(call => call.service).find(Boolean));
      for (const call of calls) call.resolve();
    } catch (error) {
      // What was wrong with one must not keep the others from the disk.
      if (calls.length > 1) for (const call of calls) await this.together(id, [call]);
      else calls[0]?.reject(error);
    }
  }
}
