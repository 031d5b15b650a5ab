/** The implementations of `Desk`, each as a person gets one: nobody signed in, nothing held, a network of its own. */

import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EventSource } from "eventsource";
import type { Desk } from "../../src/desk.ts";
import { DesktopDesk } from "../../src/desktop/desktop_desk.ts";
import { Local } from "../../src/desktop/local.ts";
import { BrowserDesk } from "../../src/device/browser_desk.ts";
import { uniqueName } from "../device/bench.ts";
import { studioOf } from "../device/files/kept.ts";
import { python } from "./city.ts";

export const SECRET = "tiga pohon jati tua";

/** One kind of device. */
export interface Kind {
  name: Desk["kind"];
  /** A new device that finds the server at this address; `fetch` asks as its page does, `stop` ends it. */
  open(server: string): Promise<{ desk: Desk; fetch: typeof fetch; stop: () => Promise<void> }>;
  end(): Promise<void>;
}

export const browser: Kind = {
  name: "browser",
  async open(server) {
    // Node's tus-js-client takes Buffers where a browser's takes Blobs, and there is no canvas to shrink a picture on.
    const bodyOf = (body: ArrayBuffer) => Buffer.from(body) as unknown as Blob;
    const files = { bodyOf, studio: studioOf(SMALL) };
    const desk = new BrowserDesk({ name: uniqueName(), server, version: "contract", marking: null, files });
    await desk.start();
    return { desk, fetch, stop: () => desk.stop() };
  },
  async end() {},
};

/** The smallest JPEG that a server takes: one grey point. */
const SMALL = new Uint8Array(
  Buffer.from(
    "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAAMCAgICAgMCAgIDAwMDBAYEBAQEBAgGBgUGCQgKCgkICQkKDA8MCgsOCwkJDRENDg8QEBEQCgwSExIQ" +
      "Ew8QEBD/yQALCAABAAEBAREA/8wABgAQEAX/2gAIAQEAAD8A0s8g/9k=",
    "base64",
  ),
);

/** The Python client's local server, without a window; one device after the other in it, each a profile of its own. */
export class Bridge {
  private constructor(
    private readonly process: ChildProcess,
    private readonly home: string,
    readonly origin: string,
    private readonly cookie: string,
  ) {}

  static async start(): Promise<Bridge> {
    const home = mkdtempSync(join(tmpdir(), "tenggat-home-"));
    const started = spawn(python, ["-m", "client.desktop.headless", "--home", home], {
      stdio: ["pipe", "pipe", "inherit"],
      // The keys of tests have no business in a person's keyring.
      env: { ...process.env, PYTHON_KEYRING_BACKEND: "keyring.backends.null.Keyring" },
    });
    const line = await new Promise<string>((resolve, reject) => {
      started.stdout.once("data", said => resolve(String(said)));
      started.once("exit", code => reject(new Error(`the bridge ended with ${code}`)));
      started.once("error", reject);
    });
    const { url } = JSON.parse(line) as { url: string };
    const entered = await fetch(url, { redirect: "manual" });
    const cookie = entered.headers.get("set-cookie")?.split(";")[0];
    assert.ok(cookie, `no way in: ${entered.status}`);
    return new Bridge(started, home, new URL(url).origin, cookie);
  }

  readonly fetch: typeof fetch = (address, init = {}) =>
    fetch(address, { ...init, headers: { ...(init.headers as Record<string, string>), Cookie: this.cookie } });

  readonly listen = (address: string) =>
    new EventSource(address, {
      fetch: (asked, init) => fetch(asked, { ...init, headers: { ...init.headers, Cookie: this.cookie } }),
    });

  local(): Local {
    return new Local({ origin: this.origin, fetch: this.fetch });
  }

  desk(): DesktopDesk {
    return new DesktopDesk({ origin: this.origin, fetch: this.fetch, listen: this.listen });
  }

  async end(): Promise<void> {
    const over = new Promise(resolve => this.process.once("exit", resolve));
    this.process.stdin?.end();
    await over;
    rmSync(this.home, { recursive: true, force: true });
  }
}

const bridges: Bridge[] = [];
const free: Bridge[] = [];
let profiles = 0;

export const desktop: Kind = {
  name: "desktop",
  async open(server) {
    const bridge = free.pop() ?? (await Bridge.start());
    if (!bridges.includes(bridge)) bridges.push(bridge);
    const desk = bridge.desk();
    await bridge.local().post("/gate/make", { title: `Petugas ${++profiles}`, secret: SECRET, server });
    await desk.start();
    return {
      desk,
      fetch: bridge.fetch,
      async stop() {
        await desk.stop();
        free.push(bridge);
      },
    };
  },
  async end() {
    await Promise.all(bridges.splice(0).map(bridge => bridge.end()));
  },
};
