/** What the server sent: stored line by line as it came, listed by a few columns, compared by digest. Callers hold the
 * transaction that changes belong to.
 */

import type { Attachment } from "../schemas/record.ts";
import * as digest from "../sync/digest.ts";
import type { RecordHead } from "../sync/messages.ts";
import { type RecordRow, type Transaction, written } from "./database.ts";
import type { Files } from "./files/table.ts";
import type { Meta } from "./meta.ts";

export class Records {
  constructor(
    private readonly transaction: Transaction,
    private readonly meta: Meta,
    private readonly files: Files,
  ) {}

  private get table() {
    return this.transaction.objectStore("record");
  }

  private get lines() {
    return this.transaction.objectStore("line");
  }

  /** Keep these lines, in place of older ones of the same ids. `at`: this device's clock. */
  async store(lines: readonly string[], heads: readonly RecordHead[], generation: number, at: string): Promise<void> {
    const { table, lines: kept } = this;
    const own = `person:${(await this.meta.get("person"))?.id}`;
    const concerned = await this.files.concerned();
    for (const [place, head] of heads.entries()) {
      const line = lines[place] ?? "";
      const { conflicts, ...columns } = head;
      const { attachments, ...told } = head.t === "case" ? happened(line) : UNTOUCHED;
      if (concerned(head.id, attachments)) {
        await this.files.heard(head.id, attachments, head.scopes.includes(own), at);
      }
      written(
        table.put({
          ...columns,
          ...told,
          arrived: attachments.filter(file => file.arrived).length,
          hash: digest.toHex(digest.recordHash(head.id, head.v)),
          generation,
          conflicts: conflicts.length,
        }),
      );
      written(kept.put(line, head.id));
    }
    this.changed();
  }

  drop(ids: readonly string[]): void {
    for (const id of ids) {
      written(this.table.delete(id));
      written(this.lines.delete(id));
    }
    if (!ids.length) return;
    written(this.files.left(new Set(ids)));
    this.changed();
  }

  /** A snapshot is whole: what did not come with it is gone. How many that were. */
  async dropOlder(generation: number): Promise<number> {
    const older = IDBKeyRange.upperBound(generation, true);
    const ids = await this.table.index("generation").getAllKeys(older);
    this.drop(ids);
    return ids.length;
  }

  dropAll(): void {
    written(this.table.clear());
    written(this.lines.clear());
    this.changed();
  }

  /** These are the client's scopes now: records that were seen only by others are dropped at once. */
  async seeBy(scopes: readonly string[]): Promise<void> {
    const before = await this.meta.get("scopes");
    if (before && String([...before].sort()) === String([...scopes].sort())) return;
    this.meta.set("scopes", [...scopes]);
    const lost = (await this.all()).filter(row => !row.scopes.some(scope => scopes.includes(scope)));
    this.drop(lost.map(row => row.id));
    this.changed();
  }

  /** Count and sum for each scope, worked out from the rows themselves, and kept until one of them changes: most
   * exchanges bring nothing, and reading thousands of rows each minute would wear a phone's battery. */
  async digest(scopes: readonly string[]): Promise<[number, string][]> {
    const known = await this.meta.get("digest");
    if (known && String(known.scopes) === String(scopes)) return known.sums;
    const totals = new Map(scopes.map(scope => [scope, { count: 0, sum: 0n }]));
    for (const row of await this.all()) {
      const hash = digest.fromHex(row.hash);
      for (const scope of row.scopes) {
        const total = totals.get(scope);
        if (!total) continue;
        total.count += 1;
        total.sum += hash;
      }
    }
    const sums = scopes.map((scope): [number, string] => {
      const { count, sum } = totals.get(scope) ?? { count: 0, sum: 0n };
      return [count, digest.toHex(sum)];
    });
    this.meta.set("digest", { scopes: [...scopes], sums });
    return sums;
  }

  /** Version by id, of all that is held. */
  async versions(): Promise<Map<string, number>> {
    return new Map((await this.all()).map(row => [row.id, row.v]));
  }

  line(id: string): Promise<string | undefined> {
    return this.lines.get(id);
  }

  /** The id of the case with this number. */
  numbered(number: string): Promise<string | undefined> {
    return this.table.index("number").getKey(number.toUpperCase());
  }

  all(): Promise<RecordRow[]> {
    return this.table.getAll();
  }

  count(): Promise<number> {
    return this.table.count();
  }

  /** Whether a case here has a file that the server has. */
  async withFiles(): Promise<boolean> {
    return (await this.all()).some(row => row.arrived);
  }

  conflicts(): Promise<number> {
    return this.table.index("conflicts").count(IDBKeyRange.lowerBound(1));
  }

  private changed(): void {
    this.meta.set("digest", null);
  }
}

interface Happened {
  opened: boolean;
  touched: string;
  attachments: Attachment[];
}

const UNTOUCHED: Happened = { opened: false, touched: "", attachments: [] };

/** When something last happened to a case, whether an officer opened it, and its files. */
function happened(line: string): Happened {
  const { steps, received, created, opened, attachments } = JSON.parse(line) as Record<string, unknown>;
  const last: unknown = Array.isArray(steps) ? steps[steps.length - 1]?.at : undefined;
  const touched = [last, received, created].find(moment => typeof moment === "string");
  return {
    opened: Boolean(opened),
    touched: typeof touched === "string" ? touched : "",
    attachments: Array.isArray(attachments) ? attachments : [],
  };
}
