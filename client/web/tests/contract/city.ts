/** A real city for the contract: the demonstration server, in a process of its own, with data that goes when the tests end.
 *
 * `TENGGAT_PYTHON` names the interpreter that Tenggat is installed for; `npm.py` says its own.
 */

import assert from "node:assert/strict";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";

/** The interpreter, and beside it the programs that the package installs. Tests run in `client/web`. */
export const python = process.env.TENGGAT_PYTHON ?? resolve("..", "..", ".venv", "bin", "python");

export class City {
  private readonly folder = mkdtempSync(join(tmpdir(), "tenggat-city-"));
  private process: ChildProcess | null = null;
  private told = "";
  port = 0;

  async start(): Promise<void> {
    this.port = await freePort();
    const server = join(dirname(python), "tenggat-server");
    const started = spawn(server, ["--data", this.folder, "demo", "--port", String(this.port)], {
      stdio: ["ignore", "pipe", "pipe"],
      // It has workers; they end with it.
      detached: true,
    });
    this.process = started;
    for (const stream of [started.stdout, started.stderr]) stream.on("data", said => this.hear(String(said)));
    for (let tries = 0; tries < 600; tries += 1) {
      assert.equal(started.exitCode, null, this.told);
      const answer = await fetch(`http://127.0.0.1:${this.port}/api/v1/catalogue`).catch(() => null);
      await answer?.arrayBuffer();
      if (answer?.ok) return;
      await new Promise(done => setTimeout(done, 100));
    }
    throw new Error(`the server did not start: ${this.told}`);
  }

  /** What an admin does at the server. */
  async invite(login: string, address: string): Promise<string> {
    const server = join(dirname(python), "tenggat-server");
    const words = ["--data", this.folder, "device", "invite", login, "--server", address];
    const { stdout } = await promisify(execFile)(server, words);
    return stdout.trim();
  }

  /** A password that an admin makes up for an account. */
  async makeUp(login: string): Promise<string> {
    const server = join(dirname(python), "tenggat-server");
    const { stdout } = await promisify(execFile)(server, ["--data", this.folder, "account", "password", login]);
    return stdout.trim();
  }

  /** A text for officers' answers, as an admin adds it at the server; `where`: options that say what it is for. */
  async keepText(title: string, text: string, ...where: string[]): Promise<void> {
    const server = join(dirname(python), "tenggat-server");
    await promisify(execFile)(server, ["--data", this.folder, "template", "add", title, text, ...where]);
  }

  async stop(): Promise<void> {
    const { pid, exitCode } = this.process ?? {};
    if (pid !== undefined && exitCode === null) {
      const over = new Promise(done => this.process?.once("exit", done));
      process.kill(-pid, "SIGTERM");
      await over;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** The end of what it said, for whoever must find out why it did not start. */
  private hear(said: string): void {
    this.told = (this.told + said).slice(-4_000);
  }
}

function freePort(): Promise<number> {
  return new Promise((done, reject) => {
    const free = createServer();
    free.once("error", reject);
    free.listen(0, "127.0.0.1", () => {
      const address = free.address();
      free.close(() => done(typeof address === "object" && address ? address.port : 0));
    });
  });
}
