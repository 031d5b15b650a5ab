/** Where work is sent: a server's address or a link, as it was typed or pasted. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { readDestination } from "../../src/desktop/destination.ts";

test("an address is completed, and whatever leads further is a link", () => {
  const read = new Map<string, unknown>([
    ["", null],
    ["  ", null],
    ["izin.kota.example", { server: "https://izin.kota.example" }],
    [" https://izin.kota.example/ ", { server: "https://izin.kota.example" }],
    ["http://10.0.0.5:8000", { server: "http://10.0.0.5:8000" }],
    ["10.0.0.5:8000", { server: "https://10.0.0.5:8000" }],
    ["localhost:8000", { server: "http://localhost:8000" }],
    ["127.0.0.1:8000", { server: "http://127.0.0.1:8000" }],
    ["https://izin.kota.example/masuk#AB12", { link: "https://izin.kota.example/masuk#AB12" }],
    ["izin.kota.example/?code=x", { link: "https://izin.kota.example/?code=x" }],
    ["tenggat://izin.kota.example/AB12", { link: "tenggat://izin.kota.example/AB12" }],
    ["ftp://izin.kota.example", "wrong"],
    ["https://", "wrong"],
    ["https://petugas:rahasia@izin.kota.example", "wrong"],
    ["server kota", "wrong"],
  ]);
  for (const [typed, expected] of read) assert.deepEqual(readDestination(typed), expected, typed);
});
