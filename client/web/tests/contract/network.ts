/** What lies between one device and the server: a few lines that pass bytes on, and can be cut. */

import { createServer, type Server, type Socket, connect as toServer } from "node:net";

export class Network {
  private readonly server: Server;
  private readonly open = new Set<Socket>();
  private up = true;
  private port = 0;

  constructor(target: number) {
    this.server = createServer(socket => {
      if (!this.up) {
        socket.destroy();
        return;
      }
      const other = toServer(target, "127.0.0.1");
      for (const [one, two] of [
        [socket, other],
        [other, socket],
      ] as const) {
        this.open.add(one);
        one.on("error", () => two.destroy());
        one.on("close", () => {
          this.open.delete(one);
          two.destroy();
        });
      }
      socket.pipe(other).pipe(socket);
    });
  }

  async start(): Promise<this> {
    await new Promise<void>(resolve => this.server.listen(0, "127.0.0.1", resolve));
    const address = this.server.address();
    this.port = typeof address === "object" && address ? address.port : 0;
    return this;
  }

  /** Where the device finds the server. */
  get address(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  cut(): void {
    this.up = false;
    for (const socket of this.open) socket.destroy();
  }

  mend(): void {
    this.up = true;
  }

  stop(): void {
    this.cut();
    this.server.close();
  }
}
