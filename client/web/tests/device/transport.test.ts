/** The network and its failures, each with the word that people are told. */

import assert from "node:assert/strict";
import { createServer, type RequestListener, type Server } from "node:http";
import { after, afterEach, test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { HttpTransport } from "../../src/device/transport.ts";
import { refusal } from "./bench.ts";

const servers: Server[] = [];
const silent = () => {};

afterEach(() => {
  for (const server of servers.splice(0)) server.closeAllConnections();
});
after(() => {
  for (const server of servers) server.close();
});

/** An address where this listens. */
async function serving(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
  server.unref();
  const address = server.address();
  return typeof address === "object" && address ? `http://127.0.0.1:${address.port}` : "";
}

const answering = (status: number, media: string, body: string, headers: Record<string, string> = {}) =>
  serving((request, response) => {
    request.resume();
    request.on("end", () => response.writeHead(status, { "Content-Type": media, ...headers }).end(body));
  });

const text = (chunks: Uint8Array[]) => Buffer.concat(chunks).toString();

test("an exchange is one compressed request, and its answer comes inflated", async () => {
  const seen: { body: string; headers: Record<string, unknown>; url?: string; method?: string } = {
    body: "",
    headers: {},
  };
  const server = await serving(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    Object.assign(seen, {
      body: gunzipSync(Buffer.concat(chunks)).toString(),
      headers: request.headers,
      url: request.url,
      method: request.method,
    });
    response.writeHead(200, { "Content-Type": "application/x-ndjson; charset=utf-8", "Content-Encoding": "gzip" });
    response.end(gzipSync("a\nb\n"));
  });
  const clock = () => new Date(1_000);
  const told: object[] = [];
  const reply = await new HttpTransport({ server, clock }).exchange("tok", ["é\n", "b\n"], now => told.push(now));
  assert.deepEqual([text(reply.chunks), reply.at], ["a\nb\n", 1_000]);
  assert.deepEqual([seen.body, seen.url, seen.method], ["é\nb\n", "/api/v1/sync", "POST"]);
  assert.deepEqual(
    [seen.headers.authorization, seen.headers["content-type"], seen.headers["content-encoding"]],
    ["Bearer tok", "application/x-ndjson", "gzip"],
  );
  assert.deepEqual(
    told.map(now => ({ ...now, all: 0 })),
    [
      { what: "sending", done: 0, all: 0 },
      { what: "receiving", done: 4, all: 0 },
    ],
  );
});

test("a browser that cannot compress sends it plain", async () => {
  let seen: [string, unknown] = ["", ""];
  const server = await serving(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    seen = [body, request.headers["content-encoding"]];
    response.writeHead(200, { "Content-Type": "application/x-ndjson" }).end("a\n");
  });
  const before = globalThis.CompressionStream;
  Object.assign(globalThis, { CompressionStream: undefined });
  try {
    await new HttpTransport({ server }).exchange("tok", ["plain\n"], silent);
  } finally {
    Object.assign(globalThis, { CompressionStream: before });
  }
  assert.deepEqual(seen, ["plain\n", undefined]);
});

test("an address of the page's own origin is asked as it is", async () => {
  const asked: unknown[] = [];
  const transport = new HttpTransport({
    fetch: async (url, init) => {
      asked.push(url, init?.redirect, init?.credentials);
      return new Response("{}", { headers: { "Content-Type": "application/json" } });
    },
  });
  await transport.call("GET", "/api/v1/me");
  assert.deepEqual(asked, ["/api/v1/me", "manual", "omit"]);
});

const PROBLEM = "application/problem+json";
const failures: [string, number, string, string, string][] = [
  ["the page of a public Wi-Fi", 200, "text/html", "<html>", "not_our_server"],
  ["a redirect to one", 302, "text/html", "", "not_our_server"],
  ["a page that is not there", 404, "text/html", "", "not_our_server"],
  ["a gateway whose server is down", 502, "text/html", "<html>", "unreachable"],
  ["a gateway that is asked too often", 429, "text/html", "", "unreachable"],
  ["a problem", 401, PROBLEM, '{"code":"not_signed_in","detail":"d"}', "not_signed_in"],
  ["a problem with more to it", 503, PROBLEM, '{"code":"busy","retry_after":7}', "busy"],
  ["a problem that cannot be read", 503, PROBLEM, "{", "unreachable"],
  ["a problem that is no object", 400, PROBLEM, "[]", "error"],
];
for (const [what, status, media, body, code] of failures) {
  test(`${what} is \`${code}\``, async () => {
    const transport = new HttpTransport({
      server: await answering(status, media, body, { Location: "http://x.invalid" }),
    });
    const errors = [
      await refusal(transport.exchange("tok", ["a\n"], silent)),
      await refusal(transport.catalogue(null)),
      await refusal(transport.call("GET", "/api/v1/me")),
    ];
    assert.deepEqual(
      errors.map(error => error.code),
      [code, code, code],
    );
    if (code === "busy") assert.equal(errors[0]?.extra.retry_after, 7);
  });
}

test("nobody there is `unreachable`", async () => {
  const server = await answering(200, "text/html", "");
  for (const one of servers.splice(0)) one.close();
  await new Promise(resolve => setTimeout(resolve, 10));
  assert.equal((await refusal(new HttpTransport({ server }).call("GET", "/"))).code, "unreachable");
});

test("an answer that breaks off is given out as far as it came", async () => {
  const server = await serving((request, response) => {
    request.resume();
    response.writeHead(200, { "Content-Type": "application/x-ndjson" });
    response.write("a\nb");
    setTimeout(() => response.destroy(), 30);
  });
  const reply = await new HttpTransport({ server }).exchange("tok", ["a\n"], silent);
  assert.equal(text(reply.chunks), "a\nb");
});

test("an answer that breaks off before its first byte is `unreachable`, and so is half of a smaller one", async () => {
  for (const [media, first] of [
    ["application/x-ndjson", ""],
    ["application/json", '{"a":'],
    [PROBLEM, '{"code":'],
  ] as const) {
    const server = await serving((request, response) => {
      request.resume();
      response.writeHead(media === PROBLEM ? 400 : 200, { "Content-Type": media, "Content-Length": "100" });
      response.write(first || "");
      response.flushHeaders();
      setTimeout(() => response.destroy(), 30);
    });
    const transport = new HttpTransport({ server });
    const asking = first && media !== PROBLEM ? transport.call("GET", "/") : transport.exchange("tok", ["a\n"], silent);
    assert.equal((await refusal(asking)).code, "unreachable", media);
  }
});

test("a server that says nothing more is given up after a while, and what it said is kept", async () => {
  const quiet = await serving(request => request.resume());
  assert.equal((await refusal(new HttpTransport({ server: quiet, timeout: 50 }).call("GET", "/"))).code, "unreachable");
  const stuck = await serving((request, response) => {
    request.resume();
    response.writeHead(200, { "Content-Type": "application/x-ndjson" });
    response.write("a\n");
  });
  const reply = await new HttpTransport({ server: stuck, timeout: 50 }).exchange("tok", ["a\n"], silent);
  assert.equal(text(reply.chunks), "a\n");
});

test("a slow answer is not a silent one", async () => {
  const server = await serving((request, response) => {
    request.resume();
    response.writeHead(200, { "Content-Type": "application/x-ndjson" });
    let n = 0;
    const dripping = setInterval(() => {
      n += 1;
      response.write(`${n}\n`);
      if (n === 6) {
        clearInterval(dripping);
        response.end();
      }
    }, 25);
  });
  const reply = await new HttpTransport({ server, timeout: 80 }).exchange("tok", ["a\n"], silent);
  assert.equal(text(reply.chunks), "1\n2\n3\n4\n5\n6\n");
});

test("the catalogue is asked for by its version", async () => {
  const asked: unknown[] = [];
  const server = await serving((request, response) => {
    asked.push(request.headers["if-none-match"]);
    if (request.headers["if-none-match"] === '"v1"') response.writeHead(304).end();
    else response.writeHead(200, { "Content-Type": "application/json" }).end("{}");
  });
  const transport = new HttpTransport({ server });
  assert.equal(await transport.catalogue("v1"), null);
  assert.equal(text([(await transport.catalogue(null)) ?? new Uint8Array()]), "{}");
  assert.deepEqual(asked, ['"v1"', undefined]);
});

test("a call carries its token and its body, and may answer with nothing", async () => {
  const asked: unknown[] = [];
  const server = await serving(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    asked.push(request.method, request.headers.authorization, body);
    response.writeHead(204).end();
  });
  const transport = new HttpTransport({ server });
  assert.equal(await transport.call("DELETE", "/api/v1/devices", undefined, "tok"), null);
  assert.equal(await transport.call("POST", "/api/v1/devices", { login: "x" }), null);
  assert.deepEqual(asked, ["DELETE", "Bearer tok", "", "POST", undefined, '{"login":"x"}']);
  const garbled = await answering(200, "application/json", "{");
  assert.equal((await refusal(new HttpTransport({ server: garbled }).call("GET", "/"))).code, "not_our_server");
});
