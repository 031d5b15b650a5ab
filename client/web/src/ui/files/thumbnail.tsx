/** A file as a small picture; a sheet of paper where there is none to show. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { LocalFile } from "../../device/files/manifest.ts";
import { codeOf } from "../errors.ts";
import { useDesk } from "../use_desk.ts";
import { isPicture } from "./naming.ts";

/** Milliseconds between two tries to fetch what was not to be had. */
const PATIENCE = 5_000;

interface Props {
  /** The case. */
  id: string;
  file: Pick<LocalFile, "id" | "type" | "arrived" | "sha256">;
}

export function Thumbnail({ id, file }: Props) {
  const address = useThumbnail(id, file);
  if (address) return <img class="thumb" src={address} alt="" />;
  return (
    <span class="thumb paper" aria-hidden="true">
      {isPicture(file) ? <Picture /> : "PDF"}
    </span>
  );
}

function Picture() {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d="M4 5h16v14H4zM4 16l5-5 4 4 2-2 5 5M15.5 9.5h.01" />
    </svg>
  );
}

function useThumbnail(id: string, file: Props["file"]): string | null {
  const desk = useDesk();
  const [address, setAddress] = useState<string | null>(null);
  const ask = useRef(() => {});
  const picture = isPicture(file);
  useEffect(() => {
    if (!picture) return;
    const asking = new Asking(() => desk.file(id, file.id, "thumbnail"), setAddress);
    ask.current = () => void asking.ask();
    // What was not to be had may come with any change here, such as an exchange.
    const stop = desk.watch(() => asking.again());
    return () => {
      stop();
      asking.end();
      setAddress(null);
    };
  }, [desk, id, file.id, picture]);
  useEffect(() => ask.current(), [file.id, file.arrived]);
  return address;
}

/** A picture that is asked for until it is there, once at a time and not too often. */
class Asking {
  private state: "open" | "asking" | "over" = "open";
  private asked = 0;
  private made: string | null = null;

  constructor(
    private readonly fetch: () => Promise<Blob>,
    private readonly told: (address: string) => void,
  ) {}

  async ask(): Promise<void> {
    if (this.state !== "open") return;
    this.state = "asking";
    this.asked = Date.now();
    try {
      const blob = await this.fetch();
      if (this.isOver()) return;
      this.state = "over";
      this.made = URL.createObjectURL(blob);
      this.told(this.made);
    } catch (error) {
      // Of some there never will be one.
      if (!this.isOver()) this.state = codeOf(error) === "no_thumbnail" ? "over" : "open";
    }
  }

  again(): void {
    if (Date.now() - this.asked >= PATIENCE) void this.ask();
  }

  end(): void {
    this.state = "over";
    if (this.made) URL.revokeObjectURL(this.made);
  }

  private isOver(): boolean {
    return this.state === "over";
  }
}
