/** The small facts a device keeps: who it is signed in as, how far it has come, what it was told. */

import type { Loss, Person, Template, Trouble } from "../desk.ts";
import { type Transaction, written } from "./database.ts";

export interface Facts {
  token: string;
  guest: boolean;
  person: Person;
  /** As typed to sign in, folded: the same login is the same person. */
  login: string;
  /** An invitation that is being taken, and the token to come in with. */
  enrolling: { code: string; token: string };
  /** The server does not know the token any more. */
  signed_out: boolean;
  epoch: string;
  cursor: string;
  scopes: string[];
  generation: number;
  snapshot: boolean;
  /** The digest of what is held by these scopes, until a record changes. */
  digest: { scopes: string[]; sums: [number, string][] };
  mended: number;
  catalogue: string;
  catalogue_json: string;
  server_catalogue: string;
  /** The texts that an officer may answer with, as they came; and when they were last asked for. */
  templates: { version: string; templates: (Template & { services: string[]; actions: string[] })[] };
  templates_asked: string;
  promises: string;
  promise_table: unknown;
  upgrade: boolean;
  handed_over: boolean;
  wiped: string;
  loss: Loss;
  last_success: string;
  last_success_here: string;
  last_error: Trouble;
  /** Tries to exchange that failed since one last ended whole. */
  failed: number;
  /** The highest number of an `amended` line that was heard of this epoch. */
  amended: number;
  /** An admin asks how this device stands. */
  diagnose: boolean;
  /** Room has run short on this device: `Reserve.isShort`. */
  full: boolean;
  /** This device's clock minus the server's, in seconds. */
  skew: number;
}

/** Values by name; absent is null. */
export class Meta {
  constructor(private readonly transaction: Transaction) {}

  async get<K extends keyof Facts>(key: K): Promise<Facts[K] | null> {
    const found = await this.transaction.objectStore("meta").get(key);
    return (found as Facts[K] | undefined) ?? null;
  }

  set<K extends keyof Facts>(key: K, value: Facts[K] | null): void {
    const store = this.transaction.objectStore("meta");
    written(value === null ? store.delete(key) : store.put(value, key));
  }

  /** Several at once, in one turn of the transaction. */
  async some<K extends keyof Facts>(...keys: K[]): Promise<{ [P in K]: Facts[P] | null }> {
    const values = await Promise.all(keys.map(key => this.get(key)));
    return Object.fromEntries(keys.map((key, place) => [key, values[place]])) as { [P in K]: Facts[P] | null };
  }
}
