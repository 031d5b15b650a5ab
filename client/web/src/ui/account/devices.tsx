/** The devices of this account, asked for only when somebody wants to see them, and putting out one of them. */

import { useState } from "preact/hooks";
import type { OwnDevice } from "../../desk.ts";
import type { City } from "../../schemas/catalogue.ts";
import { Banner, Refused } from "../banner.tsx";
import { codeOf } from "../errors.ts";
import { useDeed, useDesk } from "../use_desk.ts";
import { say } from "../words.ts";
import { nameOf, outOf, sinceOf, whenOf } from "./own_device.ts";
import { PutOut } from "./put_out.tsx";

const HEAD = "devices-head";

export function Devices({ city }: { city: City | null }) {
  const desk = useDesk();
  const { run, running, error } = useDeed();
  const [devices, setDevices] = useState<OwnDevice[] | null>(null);
  const [done, setDone] = useState<string | null>(null);
  const look = () => {
    setDone(null);
    return run(async () => setDevices(await desk.devices()));
  };
  const gone = (device: OwnDevice) => {
    setDevices((devices ?? []).filter(one => one.id !== device.id));
    setDone(say("devices_out_done", { name: nameOf(device) }));
    // The form that was used is gone.
    document.getElementById(HEAD)?.focus();
  };
  return (
    <section class="panel">
      <h2 id={HEAD} tabIndex={-1}>
        {say("devices_head")}
      </h2>
      <p>{say("devices_what")}</p>
      {done && (
        <Banner kind="good" role="status">
          <p>{done}</p>
        </Banner>
      )}
      {codeOf(error) === "unreachable" ? (
        <Banner kind="bad" role="alert">
          <p>{say("devices_network")}</p>
        </Banner>
      ) : (
        <Refused error={error} />
      )}
      {devices ? (
        <Listed devices={devices} city={city} onGone={gone} />
      ) : (
        <button type="button" class="button secondary" disabled={running} onClick={look}>
          {say(running ? "me_asking" : error ? "try_again" : "devices_show")}
        </button>
      )}
    </section>
  );
}

interface ListedProps {
  devices: readonly OwnDevice[];
  city: City | null;
  onGone: (device: OwnDevice) => void;
}

function Listed({ devices, city, onGone }: ListedProps) {
  const [chosen, setChosen] = useState<string | null>(null);
  return (
    <>
      <ul class="entries" aria-labelledby={HEAD}>
        {devices.map(device => (
          <li key={device.id}>
            <About device={device} city={city} />
            {!device.this && chosen !== device.id && (
              <button
                type="button"
                class="button danger small"
                aria-label={outOf(device, city)}
                onClick={() => setChosen(device.id)}
              >
                {say("devices_out")}
              </button>
            )}
            {chosen === device.id && (
              <PutOut
                device={device}
                title={outOf(device, city)}
                onDone={() => onGone(device)}
                onLeave={() => setChosen(null)}
              />
            )}
          </li>
        ))}
      </ul>
      {devices.length === 1 && <p>{say("devices_alone")}</p>}
    </>
  );
}

function About({ device, city }: { device: OwnDevice; city: City | null }) {
  return (
    <>
      <p class="entry-what">
        <strong>{nameOf(device)}</strong>
        {device.this && <span class="tag good">{say("devices_this")}</span>}
      </p>
      <p>{sinceOf(device, city)}</p>
      {!device.this && device.seen && <p>{say("devices_seen", { when: whenOf(device.seen, city) })}</p>}
      {!device.this && device.waits > 0 && <p>{say("devices_waits", { n: device.waits })}</p>}
      {device.app && <p class="hint">{device.app}</p>}
    </>
  );
}
