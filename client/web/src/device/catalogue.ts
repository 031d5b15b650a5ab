/** The catalogue held, read once for each version: the one thing that is kept in memory. */

import type { City } from "../schemas/catalogue.ts";
import { TenggatError } from "../sync/errors.ts";
import { hashOf } from "./hash.ts";
import type { Here, Store } from "./store.ts";
import { type Transport, unreachable } from "./transport.ts";

export class Catalogue {
  private read: { version: string; city: City } | null = null;
  private asking: Promise<void> | null = null;
  /** Whether the server has said since this began what the newest is. */
  heard = false;

  constructor(
    private readonly store: Store,
    private readonly transport: Transport,
  ) {}

  /** The catalogue held, null where there is none. */
  async held({ meta }: Here): Promise<City | null> {
    const version = await meta.get("catalogue");
    if (version !== null && this.read?.version !== version) {
      const city = JSON.parse((await meta.get("catalogue_json")) ?? "null") as City;
      this.read = { version, city };
    }
    return version === null ? null : (this.read?.city ?? null);
  }

  /** The same, where nothing can be done without it. */
  async needed(here: Here): Promise<City> {
    const city = await this.held(here);
    if (city) return city;
    throw new TenggatError("no_catalogue", "this device has no catalogue yet; it needs a network once");
  }

  /** Fetch it where the server has a newer one, or none is held. One request, however many ask. */
  update(): Promise<void> {
    this.asking ??= this.fetched().finally(() => {
      this.asking = null;
    });
    return this.asking;
  }

  private async fetched(): Promise<void> {
    await this.keepNewest();
    this.heard = true;
  }

  private async keepNewest(): Promise<void> {
    const known = await this.store.read(({ meta }) => meta.some("catalogue", "server_catalogue"));
    const body = await this.transport.catalogue(known.catalogue);
    if (body === null) return;
    // Its version is a hash of its bytes. Read before it is kept: a damaged one would stay, since its version says
    // that it is the newest.
    const version = (await hashOf(body)).slice(0, 12);
    const text = new TextDecoder().decode(body);
    if (version !== (known.server_catalogue ?? version)) throw unreachable("the catalogue did not come whole");
    let city: City;
    try {
      city = JSON.parse(text);
    } catch {
      throw unreachable("the catalogue cannot be read");
    }
    await this.store.change("relaxed", async ({ meta }) => {
      meta.set("catalogue_json", text);
      meta.set("catalogue", version);
    });
    this.read = { version, city };
  }
}
