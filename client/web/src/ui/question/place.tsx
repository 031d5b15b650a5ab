/** A point, or the outline of a parcel: by where this device is, or on a map that is loaded only when asked for. */

import type { ComponentType } from "preact";
import { useState } from "preact/hooks";
import { Banner } from "../banner.tsx";
import { say } from "../words.ts";
import type { MapProps } from "./map.tsx";
import type { InputProps } from "./question.tsx";

export interface Point {
  lat: number;
  lon: number;
  accuracy?: number;
}

/** Metres: about the width of a street. What is less exact is said, and kept. */
const EXACT = 30;
const DEGREES = 1e6;

export function asPoint(value: unknown): Point | null {
  const found = value as Partial<Point> | null | undefined;
  return typeof found?.lat === "number" && typeof found.lon === "number" ? (found as Point) : null;
}

export function asCorners(value: unknown): [number, number][] {
  return Array.isArray(value) ? (value as [number, number][]) : [];
}

export function PointInput({ city, value, onInput, id }: InputProps) {
  const point = asPoint(value);
  const { Picker, open, close, failed } = useMap();
  const { locate, locating, problem } = useLocation(found => onInput(found));
  return (
    <>
      <p aria-live="polite">{point ? <strong>{pointInWords(point)}</strong> : say("point_none")}</p>
      {point?.accuracy !== undefined && point.accuracy > EXACT && (
        <Banner kind="warn">
          <p>{say("point_rough", { metres: Math.round(point.accuracy) })}</p>
        </Banner>
      )}
      {problem && !point && (
        <Banner kind="bad" role="alert">
          <p>{say(problem)}</p>
        </Banner>
      )}
      {failed && (
        <Banner kind="bad" role="alert">
          <p>{say("map_failed")}</p>
        </Banner>
      )}
      {Picker && (
        <Picker
          city={city}
          point={point}
          corners={null}
          onPoint={found => {
            onInput(found);
            close();
          }}
          onCorners={() => undefined}
          onClose={close}
        />
      )}
      <div class="buttons">
        <button type="button" class="button secondary" id={`${id}-first`} onClick={locate} disabled={locating}>
          {locating ? say("locating") : say("locate")}
        </button>
        {!Picker && city.map && (
          <button type="button" class="button secondary" onClick={open}>
            {say("map_open")}
          </button>
        )}
        <Clearing held={point} words={say("point_clear")} onInput={onInput} />
      </div>
    </>
  );
}

export function OutlineInput({ city, value, onInput, id }: InputProps) {
  const corners = asCorners(value);
  const { Picker, open, close, failed } = useMap();
  return (
    <>
      <p aria-live="polite">{corners.length ? say("outline_corners", { n: corners.length }) : say("outline_none")}</p>
      {failed && (
        <Banner kind="bad" role="alert">
          <p>{say("map_failed")}</p>
        </Banner>
      )}
      {Picker && (
        <Picker
          city={city}
          point={null}
          corners={corners}
          onPoint={() => undefined}
          onCorners={found => onInput(found.length ? found : null)}
          onClose={close}
        />
      )}
      {!Picker && city.map && (
        <div class="buttons">
          <button type="button" class="button secondary" id={`${id}-first`} onClick={open}>
            {say("map_open")}
          </button>
          <Clearing held={corners.length ? corners : null} words={say("outline_clear")} onInput={onInput} />
        </div>
      )}
    </>
  );
}

/** One tap takes a place away, and as long as there is no other, one tap puts it back. */
function Clearing({ held, words, onInput }: { held: unknown; words: string; onInput: (value: unknown) => void }) {
  const [cleared, setCleared] = useState<unknown>(null);
  const clear = () => {
    setCleared(held);
    onInput(null);
  };
  if (held === null && cleared === null) return null;
  return (
    <button type="button" class="button secondary" onClick={held === null ? () => onInput(cleared) : clear}>
      {held === null ? say("restore") : words}
    </button>
  );
}

/** "−6,99030, 110,42290 (±12 m)" */
export function pointInWords({ lat, lon, accuracy }: Point): string {
  const place = `${lat.toFixed(5)}, ${lon.toFixed(5)}`;
  return accuracy === undefined ? place : `${place} (±${Math.round(accuracy)} m)`;
}

function useMap() {
  const [loaded, setLoaded] = useState<{ Picker: ComponentType<MapProps> } | null>(null);
  const [failed, setFailed] = useState(false);
  const open = () => {
    setFailed(false);
    import("./map.tsx").then(
      ({ MapPicker }) => setLoaded({ Picker: MapPicker }),
      () => setFailed(true),
    );
  };
  return { Picker: loaded?.Picker ?? null, failed, open, close: () => setLoaded(null) };
}

type LocationProblem = "locate_denied" | "locate_failed" | "locate_missing";

function useLocation(found: (point: Point) => void) {
  const [locating, setLocating] = useState(false);
  const [problem, setProblem] = useState<LocationProblem | null>(null);
  const locate = () => {
    if (!("geolocation" in navigator)) return setProblem("locate_missing");
    setProblem(null);
    setLocating(true);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        setLocating(false);
        const exact = (degrees: number) => Math.round(degrees * DEGREES) / DEGREES;
        found({ lat: exact(coords.latitude), lon: exact(coords.longitude), accuracy: Math.round(coords.accuracy) });
      },
      error => {
        setLocating(false);
        setProblem(error.code === error.PERMISSION_DENIED ? "locate_denied" : "locate_failed");
      },
      { enableHighAccuracy: true, timeout: 30_000, maximumAge: 0 },
    );
  };
  return { locate, locating, problem };
}
