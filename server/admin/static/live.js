// Keeps the part of the page that is marked `data-live` as it is at the server, without taking anything out of a
// person's hands: focus, open parts and scroll stay. Without this script the page refreshes itself.

const live = document.querySelector("[data-live]");
const APART = 3_000; // milliseconds between two looks
const TIMER = Number(live?.dataset.every) || 20_000; // between looks where the server has no stream for us

let wanted = false;
let looking = false;
let timer;

async function look() {
  wanted = true;
  if (looking || document.hidden) return;
  looking = true;
  while (wanted && !document.hidden) {
    wanted = false;
    await replace().catch(() => {});
    await new Promise(done => setTimeout(done, APART));
  }
  looking = false;
}

async function replace() {
  const response = await fetch(live.dataset.refresh, { credentials: "same-origin" });
  // The session is over, or something is to be done before anything else is shown (server/admin/leading.py): the page
  // says so, and keeps its place.
  if (response.status === 401 || response.status === 409) return location.reload();
  if (!response.ok) return;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("[data-live]");
  if (!fresh) return;
  const focused = live.contains(document.activeElement) ? document.activeElement.id : "";
  const open = new Set([...live.querySelectorAll("details[open]")].map(one => one.id));
  live.replaceChildren(...fresh.childNodes);
  live.dataset.mark = fresh.dataset.mark;
  // Nothing moves there any more.
  if (!fresh.dataset.refresh) clearInterval(timer);
  for (const one of live.querySelectorAll("details")) one.open = one.open || open.has(one.id);
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

function watch() {
  const source = new EventSource(`${live.dataset.events}&since=${encodeURIComponent(live.dataset.mark)}`);
  source.addEventListener("changed", look);
  source.onerror = () => {
    // A stream that ended opens again by itself; one that was refused does not.
    if (source.readyState === EventSource.CLOSED) timer = setInterval(look, TIMER);
  };
}

if (live) {
  if (live.dataset.events && "EventSource" in window) watch();
  else timer = setInterval(look, TIMER);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && wanted) look();
  });
}
