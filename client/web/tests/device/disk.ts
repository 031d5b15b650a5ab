/** A disk that holds so many bytes, under fake-indexeddb, which would take all: what does not fit fails as a browser lets
 * it fail. What photos and the reserve take counts, and words only have to fit. */

export class Disk {
  private readonly held = new Map<string, number>();
  private readonly before = { put: IDBObjectStore.prototype.put, clear: IDBObjectStore.prototype.clear };

  constructor(public capacity = Number.POSITIVE_INFINITY) {
    const disk = this;
    const { put, clear } = this.before;
    IDBObjectStore.prototype.put = function (this: IDBObjectStore, ...given: [unknown, IDBValidKey?]) {
      const [value, key] = given;
      const size = value instanceof ArrayBuffer ? value.byteLength : JSON.stringify(value).length;
      if (disk.used + size > disk.capacity) throw new DOMException("no room", "QuotaExceededError");
      if (value instanceof ArrayBuffer) {
        this.transaction.addEventListener("complete", () => disk.held.set(`${this.name}/${key}`, size));
      }
      return put.apply(this, given);
    };
    IDBObjectStore.prototype.clear = function (this: IDBObjectStore) {
      this.transaction.addEventListener("complete", () => {
        for (const name of disk.held.keys()) if (name.startsWith(`${this.name}/`)) disk.held.delete(name);
      });
      return clear.apply(this);
    };
  }

  get used(): number {
    return [...this.held.values()].reduce((sum, size) => sum + size, 0);
  }

  /** Nothing more fits. */
  fill(): void {
    this.capacity = this.used;
  }

  remove(): void {
    Object.assign(IDBObjectStore.prototype, this.before);
  }
}
