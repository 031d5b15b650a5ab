/** Who may see what is here: the profiles of this computer, and which of them is open. */

import { TenggatError } from "../sync/errors.ts";
import type { Local } from "./local.ts";

/** What a profile is opened with; null where it is not locked. */
export type Kind = "pin" | "passphrase" | null;

/** A person of this computer, as far as it can be told without their secret. */
export interface Profile {
  name: string;
  title: string;
  kind: Kind;
  /** Seconds until the next try is taken. */
  wait: number;
  /** When an admin revoked this device and it dropped what this profile held; null where that was not. */
  wiped: string | null;
}

/** What `GET /gate` says. */
export interface Standing {
  open: { name: string; title: string; server: string | null } | null;
  profiles: Profile[];
  /** Whose profile the program was started for; null where nobody said. */
  offered: string | null;
  /** What a new profile will need. */
  kind: "pin" | "passphrase";
  /** The server that was used last. */
  server: string | null;
  version: string;
  /** How the screen is liked here; what `prefer` was given last. */
  preferences: Record<string, unknown>;
}

/** Where a new profile will send its work: a server's address, or a link from an admin. */
export type Destination = { server: string } | { link: string };

/** Why the gate is shut: somebody shut it, or nobody was there. */
export type Why = "asked" | "idle";

export class Gate {
  standing: Standing | null = null;
  /** The last thing that went wrong with asking. */
  error: unknown = null;
  /** The recovery code that was just made, until the person says that it is written down. It is told only once. */
  code: { title: string; code: string } | null = null;
  /** Who was here last, and why not any more. */
  last: { name: string; why: Why } | null = null;
  /** The program was ended from here. */
  ended = false;
  private readonly listeners = new Set<() => void>();
  private waiting: (() => void)[] = [];

  constructor(
    private readonly local: Local,
    /** When all that was typed is on the disk: before it is shut. */
    private readonly quiet: () => Promise<void>,
    /** Somebody else came: nothing of whoever was here before may stay in this window. */
    private readonly another: () => void,
  ) {}

  /** How to stop listening. */
  listen(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Ask how it stands. */
  async look(): Promise<void> {
    try {
      const answer = await (await this.local.get("/gate")).json();
      this.standing = readStanding(answer);
      this.error = null;
    } catch (error) {
      this.error = error;
    }
    this.settle();
  }

  /** Resolves once the one who was here opens it again. */
  async locked(): Promise<void> {
    // Asked for first: what a script just heard is younger than what the screen shows.
    await this.look();
    if (this.standing?.open) return;
    await new Promise<void>(resolve => this.waiting.push(resolve));
  }

  async make(title: string, secret: string, destination: Destination | null): Promise<void> {
    const { recovery } = await this.do<{ recovery: string }>("make", { title, secret, ...destination });
    this.code = { title, code: recovery };
    await this.look();
  }

  async open(profile: Profile, secret: string): Promise<void> {
    await this.do("open", { profile: profile.name, secret });
    await this.look();
  }

  /** Open it with the code, under a new secret. */
  async recover(profile: Profile, code: string, secret: string): Promise<void> {
    const { recovery } = await this.do<{ recovery: string }>("recover", { profile: profile.name, code, secret });
    this.code = { title: profile.title, code: recovery };
    await this.look();
  }

  async change(old: string, secret: string): Promise<void> {
    await this.do("change", { old, secret });
  }

  /** Another recovery code for the one who is here: the one before was lost, or seen by others. */
  async renew(secret: string): Promise<void> {
    const { open } = this.standing ?? {};
    const { recovery } = await this.do<{ recovery: string }>("new_code", { secret });
    this.code = { title: open?.title ?? "", code: recovery };
    this.settle();
  }

  /** The person has the code on paper. */
  noted(): void {
    this.code = null;
    this.settle();
  }

  async lock(why: Why): Promise<void> {
    const { open } = this.standing ?? {};
    if (!open || this.code) return;
    await this.quiet();
    const before = this.last;
    // Known before it is asked for: that it is locked may be heard by another way first, and a title that changes then
    // would take the focus from who types a PIN.
    this.last = { name: open.name, why };
    try {
      await this.do("lock", {});
    } catch (error) {
      this.last = before;
      throw error;
    }
    await this.look();
  }

  async quit(): Promise<void> {
    await this.quiet();
    await this.do("quit", {});
    this.ended = true;
    this.settle();
  }

  /** Somebody is there. */
  async awake(): Promise<void> {
    // Only a hint; where it fails, the next request says why.
    await this.do("awake", {}).catch(() => {});
  }

  /** Tell the profile that is open which city's server it is for. */
  async serve(destination: Destination): Promise<void> {
    await this.do("serve", destination);
    await this.look();
  }

  async prefer(preferences: object): Promise<void> {
    await this.do("prefer", preferences);
  }

  private async do<T>(deed: string, given: object): Promise<T> {
    try {
      return (await (await this.local.post(`/gate/${deed}`, given)).json()) as T;
    } catch (error) {
      // How long the next try must wait is told to whoever looks, as well.
      if (error instanceof TenggatError && "retry_after" in error.extra) await this.look();
      throw error;
    }
  }

  private settle(): void {
    const { open } = this.standing ?? {};
    if (open && this.last && this.last.name !== open.name) {
      // Beginning anew forgets everything, and a code that nobody has noted yet is told only once.
      if (!this.code) {
        this.last = { name: open.name, why: "idle" };
        this.waiting = [];
        this.another();
      }
    } else if (open) {
      // Shut by whatever else than the person: the Python client counts as well.
      this.last = { name: open.name, why: "idle" };
      for (const resolve of this.waiting.splice(0)) resolve();
    }
    for (const listener of [...this.listeners]) listener();
  }
}

function readStanding(
  answer: Standing & { open: { profile: string; title: string; server?: string | null } | null },
): Standing {
  const { open } = answer;
  return {
    ...answer,
    open: open && { name: open.profile, title: open.title, server: open.server ?? null },
    offered: answer.offered ?? null,
    preferences: answer.preferences ?? {},
  };
}
