/** How this device and the server stand: what waits and why, what was refused, what to do about either. */

import { Link } from "wouter-preact";
import type { CaseRow } from "../desk.ts";
import { Banner, Refused } from "../ui/banner.tsx";
import { momentHere, since } from "../ui/moments.ts";
import { caseName } from "../ui/naming.ts";
import { Refusal } from "../ui/refusal.tsx";
import { Screen, Waiting } from "../ui/screen.tsx";
import { Entries } from "../ui/syncing/entries.tsx";
import { Files } from "../ui/syncing/files.tsx";
import { FilesWaiting } from "../ui/syncing/files_waiting.tsx";
import { Now } from "../ui/syncing/now.tsx";
import { Sent } from "../ui/syncing/sent.tsx";
import { Storage } from "../ui/syncing/storage.tsx";
import { Troubles } from "../ui/syncing/troubles.tsx";
import { useLive } from "../ui/use_desk.ts";
import { say } from "../ui/words.ts";

export function SyncScreen() {
  const { value, error } = useLive(async desk => {
    const [city, status, entries, rows, files] = await Promise.all([
      desk.city(),
      desk.status(),
      desk.outbox("queued", "sent", "refused"),
      desk.list(),
      desk.waiting_files(),
    ]);
    return { city, status, entries, files, rows: new Map(rows.map(row => [row.id, row])) };
  }, []);
  if (!value) return error ? <Unread error={error} /> : <Waiting />;
  const { city, status, entries, rows, files } = value;
  const waiting = entries.filter(entry => entry.state !== "refused");
  const refused = entries.filter(entry => entry.state === "refused");
  return (
    <Screen title={say("sync_title")}>
      <Refused error={error} />
      <Troubles status={status} timezone={city?.timezone ?? null} />
      <Now status={status} carrying={files.some(file => file.state === "uploading")} />
      {refused.length > 0 && city && (
        <section aria-labelledby="refused-head">
          <h2 id="refused-head">{say("sync_refused", { n: refused.length })}</h2>
          {refused.map(entry => (
            <Refusal key={`${entry.instance}/${entry.seq}`} entry={entry} city={city} />
          ))}
        </section>
      )}
      <Conflicts rows={[...rows.values()].filter(row => row.conflicts > 0)} />
      {waiting.length > 0 && city && (
        <section aria-labelledby="waiting-head">
          <h2 id="waiting-head">{say("sync_list")}</h2>
          <Entries entries={waiting} rows={rows} city={city} />
        </section>
      )}
      {city && <FilesWaiting files={files} rows={rows} city={city} />}
      <dl class="facts last-sync">
        <dt>{say("sync_last")}</dt>
        <dd>
          {status.last_success && status.last_success_here && city
            ? `${momentHere(status.last_success, city)} (${say("sync_ago", { age: since(status.last_success_here) })})`
            : say("sync_never")}
        </dd>
        {status.mended > 0 && (
          <>
            <dt>{say("sync_mended")}</dt>
            <dd>{say("storage_cases", { n: status.mended })}</dd>
          </>
        )}
      </dl>
      <Storage status={status} />
      <Files unsent={entries.length} photos={files.length} />
      {city && <Sent rows={rows} city={city} />}
      <p class="hint version">{say("sync_version", { version: status.version })}</p>
    </Screen>
  );
}

function Conflicts({ rows }: { rows: CaseRow[] }) {
  if (!rows.length) return null;
  return (
    <Banner kind="warn">
      <p>{say("sync_conflicts", { n: rows.length })}</p>
      <ul>
        {rows.map(row => (
          <li key={row.id}>
            <Link href={`/case/${row.id}/choose`}>{row.title || caseName(row)}</Link>
          </li>
        ))}
      </ul>
    </Banner>
  );
}

function Unread({ error }: { error: unknown }) {
  return (
    <Screen title={say("sync_title")}>
      <Refused error={error} />
    </Screen>
  );
}
