/** A tus server in a few lines, on the loopback, that can be told to fail in the ways that matter. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

interface Held {
  metadata: Record<string, string>;
  length: number;
  bytes: Buffer;
  ended: boolean;
}

export interface Fate {
  /** At a request of this method. */
  method: string;
  status?: number;
  body?: object;
  /** The connection breaks after so many bytes of the body, which are kept. */
  cut?: number;
}

export class TusServer {
  readonly uploads = new Map<string, Held>();
  readonly requests: string[] = [];
  readonly tokens = new Set<string>();
  readonly fate: Fate[] = [];
  /** Hashes that it has already, by their lengths. */
  known = new Set<number>();
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => void this.answer(request, response));
  }

  async listen(): Promise<string> {
    await new Promise<void>(resolve => this.server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise(resolve => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url = "", headers } = request;
    this.requests.push(`${method} ${url.replace("/api/v1", "")}`);
    this.tokens.add(String(headers.authorization));
    response.setHeader("Tus-Resumable", "1.0.0");
    const fate = this.fate[0]?.method === method ? this.fate.shift() : undefined;
    const held = this.uploads.get(url);
    const { socket } = request;
    if (fate?.cut !== undefined) {
      for await (const chunk of request) {
        if (held) held.bytes = Buffer.concat([held.bytes, (chunk as Buffer).subarray(0, fate.cut)]);
        break;
      }
      socket.destroy();
      return;
    }
    const body: Buffer[] = [];
    for await (const chunk of request) body.push(chunk as Buffer);
    if (fate?.status !== undefined) {
      response.setHeader("Content-Type", "application/problem+json");
      response.writeHead(fate.status);
      response.end(JSON.stringify(fate.body ?? {}));
      return;
    }
    if (method === "POST") return this.create(request, response);
    if (!held || held.ended) {
      response.writeHead(held ? 410 : 404);
      response.end();
      return;
    }
    if (method === "PATCH") {
      if (Number(headers["upload-offset"]) !== held.bytes.length) {
        response.writeHead(409);
        response.end();
        return;
      }
      held.bytes = Buffer.concat([held.bytes, ...body]);
    }
    response.setHeader("Upload-Offset", held.bytes.length);
    response.setHeader("Upload-Length", held.length);
    response.writeHead(method === "PATCH" ? 204 : 200);
    response.end();
  }

  private create({ headers }: IncomingMessage, response: ServerResponse): void {
    const path = `/api/v1/uploads/${this.uploads.size + 1}`;
    const length = Number(headers["upload-length"]);
    const pairs = String(headers["upload-metadata"]).split(",");
    const metadata = Object.fromEntries(
      pairs.map(pair => {
        const [name = "", value = ""] = pair.split(" ");
        return [name, Buffer.from(value, "base64").toString()];
      }),
    );
    this.uploads.set(path, { metadata, length, bytes: Buffer.alloc(0), ended: false });
    response.setHeader("Location", path);
    if (this.known.has(length)) response.setHeader("Upload-Offset", length);
    response.writeHead(201);
    response.end();
  }
}
