/** What each test of the contract stands in: a real city, and devices of one kind, each with a network of its own. */

import { after, afterEach, before, describe, test } from "node:test";
import type { Desk } from "../../src/desk.ts";
import { City } from "./city.ts";
import { browser, desktop, type Kind } from "./devices.ts";
import { Network } from "./network.ts";

export const KINDS = [browser, desktop];

/** What the contract is held against in this process. */
const held: Kind[] = [];

/** Before the contract's parts are read, which ask for it then. */
export function hold(kind: Kind): void {
  held.push(kind);
}

export interface Device {
  desk: Desk;
  network: Network;
  /** Asks as its page does. */
  fetch: typeof fetch;
}

export interface World {
  kind: Kind;
  /** A new device of the kind that is tested; `offline`: its network is cut from the beginning. */
  open(given?: { offline?: boolean }): Promise<Device>;
  /** Whoever is on the other side, always in a browser. */
  other(): Promise<Device>;
  on(kind: Kind): Promise<Device>;
}

const city = new City();
before(() => city.start());
after(async () => {
  for (const kind of KINDS) await kind.end();
  await city.stop();
});

/** A link that an admin made for an account, as a device on this network reaches the city. */
export function invite(login: string, network: Network): Promise<string> {
  return city.invite(login, network.address);
}

/** A password that an admin makes up for an account. */
export function makeUp(login: string): Promise<string> {
  return city.makeUp(login);
}

/** A text that an admin adds for officers' answers. */
export function keepText(title: string, text: string, ...where: string[]): Promise<void> {
  return city.keepText(title, text, ...where);
}

/** A part of the contract: every implementation passes it, each in a process of its own. */
export function contract(
  part: string,
  tests: (it: (title: string, body: (world: World) => Promise<void>) => void) => void,
) {
  for (const kind of held) {
    describe(`${kind.name}: ${part}`, () => {
      const opened: (() => Promise<void>)[] = [];
      afterEach(async () => {
        for (const stop of opened.splice(0).reverse()) await stop();
      });
      const open = async (of: Kind, { offline = false } = {}): Promise<Device> => {
        const network = await new Network(city.port).start();
        opened.push(async () => network.stop());
        if (offline) network.cut();
        const { desk, fetch, stop } = await of.open(network.address);
        opened.push(stop);
        return { desk, network, fetch };
      };
      const world: World = { kind, open: given => open(kind, given), other: () => open(browser), on: open };
      tests((title, body) => test(title, () => body(world)));
    });
  }
}
