/** The service worker: the app starts with no network, and a new version never interrupts anybody.
 *
 * A version is kept whole under its own name before it is used at all. It takes over when nobody uses an older one, or
 * when the person says so. The version before it stays, because a window that was open all along may still ask for a
 * part of it. Answers of the server are never kept here: cases lie in IndexedDB.
 *
 * When the network is back while every window is closed, it sends what waits, with the same engine and lock as a window.
 */

import { TAG } from "./background.ts";
import { BrowserDesk } from "./device/browser_desk.ts";

declare const VERSION: string;
declare const KEPT: string[];

const scope = self as unknown as ServiceWorkerGlobalScope;
const PREFIX = "tenggat-";
const OWN = PREFIX + VERSION;
const OFFLINE = "/offline.html";

scope.addEventListener("install", event => event.waitUntil(Promise.all([keep(), route(event)])));
scope.addEventListener("activate", event => event.waitUntil(takeOver()));
scope.addEventListener("message", event => {
  if (event.data === "take over") void scope.skipWaiting();
});
scope.addEventListener("fetch", event => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== scope.location.origin || url.pathname.startsWith("/api/"))
    return;
  if (event.request.mode === "navigate") event.respondWith(page(event.request, url));
  else if (url.pathname.startsWith("/assets/") || KEPT.includes(url.pathname)) event.respondWith(part(event.request));
});

scope.addEventListener("sync", event => {
  const woken = event as ExtendableEvent & { tag: string };
  // A rejection tells the browser to wake us again later.
  if (woken.tag === TAG) woken.waitUntil(send());
});

async function send(): Promise<void> {
  // A window that somebody looks at has a timer of its own, and shows what it does.
  const windows = await scope.clients.matchAll({ type: "window" });
  const seen = windows.some(
    ({ url, visibilityState }) => new URL(url).pathname === "/" && visibilityState === "visible",
  );
  if (seen) return;
  await new BrowserDesk({ version: VERSION, marking: null, carries: false }).sync();
}

async function keep(): Promise<void> {
  const cache = await caches.open(OWN);
  await Promise.all(
    KEPT.map(async path => {
      // A name with a hash never changes its content: what an older version holds need not be paid for again.
      const held = path.startsWith("/assets/") ? await caches.match(path) : undefined;
      if (held) return cache.put(path, held);
      // The page has just loaded most of them, and asking whether they are still the same would cost a trip each.
      const fresh = await fetch(path, { cache: path.startsWith("/assets/") ? "default" : "no-cache" });
      if (!fresh.ok || fresh.redirected) throw new Error(`${path}: ${fresh.status}`);
      return cache.put(path, path === "/" ? await withoutPreload(fresh) : fresh);
    }),
  );
}

/** Whoever starts from the page that is kept has a catalogue, and need not ask for it at each start. */
async function withoutPreload(page: Response): Promise<Response> {
  const html = (await page.text()).replace(/<link rel="preload"[^>]*>/, "");
  return new Response(html, { headers: page.headers });
}

interface Router {
  addRoutes?(rules: { condition: object; source: object | string }[]): Promise<void>;
}

/** Where the browser can (Chrome from 123 on), it takes the app out of the cache by itself, and what is the server's from
 * the server, without starting the worker for it, which takes a tenth of a second on a machine that is not even slow.
 * What it does not find in the cache it asks the network for. */
async function route(event: ExtendableEvent & Router): Promise<void> {
  const parts = KEPT.filter(path => path.startsWith("/assets/")).map(path => ({ urlPattern: path }));
  const start = { urlPattern: { pathname: "/", search: "" }, requestMode: "navigate" };
  const source = { cacheName: OWN };
  try {
    await event.addRoutes?.([
      { condition: { or: parts }, source },
      { condition: start, source },
      { condition: { urlPattern: "/api/*" }, source: "network" },
    ]);
  } catch (error) {
    console.warn("The browser does not take the routes.", error);
  }
}

async function takeOver(): Promise<void> {
  const names = (await caches.keys()).filter(name => name.startsWith(PREFIX) && name !== OWN);
  await Promise.all(names.slice(0, -1).map(name => caches.delete(name)));
  await scope.clients.claim();
}

async function page(request: Request, url: URL): Promise<Response> {
  const cache = await caches.open(OWN);
  if (url.pathname === "/") {
    const held = await cache.match("/");
    if (held) return held;
  }
  try {
    return await fetch(request);
  } catch (error) {
    const held = await cache.match(OFFLINE);
    if (held) return held;
    throw error;
  }
}

async function part(request: Request): Promise<Response> {
  const own = await caches.open(OWN);
  const held = (await own.match(request)) ?? (await caches.match(request));
  if (held) return held;
  const fresh = await fetch(request);
  // What is loaded on demand (the map) is there from then on.
  if (fresh.ok) await own.put(request, fresh.clone());
  return fresh;
}
