/** The frame around every screen: whose city it is, how this device stands, the ways through the app. */

import type { ComponentChildren } from "preact";
import { Link, useLocation } from "wouter-preact";
import { Icon, type IconName } from "./icon.tsx";
import { useParts } from "./parts.ts";
import { Standing } from "./standing.tsx";
import { Update } from "./update.tsx";
import { useLive } from "./use_desk.ts";
import { say, tell } from "./words.ts";

export function Frame({ children }: { children: ComponentChildren }) {
  const city = useLive(desk => desk.city(), []).value;
  const { bar: Bar } = useParts();
  return (
    <>
      <button type="button" class="skip button secondary" onClick={toContent}>
        {say("skip")}
      </button>
      <header class="top">
        <Link href="/" class="top-name">
          {city ? tell(city.texts.app_name ?? city.name) : "Tenggat"}
        </Link>
        <Tabs />
        <Standing />
        {Bar && <Bar />}
      </header>
      <main id="content" tabIndex={-1}>
        {children}
      </main>
      <footer class="foot">
        {city?.texts.other_help && <p>{tell(city.texts.other_help)}</p>}
        {city?.texts.privacy && <p>{tell(city.texts.privacy)}</p>}
      </footer>
      <Update />
    </>
  );
}

/** Not a link to an anchor, because the address behind # is the app's route. */
function toContent(): void {
  document.getElementById("content")?.focus();
}

/** A case beside the work list is still the work list. */
function current(href: string, location: string): boolean {
  return location === href || (href !== "/" && location.startsWith(`${href}/`));
}

function Tabs() {
  const [location] = useLocation();
  const person = useLive(desk => desk.person(), []).value;
  const status = useLive(desk => desk.status(), []).value;
  const tabs: { href: string; label: string; icon: IconName; count?: number }[] = [
    { href: "/", label: say("tab_home"), icon: "home" },
    ...(person?.kind === "staff" ? [{ href: "/work", label: say("tab_work"), icon: "list" as const }] : []),
    { href: "/sync", label: say("tab_sync"), icon: "sync", count: (status?.conflicts ?? 0) + (status?.refused ?? 0) },
    { href: "/me", label: say("tab_me"), icon: "person" },
  ];
  return (
    <nav class="tabs" aria-label={say("tabs")}>
      {tabs.map(({ href, label, icon, count }) => (
        <Link key={href} href={href} aria-current={current(href, location) ? "page" : undefined}>
          <Icon name={icon} />
          <span>{label}</span>
          {count ? (
            <span class="count">
              {count}
              <span class="unseen"> {say("tab_waiting")}</span>
            </span>
          ) : null}
        </Link>
      ))}
    </nav>
  );
}
